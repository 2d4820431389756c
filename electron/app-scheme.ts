import type { CustomScheme } from 'electron';
import { WINDOW_POLICY } from '../core/contract/content-security-policy.ts';
import { toFailure } from '../core/contract/studio-failure.ts';
import { StudioError } from '../core/base/studio-error.ts';
import { readStaticFile } from '../core/host/http/static-files.ts';
import { resourceHeaders } from '../core/studio/service/resource-headers.ts';
import type { Studio } from '../core/studio/service/studio.ts';
import { APP_SCHEME, pathOfAppUrl } from './app-address.ts';
import { byteRangeOf } from './byte-range.ts';

/** To be registered before the app is ready. `standard` gives the page an origin, which its policy's 'self' means. */
export const APP_SCHEME_PRIVILEGES: CustomScheme = {
  scheme: APP_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
};

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

type AnswerRequest = (request: Pick<Request, 'method' | 'url' | 'headers'>) => Promise<Response>;

/** Answers the addresses of this program: files of the built window, pictures and reports of the studio. */
export function createSchemeHandler(studio: Pick<Studio, 'resource'>, windowFolder: string): AnswerRequest {
  return async (request) => {
    if (request.method !== 'GET') return respond(words(405, 'Only GET is answered here.'));
    const address = pathOfAppUrl(request.url);
    if (address === undefined) return respond(words(404, 'There is nothing at this address.'));
    const answer = isOfStudio(address.path)
      ? await resourceOf(studio, address.path + address.query)
      : await fileOf(windowFolder, address.path);
    return respond(partOf(answer, request.headers.get('range')));
  };
}

function isOfStudio(path: string): boolean {
  return path.startsWith('/pictures/') || path.startsWith('/reports/');
}

async function resourceOf(studio: Pick<Studio, 'resource'>, url: string): Promise<Answer> {
  try {
    const resource = await studio.resource(url);
    return { status: resource.status, body: resource.body, headers: resourceHeaders(resource) };
  } catch (error) {
    const body = Buffer.from(JSON.stringify(toFailure(error)));
    return { status: statusOf(error), body, headers: plain('application/json') };
  }
}

function statusOf(error: unknown): number {
  if (!(error instanceof StudioError)) return 500;
  if (error.code === 'not-found') return 404;
  return error.code === 'bad-usage' ? 400 : 500;
}

async function fileOf(folder: string, path: string): Promise<Answer> {
  const file = await readStaticFile(folder, path);
  if (file === undefined) return words(404, 'There is nothing at this address.');
  const cacheControl = file.isImmutable ? 'private, max-age=31536000, immutable' : 'no-cache';
  return { status: 200, body: file.body, headers: { ...plain(file.type), 'Cache-Control': cacheControl } };
}

/** The part that a Range header asks for, of an answer that is whole. */
function partOf(answer: Answer, rangeHeader: string | null): Answer {
  const whole = { ...answer, headers: { ...answer.headers, 'Accept-Ranges': 'bytes' } };
  if (answer.status !== 200) return answer;
  const length = answer.body.byteLength;
  const range = byteRangeOf(rangeHeader, length);
  if (range === undefined) return whole;
  if (range === 'unsatisfiable') {
    const refusal = words(416, 'The range lies outside of what there is.');
    return { ...refusal, headers: { ...refusal.headers, 'Content-Range': `bytes */${length}` } };
  }
  return {
    status: 206,
    body: answer.body.subarray(range.first, range.last + 1),
    headers: { ...whole.headers, 'Content-Range': `bytes ${range.first}-${range.last}/${length}` },
  };
}

function words(status: number, text: string): Answer {
  return { status, body: Buffer.from(`${text}\n`), headers: plain('text/plain; charset=utf-8') };
}

function plain(type: string): Readonly<Record<string, string>> {
  return {
    'Content-Type': type,
    'Content-Security-Policy': WINDOW_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}

function respond({ status, body, headers }: Answer): Response {
  return new Response(Uint8Array.from(body), {
    status,
    headers: { ...headers, 'Content-Length': String(body.byteLength) },
  });
}
