import { toFailure } from '../../core/contract/studio-failure.ts';

/** An error in words that a user reads. */
export function describeFailure(error: unknown): { readonly message: string; readonly remedy: string } {
  const { message, remedy } = toFailure(error);
  return { message, remedy };
}
