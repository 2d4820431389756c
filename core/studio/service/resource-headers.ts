import { PASSIVE_POLICY } from '../../contract/content-security-policy.ts';
import { REPORT_POLICY } from '../report/document.ts';
import type { StudioResource } from './studio.ts';

/** The headers that a picture or a document is served with, by both homes of the studio. */
export function resourceHeaders({ type, maxAgeSeconds }: StudioResource): Readonly<Record<string, string>> {
  return {
    'Content-Type': type,
    // A report runs one script, known by its hash, and is shown in a frame of the window; all else runs nothing.
    'Content-Security-Policy': type.startsWith('text/html')
      ? `${REPORT_POLICY}; frame-ancestors 'self'`
      : PASSIVE_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': maxAgeSeconds > 0 ? `private, max-age=${maxAgeSeconds}` : 'no-cache',
  };
}
