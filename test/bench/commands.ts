import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../core/base/random.ts';
import type { TrainingCommand } from '../../core/contract/training-command.ts';
import { openLibrary } from '../../core/library/library.ts';
import { sendCommand } from '../../core/studio/training/control-inbox.ts';
import { createEyeLibrary } from '../support/eye-library.ts';

/**
 * How long a training of the paper's networks takes to pause, from its first moment on, and to stop with its state saved:
 * `npm run bench -- commands [wasm|tensorflow] [batch size] [pauses]`.
 */
const [engine = 'wasm', batchSize = '32', pauses = '20'] = process.argv.slice(2);
const PATIENCE_MS = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'simgan-commands-'));
const path = join(folder, 'eyes.simgan');
(await createEyeLibrary(path, 2 * Number(batchSize))).close();
const options = {
  '--library': path,
  '--preset': 'paper-eye',
  '--engine': engine,
  '--batch-size': batchSize,
  '--refiner-pretrain-steps': '0',
  '--discriminator-pretrain-steps': '0',
};
const program = join(import.meta.dirname, '../../core/host/simgan.cjs');
const training = spawn(process.execPath, [program, 'train', ...Object.entries(options).flat()], {
  stdio: 'ignore',
});
const ended = once(training, 'exit');

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; !what(); waited += 2) {
    if (training.exitCode !== null) throw new Error(`The training ended with ${training.exitCode}.`);
    if (waited > PATIENCE_MS) throw new Error('The training does not answer.');
    await sleep(2);
  }
}

const library = openLibrary(path, { access: 'read' });
const status = () => library.runs.latest()?.status;
const step = () => library.runs.latest()?.step ?? 0;
const send = async (command: TrainingCommand): Promise<void> =>
  await sendCommand(library.runFolder(library.runs.latest()?.id ?? 0), command);
async function seconds(work: () => Promise<void>): Promise<string> {
  const startMs = performance.now();
  await work();
  return ((performance.now() - startMs) / 1000).toFixed(2);
}

try {
  const random = createRandom(1, 'commands');
  let stepMs = 1000;
  for (let pause = 0; pause < Number(pauses); pause++) {
    await until(() => status() === 'running');
    const begun = step();
    const startMs = performance.now();
    // The first one comes while the label net still learns, the others at any moment of a step.
    if (pause > 0) {
      await until(() => step() > begun);
      stepMs = performance.now() - startMs;
    }
    await sleep(random.range(0, stepMs));
    const waited = await seconds(async () => {
      await send({ kind: 'pause' });
      await until(() => status() === 'paused');
    });
    console.log(`pause after step ${step()}`.padEnd(40), `${waited} s`);
    await send({ kind: 'resume' });
  }
  await until(() => status() === 'running');
  await sleep(stepMs / 2);
  const waited = await seconds(async () => {
    await send({ kind: 'stop' });
    await ended;
  });
  console.log('stop, save, and end the process'.padEnd(40), `${waited} s`);
} finally {
  training.kill();
  library.close();
  rmSync(folder, { recursive: true });
}
