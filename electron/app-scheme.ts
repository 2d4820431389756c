import type { CustomScheme } from 'electron';
import {
  failureResponse,
  fileResponse,
  HEADERS_EVERYWHERE,
  resourceResponse,
  type HttpResponse,
} from '../core/host/http/responses.ts';
import { readStaticFile } from '../core/host/http/static-files.ts';
import type { Studio } from '../core/studio/service/studio.ts';
import { APP_SCHEME, pathOfAppUrl } from './app-address.ts';
import { byteRangeOf } from './byte-range.ts';

/** To be registered before the app is ready. `standard` gives the page an origin, which its policy's 'self' means. */
export const APP_SCHEME_PRIVILEGES: CustomScheme = {
  scheme: APP_SCHEME,
  // With compiled code kept, a screen that was opened in an earlier start opens in less time.
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
};

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

async function resourceOf(studio: Pick<Studio, 'resource'>, url: string): Promise<HttpResponse> {
  try {
    return resourceResponse(await studio.resource(url));
  } catch (error) {
    return failureResponse(error);
  }
}

async function fileOf(folder: string, path: string): Promise<HttpResponse> {
  const file = await readStaticFile(folder, path);
  return file === undefined ? words(404, 'There is nothing at this address.') : fileResponse(file);
}

/** The part that a Range header asks for, of an answer that is whole. */
function partOf(answer: HttpResponse, rangeHeader: string | null): HttpResponse {
  if (answer.status !== 200) return answer;
  const body = Buffer.from(answer.body);
  const headers = { ...answer.headers, 'Accept-Ranges': 'bytes' };
  const range = byteRangeOf(rangeHeader, body.byteLength);
  if (range === undefined) return { ...answer, headers };
  if (range === 'unsatisfiable') {
    const refusal = words(416, 'The range lies outside of what there is.');
    return { ...refusal, headers: { ...refusal.headers, 'Content-Range': `bytes */${body.byteLength}` } };
  }
  return {
    status: 206,
    body: body.subarray(range.first, range.last + 1),
    headers: { ...headers, 'Content-Range': `bytes ${range.first}-${range.last}/${body.byteLength}` },
  };
}

function words(status: number, text: string): HttpResponse {
  return { status, body: `${text}\n`, headers: { 'Content-Type': 'text/plain; charset=utf-8' } };
}

function respond({ status, headers, body }: HttpResponse): Response {
  const bytes = Uint8Array.from(Buffer.from(body));
  const length = { 'Content-Length': String(bytes.byteLength) };
  return new Response(bytes, { status, headers: { ...HEADERS_EVERYWHERE, ...headers, ...length } });
}
