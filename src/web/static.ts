/**
 * The built page, from memory: its files are few, and only their exact names are answered, so that no path leads
 * elsewhere.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress, gzip } from 'node:zlib';

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** null where it would not be smaller. */
  readonly gzipped: Buffer | null;
  readonly etag: string;
  readonly caching: string;
}

const BUILT = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/dashboard/' : '../dashboard/', import.meta.url),
);
const INDEX = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
const COMPRESSED = /^(?:text|image\/svg|application)/;
/** Vite puts what has a hash in its name there: another content has another name. */
const HASHED = /^assets\/.*-[\w-]{8,}\.\w+$/;
const MAX_FILES = 500;
/** What was written so lately may not be whole yet, ms. */
const SETTLED_MS = 3000;
/** How packages hold all but {@link INDEX}: their texts by their names, compressed together, a sixth smaller than each by itself. */
const PACKED = 'assets.json.br';
/** Written by vite.config.ts. */
const BUILD_ID = /<meta name="build" content="([\w-]+)"/;

const UNBUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>alphaess-local</title>
<h1>The page is not built yet</h1>
<p>The server runs. To build its page, run in the checkout: <code>npm run build</code>, and load this again.</p>
<p>The same values are under <a href="api/openapi.json">api/</a> as JSON.</p>
</html>
`;

export class PageFiles {
  readonly #folder: string;
  #files: Promise<ReadonlyMap<string, PageFile>> | null = null;
  #builtMs = 0;
  #isSettled = true;

  constructor(folder = BUILT) {
    this.#folder = folder;
  }

  /** @param path as asked for, `/` for the page itself; null where there is no such file */
  async find(path: string): Promise<PageFile | null> {
    const name = path === '/' ? INDEX : path.slice(1);
    if (name === INDEX) await this.#notice();
    this.#files ??= this.#load();
    const loading = this.#files;
    try {
      return (await loading).get(name) ?? null;
    } catch (error) {
      // What cannot be read now may be in a moment.
      if (this.#files === loading) this.#files = null;
      throw error;
    }
  }

  /** Which build of the page is handed out: the same files have the same id. null where it cannot be told. */
  async build(): Promise<string | null> {
    const page = await this.find('/').catch(() => null);
    return BUILD_ID.exec(page?.bytes.toString() ?? '')?.[1] ?? null;
  }

  /** Built anew while the server runs: the page is loaded anew with the next look at it. */
  async #notice(): Promise<void> {
    const found = await stat(join(this.#folder, INDEX)).catch(() => null);
    const builtMs = found?.mtimeMs ?? 0;
    if (builtMs !== this.#builtMs || !this.#isSettled) this.#files = null;
    this.#builtMs = builtMs;
    this.#isSettled = Math.abs(Date.now() - builtMs) > SETTLED_MS;
  }

  async #load(): Promise<ReadonlyMap<string, PageFile>> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(noneWhereUnbuilt);
    const files = entries.filter((entry) => entry.isFile()).slice(0, MAX_FILES);
    const found = new Map<string, PageFile>();
    // One after the other: together they may be more than the process may have open.
    for (const entry of files) {
      const file = join(entry.parentPath, entry.name);
      const name = relative(this.#folder, file).replaceAll(sep, '/');
      const bytes = await readFile(file);
      const inside = name === PACKED ? await unpacked(bytes) : [[name, bytes] as const];
      for (const [one, content] of inside) found.set(one, await pageFile(one, content));
    }
    if (!found.has(INDEX)) found.set(INDEX, await pageFile(INDEX, Buffer.from(UNBUILT)));
    return found;
  }
}

function noneWhereUnbuilt(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

async function unpacked(bytes: Buffer): Promise<(readonly [name: string, bytes: Buffer])[]> {
  const texts = JSON.parse((await promisify(brotliDecompress)(bytes)).toString()) as Record<string, string>;
  return Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]);
}

async function pageFile(name: string, bytes: Buffer): Promise<PageFile> {
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  const gzipped = COMPRESSED.test(type) ? await promisify(gzip)(bytes) : bytes;
  return {
    type,
    bytes,
    gzipped: gzipped.length < bytes.length ? gzipped : null,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
    caching: HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}
