import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '..', '..', '..', 'node_modules', 'electron');

/** Why Electron cannot be run here; undefined where it can. */
export function electronAbsence(): string | undefined {
  if (electronBinary() === undefined) {
    return 'its binary is not here ("npx install-electron" downloads it, ELECTRON_OVERRIDE_DIST_PATH names another)';
  }
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY)
    return 'there is no screen ("xvfb-run -a" makes one)';
  return undefined;
}

/** As the package finds it, without downloading anything. */
export function electronBinary(): string | undefined {
  const pathFile = join(PACKAGE, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron';
  const binary = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(PACKAGE, 'dist'), name);
  return existsSync(binary) ? binary : undefined;
}
