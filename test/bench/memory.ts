import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ENGINE_NAMES } from '../../core/engine/engine-names.ts';
import { WORKER_FLAGS } from '../../core/jobs/fork-launcher.ts';
import { presetNamed } from '../reference/cases.ts';
import { startContestant } from './training/contestant.ts';
import { measureMemory, memoryParts } from './training/memory.ts';
import { prepare } from './training/prepare.ts';

/**
 * The memory of a long training, as a curve: `npm run bench -- memory [--engine NAME …] [--steps 5000] [--any-space]`.
 * With the flags of a worker of the studio; with --any-space without them, as on the command line.
 */
const { values: flags } = parseArgs({
  options: {
    engine: { type: 'string', multiple: true, default: ['tensorflow', 'wasm'] },
    steps: { type: 'string', default: '5000' },
    'any-space': { type: 'boolean', default: false },
  },
});
const engines = z.array(z.enum(ENGINE_NAMES)).parse(flags.engine);
const folder = mkdtempSync(join(tmpdir(), 'simgan-memory-'));
const cells = (values: readonly (string | number)[]): string =>
  values.map((value) => (typeof value === 'number' ? value.toFixed(1) : value).padStart(10)).join('');
try {
  await prepare(folder, { ...presetNamed('test'), batchSize: 4 }, 200, 1);
  for (const engine of engines) {
    const contestant = startContestant(engine, [
      process.execPath,
      ...(flags['any-space'] ? [] : WORKER_FLAGS),
      join(import.meta.dirname, 'training/worker.ts'),
      ...[engine, folder, '1'],
    ]);
    const { tenths, growth } = await measureMemory(contestant, Number(flags.steps));
    contestant.end();
    console.log(`\n${engine}, medians of the tenths of ${flags.steps} steps of "test", MiB`);
    console.log(cells(memoryParts));
    for (const tenth of tenths) console.log(cells(memoryParts.map((part) => tenth[part])));
    console.log(
      `  from the second tenth to the last ${(growth * 100).toFixed(1)} % (load ${loadavg()[0].toFixed(1)})`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
