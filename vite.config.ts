import { join } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig, type Plugin, type ProxyOptions, type Rolldown } from 'vite';

/** A running `simgan serve`, for the development server to pass questions on to. */
const host = process.env.SIMGAN_HOST ?? 'http://127.0.0.1:7420';

/** Left as the browser sent them, so that the host's own checks of Host and Origin hold. */
const toHost: ProxyOptions = { target: host, changeOrigin: false };

/**
 * Asks Chromium to compile a screen when it is loaded, which the window does while it is idle, and not function by function
 * when it is first opened (explicit compile hints, Chromium 136; elsewhere a comment). What the window begins with is left
 * as it is: it would be painted later.
 */
const compileScreensWhenLoaded: Plugin = {
  name: 'compile-screens-when-loaded',
  enforce: 'post',
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
    const later = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
    const begin = (chunk: Rolldown.OutputChunk): void => {
      later.delete(chunk.fileName);
      for (const name of chunk.imports) {
        const next = later.get(name);
        if (next) begin(next);
      }
    };
    for (const chunk of chunks) if (chunk.isEntry) begin(chunk);
    for (const chunk of later.values()) chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code}`;
  },
};

/** The window, built for both of its homes: a browser by the host, and Electron by its own scheme. */
export default defineConfig({
  root: join(import.meta.dirname, 'renderer'),
  plugins: [vue(), compileScreensWhenLoaded],
  build: {
    outDir: join(import.meta.dirname, 'dist', 'renderer'),
    emptyOutDir: true,
    target: 'es2024',
    // The window's policy refuses scripts and sheets that are written into the page or into an address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      // The address with the token works here too: its cookie is then the development server's.
      '^/\\?token=': toHost,
      '/pictures': toHost,
      '/reports': toHost,
      '/studio': { ...toHost, ws: true },
    },
  },
});
