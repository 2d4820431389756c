import { once } from 'node:events';
import { existsSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../../core/base/random.ts';
import { runSummary } from '../../core/host/run-summary.ts';
import { openLibrary } from '../../core/library/library.ts';
import { findRun } from '../../core/studio/runs/runs.ts';
import { brokenRecords, fingerprintOfExport, fingerprintOfRun, temporaryFiles } from './fingerprint.ts';
import { simganJson, startSimgan } from './simgan.ts';

/** When a process is killed. */
type Instant =
  /** So long after its start. */
  | { readonly after: 'start'; readonly delayMs: number }
  /** So long after it said something that begins with these words. */
  | { readonly after: 'words'; readonly words: string; readonly delayMs: number }
  /** So long after the nth time that a temporary file showed up in a folder. */
  | { readonly after: 'write'; readonly folder: string; readonly nth: number; readonly delayMs: number };

/** Where a kill found the process. */
export type Phase =
  | 'starting'
  | 'packing'
  | 'resuming'
  | 'training'
  | 'writing history'
  | 'writing a checkpoint'
  | 'between a checkpoint and its record'
  | 'writing a preview'
  | 'refining'
  | 'writing a refined pack'
  | 'exporting';

interface Killed {
  /** False where the process had ended before. */
  readonly isKilled: boolean;
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** Starts the real command line and kills it with SIGKILL at an instant. */
async function runAndKill(
  folder: string,
  args: readonly string[],
  instant: Instant | undefined,
): Promise<Killed> {
  const child = startSimgan(folder, ...args);
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  let stderr = '';
  let isDue = false;
  const stops = new AbortController();
  const kill = async (delayMs: number): Promise<void> => {
    if (isDue) return;
    isDue = true;
    // A timer is no finer than a millisecond; a write is over in less.
    if (delayMs >= 1) await wait(delayMs);
    child.kill('SIGKILL');
  };
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (instant?.after === 'words' && stderr.includes(instant.words)) void kill(instant.delayMs);
  });
  if (instant?.after === 'start') void kill(instant.delayMs);
  if (instant?.after === 'write') {
    const seen = new Set<string>();
    watch(instant.folder, { signal: stops.signal }, (_event, name) => {
      if (name === null || !/\.(tmp|new)$/.test(name)) return;
      seen.add(name);
      if (seen.size >= instant.nth) void kill(instant.delayMs);
    });
  }
  const [exitCode, signal] = await ended;
  stops.abort();
  return { isKilled: signal === 'SIGKILL', exitCode, stderr };
}

export interface KillPlan {
  readonly random: Random;
  /** Of "simgan train" for the run that is killed again and again. */
  readonly trainFlags: readonly string[];
  /** Kills of the training, of refining, and of exporting, at most; a command that comes to its end is not killed again. */
  readonly kills: {
    readonly packing: number;
    readonly training: number;
    readonly refining: number;
    readonly exporting: number;
  };
  readonly onKill?: (phase: Phase) => void;
}

/** A library that was worked on by processes that were killed, and is whole. */
export interface Survivor {
  readonly phases: ReadonlyMap<Phase, number>;
  readonly fingerprint: ReadonlyMap<string, string>;
}

const EXPORT_FLAGS = ['export', 'out', '--format', 'jsonl,csv,coco', '--drift-budget', 'off'];

/** Trains, refines and exports without any interruption. */
export async function workThrough(
  library: string,
  trainFlags: readonly string[],
): Promise<Map<string, string>> {
  await simganJson(library, 'train', ...trainFlags);
  await simganJson(library, 'refine');
  await simganJson(library, ...EXPORT_FLAGS);
  return await fingerprintOf(library);
}

/**
 * Does the same work in processes that are killed at random instants, each time going on as a user would. Throws an
 * error that says what is wrong when a library does not open, a record is broken, a run is not "interrupted", or
 * temporary files pile up.
 */
export async function workKilled(library: string, plan: KillPlan): Promise<Survivor> {
  const phases = new Map<Phase, number>();
  const count = (phase: Phase): void => {
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
    plan.onKill?.(phase);
  };
  const state: KilledState = { library, plan, count, known: new Set() };
  await killTraining(state);
  await killCommand(state, ['refine'], plan.kills.refining, 'Refining');
  await killCommand(state, EXPORT_FLAGS, plan.kills.exporting, 'Writing');
  const left = temporaryFiles(library);
  if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
  return { phases, fingerprint: await fingerprintOf(library) };
}

interface KilledState {
  readonly library: string;
  readonly plan: KillPlan;
  readonly count: (phase: Phase) => void;
  /** Temporary files that earlier kills left. */
  known: ReadonlySet<string>;
}

async function killTraining(state: KilledState): Promise<void> {
  const { library, plan } = state;
  const total = plan.kills.packing + plan.kills.training;
  for (let kill = 0; ; kill++) {
    const instant =
      kill < plan.kills.packing
        ? ({
            after: 'write',
            folder: join(library, 'packs'),
            nth: 1 + plan.random.integer(3),
            delayMs: plan.random.integer(6),
          } as const)
        : kill < total
          ? trainingInstant(library, plan.random)
          : undefined;
    const args = hasRun(library) ? ['train', '--resume', 'last'] : ['train', ...plan.trainFlags];
    const killed = await runAndKill(library, args, instant);
    if (!killed.isKilled) {
      if (killed.exitCode !== 0) throw new Error(`simgan ${args.join(' ')}: ${killed.stderr}`);
      return;
    }
    state.count(phaseOfTraining(state, killed.stderr));
    const status = await statusOfWhole(library);
    if (status === 'done') return;
    if (status !== undefined && status !== 'interrupted') throw new Error(`The run is shown as ${status}.`);
  }
}

/** Instants of a training in all its phases; those that are over in a moment are met by watching for them. */
function trainingInstant(library: string, random: Random): Instant {
  const runFolder = join(library, 'runs', '1');
  const draw = random.uniform();
  const write = (folder: string, most: number): Instant =>
    existsSync(join(runFolder, folder))
      ? {
          after: 'write',
          folder: join(runFolder, folder),
          nth: 1 + random.integer(most),
          delayMs: random.integer(5),
        }
      : { after: 'words', words: 'Training', delayMs: random.range(0, 500) };
  if (draw < 0.2) return { after: 'start', delayMs: random.range(0, 2500) };
  if (draw < 0.3) return { after: 'words', words: 'Going on', delayMs: random.range(0, 150) };
  if (draw < 0.55) return write('checkpoints', 4);
  if (draw < 0.65) return write('history', 4);
  if (draw < 0.75) return write('previews', 6);
  return { after: 'words', words: 'Training', delayMs: random.range(0, 1500) };
}

async function killCommand(
  state: KilledState,
  args: readonly string[],
  kills: number,
  words: string,
): Promise<void> {
  for (let kill = 0; ; kill++) {
    const { random } = state.plan;
    const delayMs = random.range(0, random.uniform() < 0.5 ? 60 : 600);
    const instant: Instant | undefined = kill < kills ? { after: 'words', words, delayMs } : undefined;
    const killed = await runAndKill(state.library, args, instant);
    if (!killed.isKilled) {
      if (killed.exitCode !== 0) throw new Error(`simgan ${args.join(' ')}: ${killed.stderr}`);
      if (instant === undefined) return;
      continue;
    }
    const isPack = newlyLeft(state).some((path) => path.includes('/refined/'));
    state.count(args[0] === 'export' ? 'exporting' : isPack ? 'writing a refined pack' : 'refining');
    const status = await statusOfWhole(state.library);
    if (status !== 'done') throw new Error(`The run is shown as ${String(status)}.`);
  }
}

function hasRun(library: string): boolean {
  using open = openLibrary(library, { access: 'read' });
  return open.runs.latest() !== undefined;
}

/** What "simgan runs" shows of the run after a kill, undefined where there is none yet; throws where a record is broken. */
async function statusOfWhole(folder: string): Promise<string | undefined> {
  using library = openLibrary(folder, { access: 'read' });
  const broken = await brokenRecords(library);
  if (broken.length > 0) throw new Error(`Broken: ${broken.join(', ')}`);
  return library.runs.latest() && runSummary(library, findRun(library, 'last')).status;
}

function newlyLeft(state: KilledState): string[] {
  const left = temporaryFiles(state.library);
  const fresh = left.filter((path) => !state.known.has(path));
  state.known = new Set(left);
  return fresh;
}

/** By what the process said and what it left. */
function phaseOfTraining(state: KilledState, stderr: string): Phase {
  const left = newlyLeft(state);
  const isIn = (folder: string): boolean =>
    left.some((path) => path.includes(`/${folder}/`) && path.endsWith('.tmp'));
  if (isIn('checkpoints')) return 'writing a checkpoint';
  if (isIn('history')) return 'writing history';
  if (isIn('previews')) return 'writing a preview';
  if (left.some((path) => path.startsWith('packs/'))) return 'packing';
  if (stderr.includes('Training')) {
    return hasUnrecordedCheckpoint(state.library) ? 'between a checkpoint and its record' : 'training';
  }
  if (stderr.includes('Packing')) return 'packing';
  return stderr.includes('Going on') || stderr.includes('from the beginning') ? 'resuming' : 'starting';
}

function hasUnrecordedCheckpoint(folder: string): boolean {
  using library = openLibrary(folder, { access: 'read' });
  const run = library.runs.latest();
  if (!run) return false;
  const recorded = new Set(library.checkpoints.list(run.id).map(({ path }) => path));
  const checkpoints = join(library.runFolder(run.id), 'checkpoints');
  if (!existsSync(checkpoints)) return false;
  return readdirSync(checkpoints).some(
    (name) => name.endsWith('.safetensors') && !recorded.has(`checkpoints/${name}`),
  );
}

async function fingerprintOf(folder: string): Promise<Map<string, string>> {
  using library = openLibrary(folder, { access: 'read' });
  const run = await fingerprintOfRun(library, findRun(library, 'last'));
  return new Map([
    ...run,
    ...[...fingerprintOfExport(join(folder, 'out'))].map(
      ([path, hash]) => [`export: ${path}`, hash] as const,
    ),
  ]);
}
