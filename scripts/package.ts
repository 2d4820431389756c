import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'electron-builder';
import configuration from '../electron-builder.config.ts';

/**
 * `npm run package`: builds window and shell, collects the licences, packs the program for this system, and looks into
 * what came of it. Packing needs Electron's binary, which electron-builder downloads where it is not there.
 *
 * --folder: no installers, only the folder. --electron FOLDER: a binary that is there already.
 */
const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { folder: { type: 'boolean', default: false }, electron: { type: 'string' } },
});

function run(program: string, ...words: string[]): void {
  const { status } = spawnSync(program, words, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

run('npm', 'run', '--silent', 'build');
run(process.execPath, join('scripts', 'build-electron.ts'));
run(process.execPath, join('scripts', 'licences.ts'));
try {
  await build({
    projectDir: root,
    dir: values.folder,
    config: { ...configuration, ...(values.electron !== undefined && { electronDist: values.electron }) },
  });
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `Packing failed: ${reason}\n` +
      'What was made until then is in out/package. Electron’s binary and the tools for installers are downloaded by the\n' +
      'builder: allow that, name a folder that has the binary with --electron, or leave out installers with --folder.\n',
  );
  process.exit(1);
}
run(process.execPath, join('scripts', 'check-package.ts'));
