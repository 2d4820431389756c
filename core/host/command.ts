import { Command, CommanderError, Help, type HelpConfiguration } from 'commander';
import { z } from 'zod';
import { inWords } from '../base/schema-words.ts';
import { messageOf, StudioError } from '../base/studio-error.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, badUsage: 2, interrupted: 130 } as const;

/** What an action gets beside its arguments and options. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C or SIGTERM: stop cleanly and keep what is done. */
  readonly signal: AbortSignal;
  /** --library, if given. */
  readonly libraryPath: string | undefined;
}

export interface CommandText {
  /** What it does, in one line. */
  readonly summary: string;
  /** Command lines that work as they stand. */
  readonly examples: readonly string[];
  /** What else the help says, before the examples: paragraphs; one that begins with a space is kept as it is. */
  readonly notes?: readonly string[];
  /** False where there is no library to work in: then --library is unknown. */
  readonly worksInLibrary?: false;
}

const commonOptionsSchema = z.object({
  json: z.boolean().optional(),
  debug: z.boolean().optional(),
  library: z.string().optional(),
});

/**
 * Adds a command with the options all commands have. `usage` is commander's: `import <role> <folder>`. The action
 * gets its arguments and its own options, unparsed; it returns nothing, or throws.
 */
export function addCommand(
  program: Command,
  usage: string,
  text: CommandText,
  options: (command: Command) => Command,
  action: (
    context: CommandContext,
    args: string[],
    options: Readonly<Record<string, unknown>>,
  ) => Promise<void> | void,
): void {
  const command = program.command(usage).summary(text.summary).description(text.summary);
  command.showHelpAfterError(`Run "simgan ${command.name()} --help" to see what it takes.`);
  options(command);
  if (text.worksInLibrary !== false) {
    command.option('--library <path>', 'the library to work in (default: the one in the current folder)');
  }
  command
    .option('--json', 'print the result as JSON, for scripts')
    .option('--debug', 'print the stack trace of a failure')
    .addHelpText('after', helpAfter(text))
    .action(async (...all: unknown[]) => {
      const command = all.at(-1) as Command;
      const common = commonOptionsSchema.parse(command.opts());
      const terminal = createTerminal({ json: common.json ?? false });
      const interruption = listenForInterruption(terminal);
      try {
        await action(
          { terminal, signal: interruption.signal, libraryPath: common.library },
          command.args,
          command.opts(),
        );
      } catch (error) {
        terminal.endProgress();
        report(error, { json: terminal.json, debug: common.debug ?? false });
      } finally {
        terminal.endProgress();
        interruption.stop();
      }
      if (interruption.signal.aborted) process.exitCode = EXIT.interrupted;
    });
}

function helpAfter({ notes, examples }: CommandText): string {
  const lines = examples.map((example) => `  $ simgan ${example}`);
  const paragraphs = notes?.map((note) => (note.startsWith(' ') ? note : wrap(note, HELP_WIDTH)));
  return `${paragraphs ? `\n${paragraphs.join('\n')}\n` : ''}\nExamples:\n${lines.join('\n')}`;
}

/** Terms and what they mean, as a note of the help. */
export function termList(items: readonly (readonly [term: string, meaning: string])[]): string {
  const indent = 4 + Math.max(...items.map(([term]) => term.length));
  return items
    .map(([term, meaning]) => {
      const text = wrap(meaning, HELP_WIDTH - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);
      return `  ${term}`.padEnd(indent) + text;
    })
    .join('\n');
}

function wrap(text: string, width: number): string {
  return new Help().boxWrap(text, width);
}

const HELP_WIDTH = 80;
const LONGEST_TERM = 24;

/** Long flags get their description on lines of its own, so that help fits 80 columns. */
const helpLayout: HelpConfiguration = {
  helpWidth: HELP_WIDTH,
  formatItem(term, termWidth, description, helper) {
    if (termWidth <= LONGEST_TERM) {
      return new Help().formatItem.call(helper, term, termWidth, description, helper);
    }
    const indent = ' '.repeat(6);
    const text = wrap(description, HELP_WIDTH - indent.length).replaceAll('\n', `\n${indent}`);
    return `  ${term}\n${indent}${text}`;
  },
};

/** Runs a program of commands on the given arguments and sets the exit code. */
export async function runProgram(program: Command, args: readonly string[]): Promise<void> {
  program.exitOverride().configureHelp({ helpWidth: HELP_WIDTH });
  for (const command of program.commands) {
    command
      .exitOverride()
      .configureHelp(helpLayout)
      .configureOutput({ outputError: (text, write) => write(plainly(text)) });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed its message; help that was asked for is no failure.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.badUsage;
  }
}

/** Commander's words for a value that is none of the choices, as the rest of the program would say it. */
function plainly(text: string): string {
  return text
    .replace(
      /command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are/,
      '$2 "$1" is none of',
    )
    .replace(/option '(--\S+).*' argument '(.*)' is invalid\. Allowed choices are/, '$1 "$2" is none of');
}

/** An option's value, by a schema; a value that does not fit is bad usage that names the flag. */
export function parseOption<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  flag: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const words = inWords(parsed.error, (path) => (path.length === 0 ? flag : `${flag}: ${path.join('.')}`));
  const given = typeof value === 'string' ? ` It was given as "${value}".` : '';
  throw new StudioError('bad-usage', `${words}.${given}`, { remedy: 'See --help for what it takes.' });
}

function listenForInterruption(terminal: Terminal): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
    terminal.note('Stopping at the next safe point; everything so far is kept. Ctrl-C again stops at once.');
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    stop: () => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt),
  };
}

function report(error: unknown, options: { json: boolean; debug: boolean }): void {
  const known = error instanceof StudioError ? error : undefined;
  process.exitCode =
    known?.code === 'bad-usage'
      ? EXIT.badUsage
      : known?.code === 'cancelled'
        ? EXIT.interrupted
        : EXIT.failed;
  const remedy =
    known?.remedy ??
    'This is a fault of the program. Run the command again with --debug and report what it prints.';
  if (options.json) {
    const { code, details } = known ?? { code: 'fault', details: {} };
    process.stdout.write(
      `${JSON.stringify({ error: { code, message: messageOf(error), remedy, details } }, undefined, 2)}\n`,
    );
  } else {
    process.stderr.write(`${messageOf(error)}\n${remedy}\n`);
  }
  if (options.debug && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}
