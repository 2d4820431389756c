import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const ENTRY = join(import.meta.dirname, '..', '..', 'core', 'host', 'simgan.cjs');

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line in a folder. */
export async function simgan(folder: string, ...args: string[]): Promise<CommandResult> {
  return await resultOf(startSimgan(folder, ...args));
}

/** The JSON that a command prints with --json; its failure is an error with what it said. */
export async function simganJson(folder: string, ...args: string[]): Promise<unknown> {
  const result = await simgan(folder, ...args, '--json');
  if (result.exitCode !== 0) throw new Error(`simgan ${args.join(' ')}: ${result.stdout}${result.stderr}`);
  return JSON.parse(result.stdout);
}

export function startSimgan(folder: string, ...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [ENTRY, ...args], { cwd: folder });
}

export function resultOf(child: ChildProcessWithoutNullStreams): Promise<CommandResult> {
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, ...output }));
  });
}

/** A folder of this test's own, gone when it is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'simgan-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
