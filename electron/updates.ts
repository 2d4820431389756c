import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What is published beside the installers: one small JSON file. */
const publishedSchema = z.object({
  /** "1.2.3" */
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** What is new, in a sentence. */
  summary: z.string().max(500),
  /** Where it can be had. */
  page: z.url({ protocol: /^https$/ }),
});

export type PublishedVersion = z.infer<typeof publishedSchema>;

const CHECK_INTERVAL_MS = 24 * 3600 * 1000;
const ANSWER_LIMIT_MS = 15_000;
const LARGEST_ANSWER_CHARACTERS = 10_000;

/** The address that was packed with the program (see electron-builder.config.ts); undefined where none was. */
export function packedUpdateAddress(packageFile: string): string | undefined {
  const { updates } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly updates?: unknown };
  return typeof updates === 'string' && updates !== '' ? updates : undefined;
}

/**
 * The published version, where it is newer than this one. Nothing is downloaded or installed, and nothing is sent but the
 * request itself.
 *
 * @throws Error where there is no answer, or one that is none
 */
export async function newerVersion(
  address: string,
  ownVersion: string,
): Promise<PublishedVersion | undefined> {
  const response = await fetch(address, {
    redirect: 'error',
    credentials: 'omit',
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  });
  if (!response.ok) throw new Error(`${address} answers with ${response.status}.`);
  const text = await response.text();
  if (text.length > LARGEST_ANSWER_CHARACTERS) throw new Error(`${address} answers with too much.`);
  const published = publishedSchema.parse(JSON.parse(text));
  return isNewer(published.version, ownVersion) ? published : undefined;
}

function isNewer(version: string, than: string): boolean {
  const [numbers, others] = [version, than].map((text) => text.split('.').map(Number));
  const place = numbers.findIndex((number, index) => number !== others[index]);
  return place >= 0 && numbers[place] > others[place];
}

export interface UpdateParts {
  readonly now: () => number;
  /** The user has turned it on. */
  readonly isWanted: () => boolean;
  /** A job is at work: it is not to be disturbed. */
  readonly isBusy: () => boolean;
  readonly check: () => Promise<PublishedVersion | undefined>;
  readonly tell: (version: PublishedVersion) => void;
  readonly onFault: (error: unknown) => void;
}

/** To be called now and then; checks once a day where it may, and tells of each newer version once. */
export function createUpdateChecks(parts: UpdateParts): () => Promise<void> {
  let checkedMs = -Infinity;
  let toldVersion: string | undefined;
  return async () => {
    if (!parts.isWanted() || parts.isBusy() || parts.now() - checkedMs < CHECK_INTERVAL_MS) return;
    checkedMs = parts.now();
    try {
      const newer = await parts.check();
      if (newer === undefined || newer.version === toldVersion || parts.isBusy()) return;
      toldVersion = newer.version;
      parts.tell(newer);
    } catch (error) {
      parts.onFault(error);
    }
  };
}
