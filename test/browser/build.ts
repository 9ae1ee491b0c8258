/**
 * Builds the page before it is tested, where it is not there or older than its source. Vitest runs it before all tests, so
 * it also says why there may be none.
 */
import { globSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { HAVE_CHROMIUM, NO_CHROMIUM } from './chromium.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILT = `${ROOT}dist/dashboard/index.html`;
const SOURCES = [
  ...['dashboard/**/*.{ts,tsx,css,html,svg}', 'vite.config.ts', 'package-lock.json'],
  ...['README.md', 'docs/**/*.md', 'scripts/docs-pages.ts'],
];

export default async function buildPage(): Promise<void> {
  if (!HAVE_CHROMIUM) process.stderr.write(`nothing is tried in a browser: ${NO_CHROMIUM}\n`);
  if (timeOf(BUILT) > newestSource()) return;
  await build({ root: `${ROOT}dashboard`, configFile: `${ROOT}vite.config.ts`, logLevel: 'warn' });
}

function newestSource(): number {
  return Math.max(...globSync(SOURCES, { cwd: ROOT }).map((file) => timeOf(`${ROOT}${file}`)));
}

/** When it was last written; never: before everything. */
function timeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
