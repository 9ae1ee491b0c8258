/**
 * Builds the page from dashboard/ into dist/dashboard, which the server hands out. All addresses in it are relative, so
 * that it works under any base path (a reverse proxy, Home Assistant).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { docsPages } from './scripts/docs-pages.ts';

/** While the page is worked on: `npm run dev:dashboard` beside a running server. */
const SERVER = process.env.ALPHAESS_LOCAL_URL ?? 'http://127.0.0.1:7780';

/** Names the build in the page, by what it is made of, so that an open page notices another (src/web/static.ts). */
function buildId(): Plugin {
  return {
    name: 'build-id',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        if (bundle === undefined) return [];
        const content = createHash('sha256')
          .update([html, ...Object.keys(bundle).sort()].join('\n'))
          .digest('base64url');
        return [{ tag: 'meta', attrs: { name: 'build', content: content.slice(0, 16) }, injectTo: 'head' }];
      },
    },
  };
}

const ROOT = fileURLToPath(new URL('./', import.meta.url));

/** The docs beside the page, which leads to them. */
function docs(): Plugin {
  return {
    name: 'docs',
    apply: 'build',
    generateBundle() {
      const put = (fileName: string, source: string) => this.emitFile({ type: 'asset', fileName, source });
      for (const { name, html } of docsPages(ROOT)) put(`docs/${name}`, html);
      const style = ['colours.css', 'docs.css'].map((file) =>
        readFileSync(`${ROOT}dashboard/src/styles/${file}`, 'utf8'),
      );
      put('docs/docs.css', style.join('\n'));
    },
  };
}

export default defineConfig({
  plugins: [buildId(), docs()],
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
    // One stylesheet, loaded with the page: a view that is opened while the server is away must not lose its own.
    cssCodeSplit: false,
  },
  server: { proxy: { '/api': { target: SERVER, changeOrigin: true } } },
});
