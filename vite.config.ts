import { join } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig, type ProxyOptions } from 'vite';

/** A running `simgan serve`, for the development server to pass questions on to. */
const host = process.env.SIMGAN_HOST ?? 'http://127.0.0.1:7420';

/** Left as the browser sent them, so that the host's own checks of Host and Origin hold. */
const toHost: ProxyOptions = { target: host, changeOrigin: false };

/** The window, built for both of its homes: a browser by the host, and Electron by its own scheme. */
export default defineConfig({
  root: join(import.meta.dirname, 'renderer'),
  plugins: [vue()],
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
