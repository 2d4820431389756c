/** The scheme that the window and its pictures are served by; no page of this program comes from anywhere else. */
export const APP_SCHEME = 'simgan';
const APP_HOST = 'studio';

/** Where the window starts. */
export const START_URL = `${APP_SCHEME}://${APP_HOST}/`;

/**
 * The path and query of an address of this program; undefined for any other address. Compared part by part, so that
 * "simgan://studio.example/" or "simgan://user@studio/" are others.
 */
export function pathOfAppUrl(address: string): { readonly path: string; readonly query: string } | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search } = new URL(address);
  const isOurs = protocol === `${APP_SCHEME}:` && hostname === APP_HOST;
  if (!isOurs || port !== '' || username !== '' || password !== '') return undefined;
  return { path: pathname, query: search };
}

/** Whether an address is the page of the window itself, wherever in it the user is. */
export function isWindowPage(address: string): boolean {
  const path = pathOfAppUrl(address)?.path;
  return path === '/' || path === '/index.html';
}

/** Whether an address may be shown in a frame of the window: a report, and nothing else. */
export function isReport(address: string): boolean {
  return pathOfAppUrl(address)?.path.startsWith('/reports/') ?? false;
}
