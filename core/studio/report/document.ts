import { createHash } from 'node:crypto';
import { CURSOR_SCRIPT } from './cursor-script.ts';
import { html, trustedHtml, type Html } from './html.ts';
import { STYLE } from './style.ts';

/** The policy a browser holds the page to: no network at all, and no script but our own, by its hash. */
export const REPORT_POLICY = [
  "default-src 'none'",
  'img-src data:',
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(CURSOR_SCRIPT).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Whole, for the policy's hash is over every character between the tags. */
const SCRIPT = trustedHtml(`<script>${CURSOR_SCRIPT}</script>`);

/** A whole document around the content of its body. */
export function renderDocument(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${REPORT_POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – SimGAN Studio</title>
        <style>
          ${trustedHtml(STYLE)}
        </style>
      </head>
      <body>
        ${body}
        <p id="cursor-speech" class="hidden" aria-live="polite"></p>
        ${SCRIPT}
      </body>
    </html> `;
}
