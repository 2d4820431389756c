import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * As much of Electron as the shell's entry asks for, on plain Node: it keeps a record of what was asked for, and does what
 * a test tells it. It stands in where no Electron can be had; that the real one behaves like it is not shown by it.
 *
 * Workers are real processes. Values between window and main process are copied by structured clone.
 */
const record: [string, ...unknown[]][] = [];
const note = (name: string, ...values: unknown[]): void => void record.push([name, ...values]);

/** How dialogs will be answered: the button of a message box. */
let nextButton = 0;

class App extends EventEmitter {
  readonly isPackaged = true;
  readonly name = 'SimGAN Studio';
  enableSandbox = (): void => note('enableSandbox');
  setAppUserModelId = (id: string): void => note('setAppUserModelId', id);
  requestSingleInstanceLock = (data: unknown): boolean => {
    note('requestSingleInstanceLock', data);
    return true;
  };
  whenReady = async (): Promise<void> => {
    await Promise.resolve();
    note('ready');
  };
  getPath = (name: string): string => join(process.env.SIMGAN_STAND_IN_FOLDER ?? '', name);
  addRecentDocument = (path: string): void => note('addRecentDocument', path);
  relaunch = (): void => note('relaunch');
  quit(): void {
    let prevented = false;
    this.emit('before-quit', { preventDefault: () => (prevented = true) });
    if (!prevented) this.exit(0);
  }
  exit(code: number): void {
    note('exit', code);
    tell({ exit: code, record });
    process.disconnect();
    process.exit(code);
  }
}

class Session extends EventEmitter {
  setPermissionRequestHandler = (): void => note('setPermissionRequestHandler');
  setPermissionCheckHandler = (): void => note('setPermissionCheckHandler');
  setDevicePermissionHandler = (): void => note('setDevicePermissionHandler');
}

class WebContents extends EventEmitter {
  readonly id = 1;
  isDestroyed = (): boolean => false;
  setWindowOpenHandler = (): void => note('setWindowOpenHandler');
  send = (channel: string, value: unknown): void => tell({ channel, value: structuredClone(value) });
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  #visible = false;
  #title = '';
  constructor(options: unknown) {
    super();
    note('BrowserWindow', structuredClone(options));
    app.emit('web-contents-created', {}, this.webContents);
    windows.add(this);
  }
  async loadURL(url: string): Promise<void> {
    note('loadURL', url);
    await Promise.resolve();
    this.emit('ready-to-show');
  }
  show = (): void => {
    this.#visible = true;
    note('show');
  };
  hide = (): void => {
    this.#visible = false;
    note('hide');
  };
  focus = (): void => note('focus');
  isVisible = (): boolean => this.#visible;
  isFocused = (): boolean => false;
  isMinimized = (): boolean => false;
  flashFrame = (): void => note('flashFrame');
  reload = (): void => note('reload');
  setTitle = (title: string): void => {
    if (title !== this.#title) note('title', title);
    this.#title = title;
  };
  setProgressBar = (value: number, options: unknown): void => note('progress', value, options);
  setRepresentedFilename = (path: string): void => note('represents', path);
  setDocumentEdited = (edited: boolean): void => note('edited', edited);
  close = (): void => {
    this.emit('close', { preventDefault: () => note('close prevented') });
  };
}

class Tray extends EventEmitter {
  constructor(icon: string) {
    super();
    note('tray', icon);
  }
  setContextMenu = (): void => undefined;
  setToolTip = (): void => undefined;
  destroy = (): void => note('tray gone');
}

class Notification extends EventEmitter {
  readonly #options: { title: string; body: string };
  static isSupported = (): boolean => true;
  constructor(options: { title: string; body: string }) {
    super();
    this.#options = options;
  }
  show = (): void => note('notification', this.#options);
}

const windows = new Set<BrowserWindow>();
const handlers = new Map<string, (event: unknown, ...values: unknown[]) => Promise<unknown>>();
const schemes = new Map<string, (request: Request) => Promise<Response>>();
const noted =
  (name: string) =>
  (value: string): Promise<void> => {
    note(name, value);
    return Promise.resolve();
  };
const messageBox = (...values: unknown[]): Promise<{ response: number }> => {
  note('message box', structuredClone(values.at(-1)));
  return Promise.resolve({ response: nextButton });
};

export { Notification, Tray };
export const app = new App();
export const ipcMain = Object.assign(new EventEmitter(), {
  handle: (channel: string, handler: (event: unknown, ...values: unknown[]) => Promise<unknown>) =>
    void handlers.set(channel, handler),
});
export const protocol = {
  registerSchemesAsPrivileged: (schemesToRegister: unknown) => note('schemes', schemesToRegister),
  handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
    void schemes.set(scheme, handler),
};
export const session = { defaultSession: new Session() };
export const crashReporter = { start: (options: unknown) => note('crashReporter', options) };
export const nativeTheme = { shouldUseDarkColors: false, themeSource: 'system' };
export const powerMonitor = Object.assign(new EventEmitter(), { isOnBatteryPower: () => false });
export const powerSaveBlocker = {
  start: (kind: string) => {
    note('keep awake', kind);
    return 1;
  },
  stop: () => note('may sleep'),
};
export const shell = {
  openExternal: noted('openExternal'),
  openPath: noted('openPath'),
  showItemInFolder: (path: string) => note('reveal', path),
  trashItem: noted('trash'),
};
export const dialog = {
  showMessageBox: messageBox,
  showErrorBox: (title: string, text: string) => note('error box', title, text),
  showOpenDialog: () => Promise.resolve({ canceled: true, filePaths: [] }),
  showSaveDialog: () => Promise.resolve({ canceled: true, filePath: '' }),
};
export const Menu = {
  buildFromTemplate: (template: unknown) => template,
  setApplicationMenu: (template: unknown) => note('menu', (template as unknown[]).length),
};

/** How long Electron takes to start a process, at least. */
const SPAWN_MS = 50;

/**
 * Node's fork, whose child gets a `process.parentPort`, with what was measured of Electron 22's: no `pid` before "spawn",
 * a `kill` that does nothing before it, and the number of a signal as the exit code.
 */
class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;
  readonly stderr: Readable | null;
  pid: number | undefined;
  constructor(file: string, words: string[], env: NodeJS.ProcessEnv) {
    super();
    this.#child = fork(file, words, {
      env,
      execArgv: ['--import', new URL('./parent-port.ts', import.meta.url).href],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.stderr = this.#child.stderr;
    this.#child.on('message', (message) => this.emit('message', message));
    const spawned = new Promise<void>((resolve) => {
      setTimeout(() => {
        this.pid = this.#child.pid;
        this.emit('spawn');
        resolve();
      }, SPAWN_MS);
    });
    this.#child.on('exit', (code, signal) => {
      void spawned.then(() => this.emit('exit', code ?? constants.signals[signal ?? 'SIGKILL']));
    });
  }
  postMessage = (message: unknown): void => void this.#child.send(message as object, () => undefined);
  kill = (): boolean => this.pid !== undefined && this.#child.kill();
}

export const utilityProcess = {
  fork(file: string, words: string[], options: { env: NodeJS.ProcessEnv; serviceName: string }) {
    note('utility process', options.serviceName);
    return new UtilityProcess(file, words, options.env);
  },
};

function tell(message: object): void {
  process.send?.(message);
}

const ownFrame = { url: 'simgan://studio/#/', parent: null };

interface Order {
  readonly id: number;
  readonly does:
    'call' | 'listen' | 'get' | 'emit' | 'record' | 'button' | 'foreign call' | 'close window' | 'quit';
  readonly values: readonly unknown[];
}

async function obey({ does, values }: Order): Promise<unknown> {
  const sender = [...windows].at(-1)?.webContents;
  switch (does) {
    case 'call':
      return structuredClone(
        await handlers.get('studio:call')?.({ sender, senderFrame: ownFrame }, ...values),
      );
    case 'foreign call': {
      const senderFrame = { url: String(values[0]), parent: null };
      return await handlers.get('studio:call')?.({ sender, senderFrame }, ...values.slice(1));
    }
    case 'listen':
      return ipcMain.emit('studio:listening', { sender, senderFrame: ownFrame });
    case 'get': {
      const response = await schemes.get('simgan')?.(new Request(String(values[0])));
      return {
        status: response?.status,
        type: response?.headers.get('content-type'),
        body: await response?.text(),
      };
    }
    case 'emit':
      return (values[0] === 'app' ? app : powerMonitor).emit(
        String(values[1]),
        { preventDefault: () => undefined },
        ...values.slice(2),
      );
    case 'record':
      return record;
    case 'button':
      nextButton = Number(values[0]);
      return null;
    case 'close window':
      return [...windows].at(-1)?.close() ?? null;
    case 'quit':
      app.quit();
      return null;
  }
}

process.on('message', (order: Order) => {
  void obey(order).then(
    (answer) => tell({ answers: order.id, answer: answer ?? null }),
    (error: unknown) => tell({ answers: order.id, error: String(error) }),
  );
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit(1));
