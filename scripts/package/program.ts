/**
 * The program as it is installed: compiled, with its page and its documents, without pictures, tests and what only a checkout needs.
 */
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { licenceTexts } from './licences.ts';
import { lockedVersion, shippedPackages, shrinkwrap } from './lock.ts';
import { ROOT, run, sourceDate } from './run.ts';

/** What is installed besides what is compiled. */
const AS_IT_IS = ['bin', 'LICENSE', 'README.md', 'packaging/wireshark'];
/** Of package.json: what whoever installs it needs. */
const PUBLISHED = ['name', 'version', 'description', 'keywords', 'license', 'repository', 'type', 'engines', 'bin'];
/** A picture on a line of its own. */
const PICTURE = /^!\[[^\]]*\]\([^)]*\.(?:png|jpg|svg)\)\n\n?/gm;

/** Puts the program into a folder that is empty. */
export function buildProgram(folder: string): void {
  for (const name of AS_IT_IS) cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  // Decisions are for who changes the program.
  for (const name of globSync('docs/*.md', { cwd: ROOT }).sort()) {
    mkdirSync(path.join(folder, 'docs'), { recursive: true });
    cpSync(path.join(ROOT, name), path.join(folder, name));
  }
  for (const name of globSync(['README.md', 'docs/*.md'], { cwd: folder })) {
    const file = path.join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(PICTURE, ''));
  }
  run(process.execPath, [path.join(ROOT, 'scripts/build.ts'), path.join(folder, 'dist')]);
  packPage(path.join(folder, 'dist/dashboard'));
  const manifest = publishedManifest();
  write(folder, 'package.json', manifest);
  write(folder, 'npm-shrinkwrap.json', shrinkwrap(manifest));
  writeFileSync(path.join(folder, 'THIRD-PARTY-LICENSES.txt'), licenceTexts([]));
}

/** The packages that it needs, as the checkout has them; none has anything compiled, so that they fit any processor. */
export function addPackages(folder: string): void {
  const packages = shippedPackages();
  const inside = new Set(packages.map((one) => one.folder));
  for (const { folder: from } of packages) {
    cpSync(path.join(ROOT, from), path.join(folder, from), {
      recursive: true,
      filter: (source) => isWanted(path.relative(ROOT, source), from, inside),
    });
  }
  writeFileSync(path.join(folder, 'THIRD-PARTY-LICENSES.txt'), licenceTexts(packages));
}

/** Types, maps and tests of others are a third of their size, and nothing of them runs. */
const UNWANTED =
  /\.(?:d\.[cm]?ts|[cm]?ts|map|md|markdown)$|\/(?:test|tests|__tests__|benchmarks?|examples?|\.github)$/i;

function isWanted(place: string, from: string, inside: ReadonlySet<string>): boolean {
  if (place === from) return true;
  const below = place.slice(from.length);
  // A package within one is shipped by its own entry, or not at all.
  if (/\/node_modules$/.test(below)) return [...inside].some((one) => one.startsWith(`${place}/`));
  return !UNWANTED.test(below);
}

/** All but its first file, by whose time the server sees that it was built anew, in one (src/web/static.ts). */
function packPage(folder: string): void {
  const names = globSync('assets/*', { cwd: folder }).sort();
  const texts = Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
  writeFileSync(path.join(folder, 'assets.json.br'), brotliCompressSync(JSON.stringify(texts)));
  rmSync(path.join(folder, 'assets'), { recursive: true });
}

/** `repository` is where this checkout came from, unless package.json says it. */
function publishedManifest(): Record<string, unknown> {
  const own = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  const kept = PUBLISHED.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  // Exactly: npm reads the shrinkwrap of what comes from a registry, and not of a file.
  const direct = Object.keys(own.dependencies as object).map((name) => [name, lockedVersion(name)] as const);
  return { ...Object.fromEntries(kept), dependencies: Object.fromEntries(direct) };
}

function write(folder: string, name: string, value: object): void {
  writeFileSync(path.join(folder, name), `${JSON.stringify(value, null, 1)}\n`);
}

/** Gives all that is in a folder one moment, and removes what must not be there. */
export function settle(folder: string): void {
  rmSync(path.join(folder, '.npmrc'), { force: true });
  const seconds = sourceDate();
  for (const name of globSync('**', { cwd: folder }).sort().reverse())
    utimesSync(path.join(folder, name), seconds, seconds);
  utimesSync(folder, seconds, seconds);
}
