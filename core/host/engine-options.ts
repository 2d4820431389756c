import { Option, type Command } from 'commander';
import { z } from 'zod';
import type { Engine } from '../engine/engine.ts';
import { describeEngine, withChosenEngine, type EngineWish } from '../studio/training/engine-wish.ts';
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

/** Opens the engine that is wished for, says which it is, and frees it when the work is over. */
export async function withEngine<Result>(
  wish: EngineWish,
  terminal: Terminal,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  return withChosenEngine(
    wish,
    (engine, reason) => terminal.note(describeEngine(engine, reason)),
    work,
    (text) => terminal.note(text),
  );
}
