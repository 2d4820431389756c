import { Option, type Command } from 'commander';
import { z } from 'zod';
import { chooseEngine } from '../engine/choose-engine.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import type { Run } from '../library/runs.ts';
import type { EngineWish } from '../studio/queue.ts';
import { parseOption } from './command.ts';
import type { Terminal } from './terminal.ts';

const engineSchema = z.enum(['auto', 'tensorflow', 'webgpu', 'wasm']);

/** Adds --engine and --threads. */
export function addEngineOptions(command: Command): Command {
  return command
    .addOption(new Option('--engine <name>', 'what computes').choices(engineSchema.options).default('auto'))
    .option('--threads <count>', 'CPU threads (default: all cores)');
}

/** What the options ask for. */
export function engineWish(options: Readonly<Record<string, unknown>>): EngineWish {
  const engine = engineSchema.parse(options.engine);
  if (options.threads === undefined) return { engine };
  return {
    engine,
    threads: parseOption(z.coerce.number().int().min(1).max(256), options.threads, '--threads'),
  };
}

/**
 * The options of whoever goes on with a run: its own engine with as many threads, unless others are asked for. Another
 * engine rounds otherwise, and so does TensorFlow on another number of threads, which would make it another run.
 */
export function withEngineOf(
  run: Pick<Run, 'engine' | 'device'>,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (options.engine !== 'auto' || run.engine === null) return options;
  // As `cpuName` writes it.
  const threads = /, (\d+) threads?\b/.exec(run.device ?? '')?.[1];
  return { ...(threads === undefined ? {} : { threads }), ...options, engine: run.engine };
}

/** Opens the engine that the options name, says which it is, and frees it when the work is over. */
export async function withEngine<Result>(
  options: Readonly<Record<string, unknown>>,
  terminal: Terminal,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const { engine: name, threads } = engineWish(options);
  const choice = await chooseEngine({ preference: name });
  const engine = await openEngine(choice.name, threads === undefined ? {} : { threads });
  try {
    terminal.note(`Engine: ${engine.name} on ${engine.device}, ${engine.version}. ${choice.reason}`);
    return await work(engine);
  } finally {
    engine.dispose();
  }
}
