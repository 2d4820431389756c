import { randomBytes } from 'node:crypto';
import { StudioError } from '../../../base/studio-error.ts';

/** How addresses of pictures name an opened library. */
export interface PictureNames {
  /** The library, and the version of its pictures: "0f3a…-2". */
  current(): string;
  /** Pictures of the same address may be others from now on: the new name. */
  renew(): string;
  /** Whether an address is of this library, in any version of its pictures. */
  isOwn(name: string): boolean;
}

/** Never the same for two libraries, nor for one that was replaced by another in the same folder. */
export function createPictureNames(): PictureNames {
  const library = randomBytes(8).toString('hex');
  let version = 1;
  const current = (): string => `${library}-${version}`;
  return {
    current,
    renew() {
      version += 1;
      return current();
    },
    isOwn: (name) => name.startsWith(`${library}-`),
  };
}

const IN_LIBRARY = /^\/(pictures|reports)\/([0-9a-f]{16}-\d+)\//;

/**
 * The address within the open library: `/pictures/0f3a…-2/images/7` becomes `/pictures/images/7`. Undefined where the
 * address names no library.
 *
 * @throws StudioError ("not-found") where it names a library that is not open
 */
export function addressWithin(url: URL, names: PictureNames | undefined): URL | undefined {
  const [start, domain, name] = IN_LIBRARY.exec(url.pathname) ?? [];
  if (start === undefined || name === undefined) return undefined;
  if (!names?.isOwn(name)) throw notOpen();
  return new URL(`/${domain}/${url.pathname.slice(start.length)}${url.search}`, url);
}

export function notOpen(): StudioError {
  return new StudioError('not-found', 'This picture is of a library that is not open.', {
    remedy: 'Open its library to see it.',
    details: { reason: 'library-not-open' },
  });
}
