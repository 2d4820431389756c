import type { Session, WebContents } from 'electron';
import { isReport, isWindowPage, START_URL } from './app-address.ts';

/** Sites that texts of the program point to. A link to anywhere else opens nothing. */
const EXTERNAL_SITES = ['arxiv.org', 'doi.org', 'github.com'];

/** Whether the system's browser may be asked to open an address. */
export function mayOpenOutside(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username, password } = new URL(address);
  const isPlain = protocol === 'https:' && port === '' && username === '' && password === '';
  return isPlain && EXTERNAL_SITES.includes(hostname);
}

/** Whether a frame may go to an address: the window to its own page, a frame in it to a report. */
export function mayNavigate(address: string, isMainFrame: boolean): boolean {
  return isMainFrame ? isWindowPage(address) : isReport(address);
}

type Guarded = Pick<WebContents, 'on' | 'setWindowOpenHandler'>;

/**
 * Binds a page of this program to its own addresses: no navigation, redirect, new window or web view leads elsewhere. To
 * be called for everything that `web-contents-created` tells of.
 *
 * @param openOutside asks the system's browser to open an address that is on the list
 */
export function guardContents(contents: Guarded, openOutside: (address: string) => void): void {
  contents.on('will-navigate', (event) => {
    if (!mayNavigate(event.url, true)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!mayNavigate(event.url, event.isMainFrame)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!mayNavigate(event.url, event.isMainFrame)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) openOutside(url);
    return { action: 'deny' };
  });
}

/** What a page may use of the computer. Copying text is the only thing that the window needs a permission for. */
const PERMISSIONS: readonly string[] = ['clipboard-sanitized-write'];

type GuardedSession = Pick<
  Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'on'
>;

/** Denies camera, microphone, devices, location and all else that Electron allows where nobody says otherwise. */
export function guardSession(session: GuardedSession): void {
  const isOurs = (contents: { getURL(): string } | null, permission: string): boolean =>
    contents !== null && PERMISSIONS.includes(permission) && isWindowPage(contents.getURL());
  session.setPermissionRequestHandler((contents, permission, answer) => answer(isOurs(contents, permission)));
  session.setPermissionCheckHandler((contents, permission) => isOurs(contents, permission));
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    if (!isOwnDownload(item.getURL())) event.preventDefault();
  });
}

/** Tables, reports and diagnostics of the studio, and what the window made itself. */
function isOwnDownload(address: string): boolean {
  return isReport(address) || address.startsWith(`blob:${START_URL}`);
}
