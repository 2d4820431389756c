import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem, release, totalmem } from 'node:os';
import type { Command } from 'commander';
import { z } from 'zod';
import { PROGRAM_VERSION } from '../../base/version.ts';
import { listEngines, type EngineReport } from '../../engine/choose-engine.ts';
import { addCommand } from '../command.ts';

const PARTS = ['@tensorflow/tfjs-core', 'better-sqlite3', '@napi-rs/image'] as const;

export function addDoctor(program: Command): void {
  addCommand(
    program,
    'doctor',
    {
      summary: 'Say what computes here, how fast, and why an engine is missing',
      examples: ['doctor', 'doctor --json'],
      worksInLibrary: false,
    },
    (command) => command,
    async ({ terminal }) => {
      const machine = describeMachine();
      terminal.line(`SimGAN Studio ${PROGRAM_VERSION}`);
      for (const [label, value] of Object.entries(machine)) terminal.line(`${label.padEnd(12)}${value}`);
      terminal.note('Trying every engine …');
      const engines = await listEngines({ fresh: true });
      terminal.line();
      for (const engine of engines) printEngine(terminal.line, engine);
      terminal.result({ version: PROGRAM_VERSION, machine, engines });
    },
  );
}

function printEngine(line: (text?: string) => void, engine: EngineReport): void {
  const label = engine.name.padEnd(12);
  if (engine.state === 'missing') {
    line(`${label}missing: ${engine.reason}`);
    if (engine.remedy) line(`${' '.repeat(12)}${engine.remedy}`);
    return;
  }
  const error = engine.largestError.toExponential(1);
  line(
    `${label}${engine.state === 'works' ? 'works' : 'computes wrongly and is never chosen'}: ${engine.device}`,
  );
  line(
    `${' '.repeat(12)}${engine.version}; ${engine.deterministic ? 'repeats bit for bit' : 'last digits may vary'}`,
  );
  line(
    `${' '.repeat(12)}${engine.stepsPerSecond.toFixed(1)} probe steps/s; largest error against float64 ${error}`,
  );
}

function describeMachine(): Record<string, string> {
  const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  const require = createRequire(import.meta.url);
  const versionOf = (part: string): string =>
    z.object({ version: z.string() }).parse(require(`${part}/package.json`)).version;
  return {
    node: process.versions.node,
    system: `${process.platform} ${process.arch}, ${release()}`,
    processor: `${cpus().at(0)?.model ?? 'unknown'}, ${availableParallelism()} threads`,
    memory: `${gib(totalmem())}, ${gib(freemem())} free`,
    libraries: PARTS.map((part) => `${part} ${versionOf(part)}`).join(', '),
  };
}
