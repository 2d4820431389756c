import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { z } from 'zod';

/**
 * Everything that must hold, in one command: types, lint with import borders, formatting, unused code, unit and
 * integration tests, the window in a real browser, and the desktop program in a real Electron. Goes on after a failure,
 * so that one run shows all of them. Ends with each failed test, the start of its message, and a line "N passed, N
 * failed". Checks that read the sources go side by side; suites, which take all cores themselves, in turn.
 */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Where vitest writes its counts; other steps count as one. */
  readonly report?: string;
}

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

const root = join(import.meta.dirname, '..');
const binaries = join(root, 'node_modules', '.bin');

/** The exit code; `output` gets what the command prints. */
function run(command: readonly string[], output: (text: string) => void): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(join(binaries, command[0]), command.slice(1), {
      stdio: ['inherit', 'pipe', 'pipe'],
      // The tools find their Node by the path, and that must be the pinned one.
      env: {
        ...process.env,
        PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}`,
        // So that it is built once.
        SIMGAN_RENDERER_FOLDER: windowFolder,
      },
      shell: process.platform === 'win32',
    });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', output);
    child.on('close', (code) => resolve(code ?? 1));
    child.on('error', () => resolve(1));
  });
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, and why, for the end of the output. */
  failures: string[];
}

const MESSAGE_LINES = 12;

/** File, name and the start of the message of each failed test; the file alone where it failed outside of its tests. */
function failuresIn(report: z.infer<typeof reportSchema>): string[] {
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    if (status !== 'failed') return [];
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return [`FAILED ${file}\n${start(message)}`];
    return failed.map(
      (test) => `FAILED ${file} › ${test.fullName}\n${start((test.failureMessages ?? []).join('\n'))}`,
    );
  });
}

function start(message: string): string {
  return message.split('\n').slice(0, MESSAGE_LINES).join('\n');
}

async function countsOf(step: Step, exitCode: number): Promise<Counts> {
  const alone = { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0, failures: [] };
  if (step.report === undefined) return alone;
  const text = await readFile(step.report, 'utf8').catch(() => undefined);
  if (text === undefined) return { ...alone, failed: 1 };
  const report = reportSchema.parse(JSON.parse(text));
  // A file that does not even load fails the run without failing a test.
  const failed = exitCode !== 0 && report.numFailedTests === 0 ? 1 : report.numFailedTests;
  return {
    passed: report.numPassedTests,
    failed,
    skipped: report.numPendingTests,
    failures: failuresIn(report),
  };
}

const folder = await mkdtemp(join(tmpdir(), 'simgan-test-'));
const windowFolder = join(folder, 'window');
const vitest = (project: string): Step => {
  const report = join(folder, `${project}.json`);
  const command = ['vitest', 'run', '--project', project, '--reporter', 'default', '--reporter', 'json'];
  return { name: `${project} tests`, command: [...command, '--outputFile.json', report], report };
};
/** The longest first. */
const checks: readonly Step[] = [
  { name: 'lint and import borders', command: ['eslint', '.', '--max-warnings', '0'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'types of the window', command: ['vue-tsc', '-p', 'renderer'] },
  { name: 'formatting', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'unused code', command: ['knip'] },
  { name: 'build of the window', command: ['vite', 'build', '--logLevel', 'warn', '--outDir', windowFolder] },
];
const suites: readonly Step[] = [vitest('unit'), vitest('integration'), vitest('e2e'), vitest('electron')];

const totals: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
const lines: string[] = [];

async function take(step: Step, output: (text: string) => void): Promise<void> {
  const startMs = performance.now();
  const exitCode = await run(step.command, output);
  const counts = await countsOf(step, exitCode);
  totals.passed += counts.passed;
  totals.failed += counts.failed;
  totals.skipped += counts.skipped;
  totals.failures.push(...counts.failures);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  lines.push(`${counts.failed === 0 ? 'ok    ' : 'FAILED'} ${step.name.padEnd(26)} ${seconds.padStart(7)} s`);
}

const print = (text: string): void => void process.stdout.write(text);
const headline = (step: Step): string => `\n── ${step.name}\n`;
const LANES = 2;
try {
  const waiting = [...checks];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      let printed = headline(step);
      await take(step, (text) => (printed += text));
      print(printed);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  for (const step of suites) {
    print(headline(step));
    await take(step, print);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const failure of totals.failures) process.stdout.write(`\n${failure}\n`);
process.stdout.write(`\n${lines.join('\n')}\n`);
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
process.exitCode = totals.failed === 0 ? 0 : 1;
