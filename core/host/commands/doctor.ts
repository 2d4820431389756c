import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem, release, totalmem } from 'node:os';
import type { Command } from 'commander';
import { z } from 'zod';
import { PROGRAM_VERSION } from '../../base/version.ts';
import { listEngines, type EngineReport } from '../../engine/choose-engine.ts';
import { addCommand } from '../command.ts';
import { wrapLines } from '../terminal.ts';

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
      for (const [label, value] of Object.entries(machine)) terminal.line(row(label, value));
      terminal.line();
      terminal.note('Trying every engine, which may take a minute …');
      const engines = await listEngines({
        fresh: true,
        onReport(engine) {
          for (const [index, text] of describe(engine).entries()) {
            terminal.line(row(index === 0 ? engine.name : '', text));
          }
        },
      });
      terminal.result({ version: PROGRAM_VERSION, machine, engines });
    },
  );
}

const LABEL_WIDTH = 12;

/** A label and what belongs to it; on a terminal further lines of it are set under the first. */
function row(label: string, text: string): string {
  const width = process.stdout.isTTY ? process.stdout.columns - LABEL_WIDTH : Infinity;
  const indent = ' '.repeat(LABEL_WIDTH);
  return `${label.padEnd(LABEL_WIDTH)}${wrapLines(text, width).replaceAll('\n', `\n${indent}`)}`;
}

function describe(engine: EngineReport): string[] {
  return [...describeState(engine), ...(engine.name === 'webgpu' ? [NOT_IN_ELECTRON] : [])];
}

const NOT_IN_ELECTRON = 'not offered in the desktop window, where Electron forbids its buffers';

function describeState(engine: EngineReport): string[] {
  if (engine.state === 'missing') return [`missing: ${engine.reason}`, engine.remedy].filter(Boolean);
  const { state, device, version, deterministic, largestError, stepsPerSecond } = engine;
  const speed = stepsPerSecond ? `${stepsPerSecond.toPrecision(2)} probe steps/s` : 'too slow to be timed';
  return [
    `${state === 'works' ? 'works' : 'computes wrongly and is never chosen'}: ${device}`,
    `${version}; ${deterministic ? 'repeats bit for bit' : 'last digits may vary'}`,
    `${speed}; largest error against float64 ${largestError.toExponential(1)}`,
  ];
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
