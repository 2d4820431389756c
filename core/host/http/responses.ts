import { WINDOW_POLICY } from '../../contract/content-security-policy.ts';
import { failureResource } from '../../studio/service/failure-resource.ts';
import { resourceHeaders } from '../../studio/service/resource-headers.ts';
import type { StudioResource } from '../../studio/service/studio.ts';
import type { Refusal } from './request-checks.ts';
import type { StaticFile } from './static-files.ts';

/** What a request is answered with, beside the headers that are everywhere. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Headers of everything that is answered. */
export const HEADERS_EVERYWHERE = {
  'Content-Security-Policy': WINDOW_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=()',
  'X-Robots-Tag': 'noindex',
  'Cache-Control': 'no-store',
} as const;

const YEAR_SECONDS = 31_536_000;

export function fileResponse({ type, isImmutable, body }: StaticFile): HttpResponse {
  const caching = isImmutable ? `private, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
  return { status: 200, headers: { 'Content-Type': type, 'Cache-Control': caching }, body };
}

export function resourceResponse(resource: StudioResource): HttpResponse {
  return { status: resource.status, headers: resourceHeaders(resource), body: resource.body };
}

/** To the address without the token, with the cookie that counts from now on. */
export function welcomeResponse(cookie: string): HttpResponse {
  return { status: 303, headers: { Location: '/', 'Set-Cookie': cookie }, body: '' };
}

const STRANGER_PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>SimGAN Studio</title>
<h1>This studio opens by its own address</h1>
<p>Use the address that <code>simgan serve</code> printed when it was started; it ends in <code>?token=…</code>. Every start
makes a new one.</p>
<p>You did? <a href="/">Open the studio</a></p>
</html>
`;

/**
 * Words for a person who opened the address without the token, or with one that no longer counts. The link is for those
 * who followed the right address from another site: a SameSite=Strict cookie is not sent along with that first step.
 */
export function strangerResponse(): HttpResponse {
  return { status: 401, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: STRANGER_PAGE };
}

/** Turns a request away and ends its connection, so that what it may still send is not taken for another. */
export function refusalResponse({ status, text }: Refusal): HttpResponse {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' };
  return { status, headers, body: `${text}\n` };
}

/** A picture or document that could not be made, as the failure it was. */
export function failureResponse(error: unknown): HttpResponse {
  return resourceResponse(failureResource(error));
}
