import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { z } from 'zod';

/**
 * A process that is measured: it takes one command a line and answers with one line of JSON, so that several can be asked
 * in turn in one session. It must end when its input does.
 */
export interface Contestant {
  readonly name: string;
  /** What it says by itself when it starts, where it does. */
  greeting<Answer>(answer: z.ZodType<Answer>): Promise<Answer>;
  ask<Answer>(command: string, answer: z.ZodType<Answer>): Promise<Answer>;
  end(): void;
}

/** Starts a process; what it writes besides its answers is shown only when it fails. */
export function startContestant(
  name: string,
  [command, ...args]: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Contestant {
  const child = spawn(command, args, { env: { ...process.env, ...environment } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
  // What is told of an end is told by the answer that does not come.
  child.on('error', (error) => (errors += error.message));
  child.stdin.on('error', () => undefined);
  const nextAnswer = async <Answer>(to: string, answer: z.ZodType<Answer>): Promise<Answer> => {
    for (;;) {
      const next = await lines.next();
      if (next.done) throw new Error(`${name} ended at "${to}": ${errors}`);
      // Libraries greet on standard output.
      if (next.value.startsWith('{')) return answer.parse(JSON.parse(next.value));
    }
  };
  return {
    name,
    greeting: (answer) => nextAnswer('start', answer),
    async ask(line, answer) {
      child.stdin.write(`${line}\n`);
      return await nextAnswer(line, answer);
    },
    end: () => child.stdin.end(),
  };
}
