/**
 * Builds the page from dashboard/ into dist/dashboard, which the server hands out. All addresses in it are relative, so
 * that it works under any base path (a reverse proxy, Home Assistant).
 */
import { defineConfig } from 'vite';

/** While the page is worked on: `npm run dev:dashboard` beside a running server. */
const SERVER = process.env.ALPHAESS_LOCAL_URL ?? 'http://127.0.0.1:7780';

export default defineConfig({
  root: 'dashboard',
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    // Nothing as data: in the page, and no script of vite's own: the server's content security policy is strict.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: SERVER, changeOrigin: true } } },
});
