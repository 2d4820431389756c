export type ErrorCode =
  /** The request itself cannot be right: an unknown flag, a value out of range. */
  | 'bad-usage'
  /** A file, folder or record that was named is not there. */
  | 'not-found'
  /** A file is there and its content is not what it must be. */
  | 'bad-input'
  /** Something else holds what is needed: the library's lock, a name already taken. */
  | 'busy'
  /** Written by a newer version of the program. */
  | 'too-new'
  /** The disk is full or refuses to be written. */
  | 'storage'
  /** No engine can run this, or the engine died. */
  | 'engine'
  /** The user asked to stop. Never shown as a failure. */
  | 'cancelled';

export interface StudioErrorOptions {
  /** What the user can do about it, as one or more whole sentences. */
  readonly remedy: string;
  /** Machine-readable facts: the path, the line, the value. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  readonly cause?: unknown;
}

/**
 * An error that a user reads: the message says what is wrong and where, the remedy what to do. Anything else that
 * is thrown is a fault of the program.
 */
export class StudioError extends Error {
  override readonly name = 'StudioError';
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, options: StudioErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.details = options.details ?? {};
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a system error ("ENOENT", "ENOSPC"), if it is one. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A full disk or a refused write as words; anything else is given back unchanged. */
export function explainWriteError(error: unknown, path: string): unknown {
  const code = systemCodeOf(error);
  const details = { path };
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') {
    return new StudioError('storage', `The disk is full: ${path} could not be written.`, {
      remedy: 'Free some space there and run the command again; everything recorded so far is kept.',
      details,
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new StudioError('storage', `${path} cannot be written (${code}).`, {
      remedy: 'Choose a folder that you may write to, or change its permissions.',
      details,
      cause: error,
    });
  }
  return error;
}
