import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  checkArchive,
  checkFuses,
  checkWork,
  findProgram,
  type Findings,
  type PackedProgram,
} from './packed-program.ts';

/**
 * `npm run check:package [FOLDER]`: looks into a packed program. What must be in the archive is there and nothing else,
 * native modules and what threads run lie beside it, the fuses are as asked, and the program starts, trains, refines and
 * exports. What cannot be looked at here is said, one line each. Ends with 1 where something is wrong, with 2 where there is no packed program.
 */
const root = join(import.meta.dirname, '..');

const problems: string[] = [];
const findings: Findings = {
  check(holds, what) {
    process.stdout.write(`${holds ? 'good   ' : 'WRONG  '} ${what}\n`);
    if (!holds) problems.push(what);
  },
  notLookedAt: (what, why) => void process.stdout.write(`not run ${what}: ${why}\n`),
};

async function packedFolders(): Promise<string[]> {
  const output = join(root, 'out', 'package');
  const names = existsSync(output) ? await readdir(output) : [];
  return names.filter((name) => /-unpacked$|^mac/.test(name)).map((name) => join(output, name));
}

/** Why a packed program cannot be started here; undefined where it can. */
function whyNotStarted(platform: NodeJS.Platform): string | undefined {
  if (platform !== process.platform) return `it is for ${platform}, this is ${process.platform}`;
  if (process.getuid?.() === 0) return 'Electron does not run as root with its sandbox on';
  if (platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return 'there is no screen here; "xvfb-run -a npm run check:package" makes one';
  }
  return undefined;
}

async function checkInHome({ binary, platform }: PackedProgram): Promise<void> {
  const reason = whyNotStarted(platform);
  if (reason !== undefined) {
    findings.notLookedAt('the program starts, trains, refines and exports', reason);
    return;
  }
  const home = await mkdtemp(join(tmpdir(), 'simgan-start-'));
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, APPDATA: home };
  try {
    const start = (...words: string[]) =>
      spawn(binary, [`--user-data-dir=${join(home, 'data')}`, ...words], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    await checkWork(start, home, findings);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

const { positionals } = parseArgs({ allowPositionals: true });
const folders = positionals.length > 0 ? positionals.map((folder) => resolve(folder)) : await packedFolders();
let looked = 0;
for (const folder of folders) {
  const program = await findProgram(folder);
  if (program === undefined) continue;
  looked++;
  process.stdout.write(`${basename(folder)}\n`);
  checkArchive(program, findings);
  await checkFuses(program, findings);
  await checkInHome(program);
}
if (looked === 0) {
  process.stdout.write(
    'There is no packed program to look at. "npm run package" makes one where Electron’s binary can be had.\n',
  );
  process.exitCode = 2;
} else if (problems.length > 0) {
  process.stdout.write(`${problems.length} of these are wrong.\n`);
  process.exitCode = 1;
}
