import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser to test the window in: named by SIMGAN_CHROMIUM, else where systems put it; undefined without one. */
export function findChromium(): string | undefined {
  const named = process.env.SIMGAN_CHROMIUM;
  return named === undefined || named === '' ? PLACES.find((path) => existsSync(path)) : named;
}
