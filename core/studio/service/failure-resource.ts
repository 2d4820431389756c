import { StudioError, type ErrorCode } from '../../base/studio-error.ts';
import { toFailure } from '../../contract/studio-failure.ts';
import type { StudioResource } from './studio.ts';

const STATUS: Readonly<Record<ErrorCode, number>> = {
  'bad-usage': 400,
  'not-found': 404,
  'bad-input': 422,
  'too-new': 422,
  storage: 422,
  engine: 422,
  cancelled: 422,
  busy: 503,
};

/** What is answered in place of a picture or document that could not be made: the failure, as operations give it. */
export function failureResource(error: unknown): StudioResource {
  return {
    status: error instanceof StudioError ? STATUS[error.code] : 500,
    type: 'application/json',
    body: Buffer.from(JSON.stringify(toFailure(error))),
    maxAgeSeconds: 0,
  };
}
