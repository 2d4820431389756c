import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenDialogOptions, SaveDialogOptions } from 'electron';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createElectronShell } from './electron-shell.ts';
import { openFolderMemory } from './folder-memory.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simgan-dialogs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function shellWith(answer: string | null, platform: NodeJS.Platform = 'linux') {
  const shown: (OpenDialogOptions | SaveDialogOptions)[] = [];
  const done: string[] = [];
  const last = (values: unknown[]) => values.at(-1) as OpenDialogOptions;
  const shell = createElectronShell({
    dialog: {
      showOpenDialog: (...values: unknown[]) => {
        shown.push(last(values));
        return Promise.resolve({ canceled: answer === null, filePaths: answer === null ? [] : [answer] });
      },
      showSaveDialog: (...values: unknown[]) => {
        shown.push(last(values));
        return Promise.resolve({ canceled: answer === null, filePath: answer ?? '' });
      },
    },
    shell: {
      showItemInFolder: (path) => void done.push(`reveal ${path}`),
      trashItem: (path) => {
        done.push(`trash ${path}`);
        return Promise.resolve();
      },
    },
    powerMonitor: { isOnBatteryPower: () => true },
    window: () => undefined,
    memory: openFolderMemory(join(folder, 'folders.json')),
    documentsFolder: '/home/me/Documents',
    logFiles: () => Promise.resolve([]),
    platform,
    notifications: true,
  });
  return { shell, shown, done };
}

it('begins in the documents, and then where the last choice for this purpose was', async () => {
  const { shell, shown } = shellWith('/data/renders/eyes');
  expect(await shell.pickFolder?.('import')).toBe('/data/renders/eyes');
  expect(shown.at(-1)?.defaultPath).toBe('/home/me/Documents');
  await shell.pickFolder?.('import');
  expect(shown.at(-1)?.defaultPath).toBe('/data/renders');
  await shell.pickFolder?.('export');
  expect(shown.at(-1)?.defaultPath).toBe('/home/me/Documents');
});

it('gives nothing, and remembers nothing, when a dialog is cancelled', async () => {
  const { shell, shown } = shellWith(null);
  expect(await shell.pickFolder?.('import')).toBeNull();
  expect(await shell.pickFolder?.('new-library')).toBeNull();
  await shell.pickFolder?.('import');
  expect(shown.at(-1)?.defaultPath).toBe('/home/me/Documents');
});

it('asks for a name where a library is made, for a file where an image is looked for, else for a folder', async () => {
  const { shell, shown } = shellWith('/data/x');
  await shell.pickFolder?.('new-library');
  expect(shown.at(-1)?.filters).toEqual([{ name: 'SimGAN library', extensions: ['simgan'] }]);
  await shell.pickFolder?.('relink');
  expect((shown.at(-1) as OpenDialogOptions).properties).toEqual(['openFile']);
  for (const purpose of ['open-library', 'import', 'export', 'verify'] as const) {
    await shell.pickFolder?.(purpose);
    expect((shown.at(-1) as OpenDialogOptions).properties, purpose).toEqual([
      'openDirectory',
      'createDirectory',
    ]);
  }
  const mac = shellWith('/data/x', 'darwin');
  await mac.shell.pickFolder?.('open-library');
  expect((mac.shown.at(-1) as OpenDialogOptions).properties).toEqual(['openFile', 'openDirectory']);
});

it('shows files in the file manager, puts them into the trash, and knows the battery', async () => {
  const { shell, done } = shellWith(null);
  shell.reveal?.('/data/a.png');
  await shell.trash?.('/data/runs/1');
  expect(done).toEqual(['reveal /data/a.png', 'trash /data/runs/1']);
  expect(shell).toMatchObject({ kind: 'electron', notifications: true, roots: undefined });
  expect(shell.power()).toBe('battery');
});
