import { mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../../core/base/random.ts';
import { createEyeLibrary } from '../support/eye-library.ts';
import { firstDifference } from '../support/fingerprint.ts';
import { workKilled, workThrough, type Phase } from '../support/kills.ts';

/**
 * Kills trainings, refinements and exports with SIGKILL at random instants, each time goes on as a user would, and
 * compares what comes out with an uninterrupted twin, bit for bit. Everything is on: evaluation with its label net, guards,
 * previews, checkpoints, each at a cadence of its own:
 * `node test/bench/kills.ts [--kills 200] [--seed 1] [--engine wasm|tensorflow]`.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    engine: { type: 'string', default: 'wasm' },
  },
});
const wanted = Number(values.kills);
const { seed, engine } = values;

const TRAIN_FLAGS = [
  ...['--preset', 'test', '--seed', seed, '--engine', engine, '--threads', '1'],
  ...['--width-px', '24', '--height-px', '18', '--history-capacity', '48'],
  ...['--steps', '240', '--checkpoint-every', '6', '--preview-every', '8', '--evaluation-every', '12'],
];
/** Of one library, from its first pack to its export; as many libraries as it takes. */
const KILLS = { packing: 3, training: 40, refining: 4, exporting: 3 };

async function copyTo(name: string, library: string): Promise<string> {
  await cp(library, join(folder, name), { recursive: true });
  return join(folder, name);
}

const folder = mkdtempSync(join(tmpdir(), 'simgan-kills-'));
const startMs = performance.now();
const phases = new Map<Phase, number>();
let kills = 0;
let libraries = 0;
let difference: string | undefined;
try {
  const original = join(folder, 'a.simgan');
  (await createEyeLibrary(original, 96)).close();
  const twin = await workThrough(await copyTo('twin.simgan', original), TRAIN_FLAGS);
  console.log(`twin: ${twin.size} parts, ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  while (kills < wanted && difference === undefined) {
    const library = await copyTo(`killed-${++libraries}.simgan`, original);
    const left = wanted - kills;
    const { fingerprint } = await workKilled(library, {
      random: createRandom(Number(seed), 'kills', libraries),
      trainFlags: TRAIN_FLAGS,
      kills: left > 50 ? KILLS : { ...KILLS, training: Math.max(1, left - 10) },
      onKill(phase) {
        kills += 1;
        phases.set(phase, (phases.get(phase) ?? 0) + 1);
        console.log(`${kills}: ${phase}, ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
      },
    });
    difference = firstDifference(twin, fingerprint);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${kills} kills in ${libraries} libraries, seed ${seed}, engine ${engine}`);
for (const [phase, count] of [...phases].sort((left, right) => right[1] - left[1])) {
  console.log(`${String(count).padStart(5)} ${phase}`);
}
console.log(difference === undefined ? 'identical' : `not identical: ${difference} differs first`);
if (difference !== undefined) process.exitCode = 1;
