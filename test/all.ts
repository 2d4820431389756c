import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { z } from 'zod';

/**
 * Everything that must hold, in one command: types, lint with import borders, formatting, unused code, unit and integration
 * tests, the window in a real browser, and the desktop program in a real Electron. Goes on after a failure, so that one run shows all of them; ends with a line
 * "N passed, N failed". Checks that read the sources go side by side; suites, which take all cores themselves, in turn.
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
});

const binaries = join(import.meta.dirname, '..', 'node_modules', '.bin');

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

async function countsOf(
  step: Step,
  exitCode: number,
): Promise<{ passed: number; failed: number; skipped: number }> {
  const alone = { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
  if (step.report === undefined) return alone;
  const text = await readFile(step.report, 'utf8').catch(() => undefined);
  if (text === undefined) return { ...alone, failed: 1 };
  const report = reportSchema.parse(JSON.parse(text));
  // A file that does not even load fails the run without failing a test.
  const failed = exitCode !== 0 && report.numFailedTests === 0 ? 1 : report.numFailedTests;
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests };
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

const totals = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];

async function take(step: Step, output: (text: string) => void): Promise<void> {
  const startMs = performance.now();
  const exitCode = await run(step.command, output);
  const counts = await countsOf(step, exitCode);
  totals.passed += counts.passed;
  totals.failed += counts.failed;
  totals.skipped += counts.skipped;
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
process.stdout.write(`\n${lines.join('\n')}\n`);
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
process.exitCode = totals.failed === 0 ? 0 : 1;
