import type { IncomingMessage } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';

/** Why a request is turned away. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
/** Listening on all addresses of the machine. */
export const EVERY_ADDRESS = ['0.0.0.0', '::'];
const LONGEST_URL = 8192;

/**
 * The names by which this host may be called, as they stand in a Host header. A page whose own name was made to resolve
 * to this machine (DNS rebinding) calls it by that name, and is turned away.
 */
export function namesOf(address: string): ReadonlySet<string> {
  const own = EVERY_ADDRESS.includes(address)
    ? [
        hostname(),
        ...Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address)),
      ]
    : [address];
  return new Set([...LOOPBACK_NAMES, ...own.map(bracketed)].map((name) => name.toLowerCase()));
}

/** An IPv6 address as it stands in a URL. */
export function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || address === 'localhost' || /^(::ffff:)?127\./.test(address);
}

/**
 * Whether a request is one that a browser would make for the studio's own window: a GET without a body, called by a name
 * of this host, and not made by the page of somebody else. The port is not compared: a tunnel's end has another one.
 */
export function refusalOf(request: IncomingMessage, names: ReadonlySet<string>): Refusal | undefined {
  const { method, headers, url = '' } = request;
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'Only GET is answered here.' };
  if (Number(headers['content-length'] ?? 0) !== 0 || headers['transfer-encoding'] !== undefined) {
    return { status: 413, text: 'A request has no body here.' };
  }
  if (url.length > LONGEST_URL) return { status: 414, text: 'The address is too long.' };
  if (!/^\/(?!\/)[\x21-\x7e]*$/.test(url)) return { status: 400, text: 'The address is no path.' };
  // Whoever sends two wants one of them to be overlooked.
  if (request.rawHeaders.filter((header, index) => index % 2 === 0 && /^host$/i.test(header)).length !== 1) {
    return { status: 400, text: 'A request has one Host header.' };
  }
  const name = hostNameOf(headers.host);
  if (name === undefined || !names.has(name)) {
    return { status: 421, text: 'This host is not known by that name.' };
  }
  if (!isOwnOrigin(headers.origin, headers.host) && headers.origin !== undefined) {
    return { status: 403, text: 'Only the studio’s own window may ask.' };
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isVisit(request)) {
    return { status: 403, text: 'Only the studio’s own window may ask.' };
  }
  return undefined;
}

/** Whether an Origin header names the host that was called. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/** Somebody follows a link to the window itself. It shows nothing to the page that they come from. */
function isVisit({ headers, url = '' }: IncomingMessage): boolean {
  const isDocument = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return isDocument && /^\/(\?|$)/.test(url);
}

/** Lower case, without the port; undefined for what is no host. */
function hostNameOf(header: string | undefined): string | undefined {
  return /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.exec(header?.toLowerCase() ?? '')?.[1];
}
