import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'electron-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import configuration from '../../electron-builder.config.ts';
import {
  checkArchive,
  checkFuses,
  checkWork,
  findProgram,
  type PackedProgram,
} from '../../scripts/packed-program.ts';
import { electron } from '../support/electron/desktop.ts';
import { ordinaryUser } from '../support/electron/ordinary-user.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The program as electron-builder packs it, by the very configuration, with what Electron 22 needs beside it. */
describe.skipIf(electron === null)('the packed program', () => {
  let output: string;
  let program: PackedProgram;
  const wrong: string[] = [];
  const looked: string[] = [];
  const findings = {
    check(holds: boolean, what: string) {
      (holds ? looked : wrong).push(what);
    },
    notLookedAt: () => undefined,
  };

  beforeAll(async () => {
    if (electron === null) return;
    output = await mkdtemp(join(tmpdir(), 'simgan-packed-'));
    await chmod(output, 0o755);
    const licences = [join(ROOT, 'scripts', 'licences.ts'), '--output', electron.program];
    execFileSync(process.execPath, licences, { stdio: 'ignore' });
    await pack(electron, output);
    const found = await findProgram(join(output, 'linux-unpacked'));
    if (found === undefined) throw new Error('electron-builder made no program.');
    program = found;
  });
  afterAll(() => rm(output, { recursive: true, force: true }));

  it('has everything in its archive and beside it, and its fuses are set', async () => {
    checkArchive(program, findings);
    await checkFuses(program, findings);
    expect(wrong).toEqual([]);
    expect(looked).toContain('core/evaluation/drift-worker.js lies beside it');
  });

  it('does the whole path from its archive: simulate, train, refine, export, verify', async () => {
    const user = await ordinaryUser();
    const home = join(output, 'home');
    await mkdir(join(home, 'run'), { recursive: true });
    await user.own(home);
    const runner = await user.runnerOf(program.binary, join(output, 'bin'));
    const env = {
      ...process.env,
      ...(electron?.display && { DISPLAY: electron.display }),
      HOME: home,
      XDG_CONFIG_HOME: home,
      XDG_RUNTIME_DIR: join(home, 'run'),
    };
    const start = (...words: string[]) =>
      spawn(runner, [`--user-data-dir=${join(home, 'data')}`, ...words], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    await checkWork(start, home, findings);
    expect(wrong).toEqual([]);
    expect(looked).toContain('the program trains, refines, exports and verifies');
  });
});

async function pack(from: NonNullable<typeof electron>, output: string): Promise<void> {
  const fuses = { ...configuration.electronFuses };
  // It came after Electron 22.
  if (!from.isOwn) delete fuses.grantFileProtocolExtraPrivileges;
  const metadata = configuration.extraMetadata as Readonly<Record<string, unknown>>;
  const files = [configuration.files ?? []]
    .flat()
    .map((one) => (typeof one === 'object' && one.from === 'dist' ? { ...one, from: from.program } : one));
  await build({
    projectDir: ROOT,
    dir: true,
    config: {
      ...configuration,
      files,
      electronFuses: fuses,
      electronDist: from.folder,
      asarUnpack: [...[configuration.asarUnpack ?? []].flat(), '**/resources/compat/**'],
      extraMetadata: { ...metadata, ...(!from.isOwn && { type: 'commonjs' }) },
      directories: { ...configuration.directories, output, buildResources: join(from.program, 'resources') },
      linux: { ...configuration.linux, icon: join(from.program, 'resources', 'icon.png') },
    },
  });
}
