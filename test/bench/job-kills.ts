import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createRandom, type Random } from '../../core/base/random.ts';
import type { StudioEvent } from '../../core/contract/events.ts';
import { openLibrary } from '../../core/library/library.ts';
import { isProcessAlive } from '../../core/library/process-alive.ts';
import { presets } from '../../core/simgan/presets.ts';
import { queueTraining } from '../../core/studio/queue/queue.ts';
import { runOverview } from '../../core/studio/runs/run-overview.ts';
import type { JobKind, JobOrder } from '../../core/studio/service/jobs.ts';
import { preprocessingFor } from '../../core/studio/training/training-data.ts';
import { createEyeLibrary } from '../support/eye-library.ts';
import {
  brokenRecords,
  fingerprintOfExport,
  fingerprintOfRun,
  firstDifference,
  temporaryFiles,
} from '../support/fingerprint.ts';

/**
 * Kills studios and their workers with SIGKILL at random instants while they train, refine and export, starts the studio
 * again each time, and compares what comes out with an undisturbed twin, bit for bit. Everything is on: evaluation with its
 * label net, guards, previews, checkpoints, each at a cadence of its own:
 * `node test/bench/job-kills.ts [--kills 100] [--seed 1] [--engine wasm|tensorflow]`.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    engine: { type: 'string', default: 'wasm' },
  },
});
const engine = z.enum(['wasm', 'tensorflow']).parse(values.engine);
const wanted = Number(values.kills);

const STEPS = 160;
const IMAGES = 160;
/** Of one library and kind of job; then it is let be until it is done. */
const MOST_KILLS: Readonly<Partial<Record<JobKind, number>>> = { train: 20, refine: 3, export: 3 };

const folder = mkdtempSync(join(tmpdir(), 'simgan-job-kills-'));
const tally = new Map<string, number>();
let kills = 0;

/** What is left to do, as a user would go on; a training is taken up by the studio itself where that was killed. */
function ordersOf(library: string): readonly { readonly kind: JobKind; readonly order?: JobOrder }[] {
  const checkpoint = { runId: 1, step: STEPS };
  return [
    { kind: 'train' },
    {
      kind: 'refine',
      order: {
        ...{ kind: 'refine', title: 'Refining', lane: 'engine', runId: 1 },
        input: { ...checkpoint, engine, threads: 1 },
      },
    },
    {
      kind: 'export',
      order: {
        ...{ kind: 'export', title: 'Exporting', lane: 'data', runId: 1 },
        input: {
          ...{ ...checkpoint, folder: join(library, 'out'), formats: ['jsonl', 'csv'] },
          ...{ driftBudgetPx: null, includeUnverified: true },
        },
      },
    },
  ];
}

interface WatchedStudio {
  readonly child: ChildProcess;
  readonly events: StudioEvent[];
}

function startStudio(library: string, order: JobOrder | undefined): WatchedStudio {
  const child = fork(new URL('../support/studio-process.ts', import.meta.url), [library], { execArgv: [] });
  const events: StudioEvent[] = [];
  child.on('message', (event: StudioEvent) => void events.push(event));
  if (order) child.send(order);
  return { child, events };
}

/** Waits for the end of a kind of job, or until `isDue`. */
async function watch(
  { events, child }: WatchedStudio,
  kind: JobKind,
  isDue: () => boolean,
): Promise<'done' | 'due'> {
  for (;;) {
    const jobs = events.flatMap((event) =>
      event.type === 'job' && event.job.kind === kind ? [event.job] : [],
    );
    // What the studio finds that was at work before has failed; this one comes after it.
    const current = jobs.at(-1);
    if (current?.status === 'done') return 'done';
    if (current?.progress && isDue()) return 'due';
    if (child.exitCode !== null) throw new Error(`The studio exited with ${child.exitCode}.`);
    await sleep(2);
  }
}

async function endOf({ child }: WatchedStudio, library: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  for (const worker of workersOf(library)) {
    while (isProcessAlive(worker, hostname()) !== false) await sleep(2);
  }
}

function workersOf(folderOfLibrary: string): number[] {
  using library = openLibrary(folderOfLibrary, { access: 'read' });
  return library.jobs.open().flatMap(({ workerProcessId }) => workerProcessId ?? []);
}

/** Of a training that was set aside, since its process was killed. */
function goOnOrder(folderOfLibrary: string): JobOrder | undefined {
  using library = openLibrary(folderOfLibrary, { access: 'read' });
  if (library.runs.get(1)?.status !== 'failed') return undefined;
  const input = { what: 'resume', runId: 1, steps: null, settings: {}, engine, threads: 1 };
  return { kind: 'train', title: 'Going on', lane: 'engine', runId: 1, input };
}

async function checkWhole(folderOfLibrary: string, kind: JobKind): Promise<void> {
  using library = openLibrary(folderOfLibrary, { access: 'read' });
  const broken = await brokenRecords(library);
  if (broken.length > 0) throw new Error(`Broken after a kill while it did "${kind}": ${broken.join(', ')}`);
  const status = runOverview(library, 1)?.status;
  const right = kind === 'train' ? ['interrupted', 'queued', 'failed', 'done'] : ['done'];
  if (status === undefined || !right.includes(status)) {
    throw new Error(`The run is shown as ${String(status)}.`);
  }
}

async function workThrough(library: string, random: Random | undefined): Promise<Map<string, string>> {
  for (const { kind, order } of ordersOf(library)) {
    for (let killed = 0; ; killed++) {
      const isKilling = random !== undefined && killed < (MOST_KILLS[kind] ?? 0) && kills < wanted;
      const studio = startStudio(library, order ?? goOnOrder(library));
      const startMs = performance.now();
      let dueMs: number | undefined;
      const delayMs = random?.range(0, kind === 'train' ? 2500 : 150) ?? 0;
      const outcome = await watch(studio, kind, () => {
        dueMs ??= performance.now() + delayMs;
        return isKilling && performance.now() >= dueMs;
      });
      if (outcome === 'due') {
        const whom = (random?.uniform() ?? 0) < 0.5 ? 'studio' : 'worker';
        if (whom === 'worker') for (const worker of workersOf(library)) process.kill(worker, 'SIGKILL');
        kills += 1;
        const what = `${whom}, ${kind}`;
        tally.set(what, (tally.get(what) ?? 0) + 1);
        console.log(`${kills}: ${what}, after ${Math.round(performance.now() - startMs)} ms`);
      }
      await endOf(studio, library);
      await checkWhole(library, kind);
      if (outcome === 'done') break;
    }
  }
  using open = openLibrary(library, { access: 'write' });
  const left = temporaryFiles(library).filter((path) => path !== 'library.lock');
  if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
  const run = open.runs.get(1);
  if (!run) throw new Error('The run is gone.');
  return new Map([
    ...(await fingerprintOfRun(open, run)),
    ...[...fingerprintOfExport(join(library, 'out'))].map(
      ([path, hash]) => [`export: ${path}`, hash] as const,
    ),
  ]);
}

let difference: string | undefined;
let libraries = 0;
try {
  const original = join(folder, 'original');
  const library = await createEyeLibrary(original, IMAGES);
  const [synthetic, real] = library.datasets.list();
  const test = presets.find(({ name }) => name === 'test') ?? presets[0];
  const cadences = { metricsEvery: 3, previewEvery: 7, checkpointEvery: 5, evaluationEvery: 11 };
  const config = { ...test.config, ...cadences, steps: STEPS, seed: Number(values.seed) };
  const preprocessing = preprocessingFor(config, 'none', undefined);
  queueTraining(library, { config, synthetic, real, preprocessing }, { engine, threads: 1 });
  library.close();
  const copy = async (name: string): Promise<string> => {
    await cp(original, join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const twin = await workThrough(await copy('twin'), undefined);
  console.log(`twin: ${twin.size} parts`);
  while (kills < wanted && difference === undefined) {
    libraries += 1;
    const random = createRandom(Number(values.seed), 'job kills', libraries);
    difference = firstDifference(twin, await workThrough(await copy(`killed-${libraries}`), random));
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${kills} kills in ${libraries} libraries, seed ${values.seed}, engine ${engine}`);
for (const [what, count] of tally) console.log(`${String(count).padStart(5)} ${what}`);
console.log(difference === undefined ? 'identical' : `not identical: ${difference} differs first`);
if (difference !== undefined) process.exitCode = 1;
