import { EventEmitter } from 'node:events';
import type { Session, WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import { guardContents, guardSession, mayNavigate, mayOpenOutside } from './lockdown.ts';

const ELSEWHERE = [
  'https://example.org/',
  'http://studio/',
  'https://studio/',
  'file:///etc/passwd',
  'file:///C:/Windows/win.ini',
  'javascript:alert(1)',
  'data:text/html,hello',
  'blob:simgan://studio/0000',
  'about:blank',
  'about:srcdoc',
  'simgan://studio.example/',
  'simgan://user@studio/',
  'simgan://studio:1/',
  'simgan://elsewhere/',
  'simgan://studio/pictures/images/1?size=full',
  'simgan://studio/assets/app.js',
  'chrome://gpu',
  'devtools://devtools/bundled/inspector.html',
  'view-source:simgan://studio/',
  'ws://studio/',
  'nonsense',
  '',
];

describe('where a page may go', () => {
  it.each([
    'simgan://studio/',
    'simgan://studio/index.html',
    'simgan://studio/?x=1',
    'simgan://studio/#/data',
  ])('the window may show %s', (address) => expect(mayNavigate(address, true)).toBe(true));

  it.each(ELSEWHERE)('the window may not go to "%s", nor may a frame in it', (address) => {
    expect(mayNavigate(address, true)).toBe(false);
    expect(mayNavigate(address, false)).toBe(false);
  });

  it('a frame shows reports and nothing else, the window none of them', () => {
    expect(mayNavigate('simgan://studio/reports/3/200.html', false)).toBe(true);
    expect(mayNavigate('simgan://studio/reports/3/200.html', true)).toBe(false);
    expect(mayNavigate('simgan://studio/', false)).toBe(false);
    expect(mayNavigate('simgan://elsewhere/reports/3/200.html', false)).toBe(false);
  });
});

describe('what the system’s browser is asked to open', () => {
  it.each([
    'https://arxiv.org/abs/1612.07828',
    'https://github.com/',
    'https://doi.org/10.1109/CVPR.2017.241',
  ])('%s', (address) => expect(mayOpenOutside(address)).toBe(true));

  it.each([
    ...ELSEWHERE,
    'http://arxiv.org/',
    'https://arxiv.org.example.org/',
    'https://example.org/?arxiv.org',
    'https://user@arxiv.org/',
    'https://user:word@github.com/',
    'https://arxiv.org:8443/',
    'https://notarxiv.org/',
    'https://gist.github.com.example.org/',
    'ms-settings:',
    'ms-msdt:/id',
    'smb://server/share',
    'vscode://file/etc/passwd',
    'mailto:someone@example.org',
    '\\\\server\\share',
    'C:\\Windows\\System32\\calc.exe',
  ])('never "%s"', (address) => expect(mayOpenOutside(address)).toBe(false));
});

/** Contents that record what was denied, and are told of events as Electron tells. */
function guardedContents() {
  const events = new EventEmitter();
  const opened: string[] = [];
  let openWindow: ((details: { url: string }) => { action: string }) | undefined;
  const contents = {
    on: (name: string, listener: (...values: unknown[]) => void) => events.on(name, listener),
    setWindowOpenHandler: (handler: typeof openWindow) => (openWindow = handler),
  };
  guardContents(contents as unknown as WebContents, (address) => opened.push(address));
  return {
    opened,
    isDenied(name: string, details: object = {}): boolean {
      let denied = false;
      events.emit(name, { preventDefault: () => (denied = true), ...details });
      return denied;
    },
    openWindow: (url: string) => openWindow?.({ url }),
  };
}

describe('the guard of a page', () => {
  it('denies every navigation that leads away', () => {
    const page = guardedContents();
    for (const url of ELSEWHERE) {
      expect(page.isDenied('will-navigate', { url }), url).toBe(true);
      expect(page.isDenied('will-redirect', { url, isMainFrame: true }), url).toBe(true);
      expect(page.isDenied('will-frame-navigate', { url, isMainFrame: true }), url).toBe(true);
      expect(page.isDenied('will-frame-navigate', { url, isMainFrame: false }), url).toBe(true);
    }
    const report = { url: 'simgan://studio/reports/1/20.html', isMainFrame: false };
    expect(page.isDenied('will-frame-navigate', report)).toBe(false);
    expect(page.isDenied('will-navigate', { url: 'simgan://studio/' })).toBe(false);
  });

  it('opens no window of its own and no web view; an address on the list goes to the system’s browser', () => {
    const page = guardedContents();
    expect(page.openWindow('https://example.org/')).toEqual({ action: 'deny' });
    expect(page.openWindow('simgan://studio/')).toEqual({ action: 'deny' });
    expect(page.opened).toEqual([]);
    expect(page.openWindow('https://arxiv.org/abs/1612.07828')).toEqual({ action: 'deny' });
    expect(page.opened).toEqual(['https://arxiv.org/abs/1612.07828']);
    expect(page.isDenied('will-attach-webview')).toBe(true);
  });
});

describe('the guard of the session', () => {
  type Ask = (contents: { getURL(): string } | null, permission: string) => boolean;
  const page = (address: string) => ({ getURL: () => address });

  function guardedSession() {
    let ask: Ask | undefined;
    let check: Ask | undefined;
    let device: (() => boolean) | undefined;
    let download: ((event: object, item: object) => void) | undefined;
    const session = {
      setPermissionRequestHandler(
        handler: (...values: [...Parameters<Ask>, (granted: boolean) => void]) => void,
      ) {
        ask = (contents, permission) => {
          let granted: boolean | undefined;
          handler(contents, permission, (answer) => (granted = answer));
          return granted ?? true;
        };
      },
      setPermissionCheckHandler: (handler: Ask) => (check = handler),
      setDevicePermissionHandler: (handler: () => boolean) => (device = handler),
      on: (_: string, listener: typeof download) => (download = listener),
    };
    guardSession(session as unknown as Session);
    if (!ask || !check || !device || !download) throw new Error('The session is not guarded.');
    return { ask, check, device, download };
  }

  it('grants nothing but copying text, and that to our own page alone', () => {
    const { ask, check, device } = guardedSession();
    const all = ['media', 'geolocation', 'notifications', 'midi', 'hid', 'serial', 'usb', 'openExternal'];
    for (const decide of [ask, check]) {
      for (const permission of [...all, 'clipboard-read', 'fullscreen', 'fileSystem', 'unknown']) {
        expect(decide(page('simgan://studio/'), permission), permission).toBe(false);
      }
      expect(decide(page('simgan://studio/'), 'clipboard-sanitized-write')).toBe(true);
      expect(decide(page('https://example.org/'), 'clipboard-sanitized-write')).toBe(false);
      expect(decide(null, 'clipboard-sanitized-write')).toBe(false);
    }
    expect(device()).toBe(false);
  });

  it('lets only what the studio itself made be saved', () => {
    const { download } = guardedSession();
    const isDenied = (address: string): boolean => {
      let denied = false;
      download({ preventDefault: () => (denied = true) }, { getURL: () => address });
      return denied;
    };
    expect(isDenied('simgan://studio/reports/1/curves.csv')).toBe(false);
    expect(isDenied('blob:simgan://studio/5d2f')).toBe(false);
    expect(isDenied('https://example.org/tool.exe')).toBe(true);
    expect(isDenied('blob:https://example.org/5d2f')).toBe(true);
    expect(isDenied('data:application/octet-stream,abc')).toBe(true);
  });
});
