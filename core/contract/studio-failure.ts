import { z } from 'zod';
import { messageOf, StudioError, type ErrorCode } from '../base/studio-error.ts';

const code = z.enum([
  'bad-usage',
  'not-found',
  'bad-input',
  'busy',
  'too-new',
  'storage',
  'engine',
  'cancelled',
  /** A fault of the program, not of what was asked. */
  'fault',
]) satisfies z.ZodType<ErrorCode | 'fault'>;

/** An error as it crosses a process border: what is wrong and where, what to do, and what caused it. */
export const studioFailureSchema = z.object({
  code,
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** The message of what lies behind it, and so on inwards. */
  cause: z.string().nullable(),
});

export type StudioFailure = z.infer<typeof studioFailureSchema>;

const FAULT_REMEDY =
  'This is a fault of the program. Export the diagnostics from the log panel and report it.';

/** An error as plain data. A stack never crosses: it names paths of this machine. */
export function toFailure(error: unknown): StudioFailure {
  const known = error instanceof StudioError ? error : undefined;
  const cause = error instanceof Error ? error.cause : undefined;
  return {
    code: known?.code ?? 'fault',
    message: messageOf(error),
    remedy: known?.remedy ?? FAULT_REMEDY,
    details: { ...known?.details },
    cause: cause === undefined ? null : causes(cause),
  };
}

/** The error again, on the other side. */
export function fromFailure({ code: kind, message, remedy, details, cause }: StudioFailure): Error {
  const options = cause === null ? undefined : { cause: new Error(cause) };
  if (kind === 'fault') return new Error(message, options);
  return new StudioError(kind, message, { remedy, details, ...options });
}

function causes(error: unknown): string {
  const inner = error instanceof Error ? error.cause : undefined;
  return inner === undefined ? messageOf(error) : `${messageOf(error)} ← ${causes(inner)}`;
}
