import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Who may speak with the host: whoever has shown the token once, and bears the cookie that was given for it. */
export interface Access {
  /** The token as it stands in the printed address. */
  token(): string;
  /**
   * The `Set-Cookie` value for a right token, else undefined. From this machine (which an SSH tunnel is) the token may
   * be used as often as wanted; from afar once: it is replaced, and the host prints the new address.
   */
  admit(token: string, request: { readonly isLocal: boolean; readonly host: string }): string | undefined;
  isAdmitted(cookieHeader: string | undefined, host: string): boolean;
}

const SECRET_BYTES = 32;

export function createAccess(onNewToken: () => void): Access {
  // What the cookie holds is no use in an address, and what stood in the address is no use in a cookie.
  const session = newSecret();
  let current = newSecret();
  return {
    token: () => current,
    admit(token, { isLocal, host }) {
      if (!isSame(token, current)) return undefined;
      if (!isLocal) {
        current = newSecret();
        onNewToken();
      }
      return `${cookieName(host)}=${session}; HttpOnly; SameSite=Strict; Path=/`;
    },
    isAdmitted: (cookieHeader, host) =>
      cookiesOf(cookieHeader).some(([name, value]) => name === cookieName(host) && isSame(value, session)),
  };
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Equal in a time that tells nothing of where they differ. */
function isSame(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Browsers keep cookies by name alone, not by port: two studios behind two tunnels must not take each other's. */
function cookieName(host: string): string {
  return `simgan-${/:(\d+)$/.exec(host)?.[1] ?? '80'}`;
}

function cookiesOf(header: string | undefined): [name: string, value: string][] {
  return (header ?? '').split(';').flatMap((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()]];
  });
}
