import { spawn } from 'node:child_process';
import { StudioError } from '../../base/studio-error.ts';

export interface ToolOptions {
  readonly folder?: string;
  /** What the tool is there for, for the message when it fails: "download TensorFlow". */
  readonly purpose: string;
  readonly remedy: string;
}

/**
 * Runs a program to its end and returns what it wrote to its standard output.
 *
 * @throws StudioError 'engine' with the end of what it wrote, if it is missing or fails
 */
export async function runTool(
  program: string,
  parameters: readonly string[],
  options: ToolOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd: options.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let all = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      all += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      all += text;
    });
    const fail = (reason: string): void => {
      const tail = all.trim().split('\n').slice(-8).join('\n');
      reject(
        new StudioError('engine', `Could not ${options.purpose}: ${reason}${tail && `\n${tail}`}`, {
          remedy: options.remedy,
          details: { program },
        }),
      );
    };
    child.on('error', (error) => fail(`${program} cannot be run (${error.message}).`));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else fail(`${program} ended with ${signal ?? `code ${String(code)}`}.`);
    });
  });
}
