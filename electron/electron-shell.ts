import { dirname } from 'node:path';
import type {
  BrowserWindow,
  Dialog,
  OpenDialogOptions,
  PowerMonitor,
  SaveDialogOptions,
  Shell as ElectronShell,
} from 'electron';
import type { Shell } from '../core/studio/service/shell.ts';
import type { FolderMemory } from './folder-memory.ts';

type Purpose = Parameters<NonNullable<Shell['pickFolder']>>[0];

interface ShellParts {
  readonly dialog: Pick<Dialog, 'showOpenDialog' | 'showSaveDialog'>;
  readonly shell: Pick<ElectronShell, 'showItemInFolder' | 'trashItem'>;
  readonly powerMonitor: Pick<PowerMonitor, 'isOnBatteryPower'>;
  /** The window that a dialog belongs to. */
  readonly window: () => BrowserWindow | undefined;
  readonly memory: FolderMemory;
  readonly documentsFolder: string;
  readonly logFiles: NonNullable<Shell['logFiles']>;
  readonly platform: NodeJS.Platform;
  readonly notifications: boolean;
}

const WORDS: Readonly<Record<Purpose, { readonly title: string; readonly button: string }>> = {
  'open-library': { title: 'Open a library', button: 'Open' },
  'new-library': { title: 'New library', button: 'Create' },
  import: { title: 'Choose a folder of images', button: 'Choose' },
  relink: { title: 'Where is this image now?', button: 'Choose' },
  export: { title: 'Choose a folder to export to', button: 'Choose' },
  verify: { title: 'Choose an exported dataset', button: 'Verify' },
};

/** What Electron can do for the studio: native dialogs, the file manager, the trash, and where the power comes from. */
export function createElectronShell(parts: ShellParts): Shell {
  return {
    kind: 'electron',
    notifications: parts.notifications,
    roots: undefined,
    pickFolder: (purpose) => pick(parts, purpose),
    reveal: (path) => parts.shell.showItemInFolder(path),
    logFiles: parts.logFiles,
    trash: (path) => parts.shell.trashItem(path),
    power: () => (parts.powerMonitor.isOnBatteryPower() ? 'battery' : 'mains'),
  };
}

async function pick(parts: ShellParts, purpose: Purpose): Promise<string | null> {
  const start = parts.memory.last(purpose) ?? parts.documentsFolder;
  const path =
    purpose === 'new-library'
      ? await saveDialog(parts, newLibraryDialog(start))
      : await openDialog(parts, openDialogOptions(purpose, start, parts.platform));
  if (path !== null) await parts.memory.remember(purpose, dirname(path));
  return path;
}

/** A new library is a folder that is not there yet: what a dialog for saving asks for. */
function newLibraryDialog(start: string): SaveDialogOptions {
  const { title, button } = WORDS['new-library'];
  return {
    title,
    buttonLabel: button,
    defaultPath: `${start}/My images.simgan`,
    filters: [{ name: 'SimGAN library', extensions: ['simgan'] }],
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  };
}

function openDialogOptions(
  purpose: Exclude<Purpose, 'new-library'>,
  start: string,
  platform: NodeJS.Platform,
): OpenDialogOptions {
  const { title, button } = WORDS[purpose];
  const options = { title, buttonLabel: button, defaultPath: start };
  if (purpose === 'relink') return { ...options, properties: ['openFile'] };
  // On macOS a library is a package, which its dialogs take for a file.
  if (purpose === 'open-library' && platform === 'darwin') {
    return { ...options, properties: ['openFile', 'openDirectory'] };
  }
  return { ...options, properties: ['openDirectory', 'createDirectory'] };
}

async function openDialog(
  { dialog, window }: ShellParts,
  options: OpenDialogOptions,
): Promise<string | null> {
  const parent = window();
  const { canceled, filePaths } = await (parent
    ? dialog.showOpenDialog(parent, options)
    : dialog.showOpenDialog(options));
  return canceled ? null : (filePaths.at(0) ?? null);
}

async function saveDialog(
  { dialog, window }: ShellParts,
  options: SaveDialogOptions,
): Promise<string | null> {
  const parent = window();
  const { canceled, filePath } = await (parent
    ? dialog.showSaveDialog(parent, options)
    : dialog.showSaveDialog(options));
  return canceled || filePath === '' ? null : filePath;
}
