import { app, dialog, Menu, shell } from 'electron';
import type { ActionId } from '../core/contract/actions.ts';
import { PROGRAM_VERSION } from '../core/base/version.ts';
import type { Studio } from '../core/studio/service/studio.ts';
import { aboutBox } from './about-box.ts';
import { programFiles } from './app-folders.ts';
import { askStudio } from './ask-studio.ts';
import { buildMenu } from './menu.ts';
import type { StudioEffects } from './studio-effects.ts';

export interface AppMenuParts {
  readonly studio: Studio;
  readonly effects: StudioEffects;
  readonly withDeveloperTools: boolean;
  readonly act: (action: ActionId) => void;
  readonly openLibrary: (folder: string) => void;
}

/** Puts up the menu bar as it is now: with the recent libraries that are there, and the user's keys. */
export async function showMenu(parts: AppMenuParts): Promise<void> {
  const recent = await askStudio(parts.studio, 'library.recent', {});
  const template = buildMenu(
    {
      platform: process.platform,
      appName: app.name,
      isLibraryOpen: parts.effects.library() !== null,
      recent: recent.filter(({ isThere }) => isThere),
      keys: parts.effects.settings().keys,
      withDeveloperTools: parts.withDeveloperTools,
    },
    {
      act: parts.act,
      openRecent: parts.openLibrary,
      showLicences: () => void shell.openPath(programFiles.licences),
      showAbout: () => void dialog.showMessageBox(aboutBox(PROGRAM_VERSION, process.versions)),
    },
  );
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
