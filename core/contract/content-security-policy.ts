/**
 * What a browser lets the window do: nothing but what this program serves itself. Sent as a header by the browser host
 * and by the shell's own scheme.
 *
 * One opening: style *attributes* may be written in markup (chart tooltips are made of them; style elements and sheets
 * from elsewhere stay refused).
 */
export const WINDOW_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For pictures and tables: nothing in them is ever run, whatever they hold. */
export const PASSIVE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";
