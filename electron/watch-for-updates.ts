import { shell } from 'electron';
import { PROGRAM_VERSION } from '../core/base/version.ts';
import { programFiles } from './app-folders.ts';
import { mayOpenOutside } from './lockdown.ts';
import { showNotice } from './notice.ts';
import type { StudioEffects } from './studio-effects.ts';
import { createUpdateChecks, newerVersion, packedUpdateAddress } from './updates.ts';

const TICK_MS = 3600 * 1000;

/** Tells of newer versions, where the program was packed with an address to ask and the user wishes to hear of them. */
export function watchForUpdates(effects: StudioEffects, onFault: (error: unknown) => void): void {
  const address = packedUpdateAddress(programFiles.package);
  if (address === undefined) return;
  const lookForUpdate = createUpdateChecks({
    now: () => performance.now(),
    isWanted: () => effects.settings().checkForUpdates,
    isBusy: () => effects.activity().running.length > 0,
    check: () => newerVersion(address, PROGRAM_VERSION),
    tell: ({ version, summary, page }) =>
      showNotice({ title: `SimGAN Studio ${version} is there`, body: summary, isUrgent: false }, () => {
        if (mayOpenOutside(page)) void shell.openExternal(page).catch(onFault);
      }),
    onFault,
  });
  setInterval(() => void lookForUpdate(), TICK_MS).unref();
}
