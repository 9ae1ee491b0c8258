/**
 * Builds the page (dashboard/ into dist/dashboard) where it is missing or older than what it is made of. A few
 * milliseconds where it is not, under a second where it is.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const SOURCES = [
  ...['dashboard', 'vite.config.ts', 'src/web/schema.ts', 'package-lock.json'],
  ...['README.md', 'docs', 'scripts/docs-pages.ts'],
];
const BUILT = 'dist/dashboard/index.html';

/**
 * @param {string} root the checkout
 * @param {string} node the program to build with
 * @returns {Promise<string | null>} what went wrong, in vite's own words; null where all is well
 */
export async function buildPage(root, node) {
  if (!existsSync(path.join(root, 'dashboard')) || isBuilt(root)) return null;
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  return await run(node, [vite, 'build', '--logLevel', 'error'], root);
}

function isBuilt(root) {
  const built = statSync(path.join(root, BUILT), { throwIfNoEntry: false });
  return built !== undefined && SOURCES.every((source) => newestIn(path.join(root, source)) <= built.mtimeMs);
}

function newestIn(place) {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  // A folder's own time tells of files that were removed.
  return Math.max(found.mtimeMs, ...readdirSync(place).map((name) => newestIn(path.join(place, name))));
}

function run(program, args, cwd) {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => resolve(code === 0 ? null : Buffer.concat(chunks).toString()));
  });
}
