/**
 * The npm package: the program and its README, without documents (they are more than a quarter of it) and without its
 * dependencies, whose versions it fixes (npm-shrinkwrap.json).
 */
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';
import { gzipAsync } from '@gfx/zopfli';
import { slim } from './lock.ts';
import { buildProgram } from './program.ts';
import { ARTIFACTS, described, emptyFolder, npm, PackageError, VERSION } from './run.ts';
import { billOfMaterials } from './sbom.ts';

/** What an npm package has no room for: it is to have 400 kB. */
const LEFT_OUT = ['docs', 'packaging', 'dist/dashboard/docs'];

/** @returns a line for each file that was made */
export async function packageNpm(): Promise<string[]> {
  const folder = emptyFolder('npm/alphaess-local');
  buildProgram(folder);
  for (const name of LEFT_OUT) rmSync(path.join(folder, name), { recursive: true });
  compressCommand(path.join(folder, 'dist/server'));
  withoutDocs(path.join(folder, 'dist/dashboard/index.html'));
  const bom = path.join(ARTIFACTS, `alphaess-local-${VERSION}.cdx.json`);
  writeFileSync(bom, billOfMaterials(folder));
  const locked = path.join(folder, 'npm-shrinkwrap.json');
  writeFileSync(locked, `${JSON.stringify(slim(JSON.parse(readFileSync(locked, 'utf8'))))}\n`);
  npm(['pack', '--ignore-scripts', '--pack-destination', ARTIFACTS], folder);
  const file = path.join(ARTIFACTS, `alphaess-local-${VERSION}.tgz`);
  // What npm packs, packed better: four in a hundred less.
  writeFileSync(file, await gzipAsync(gunzipSync(readFileSync(file)), { numiterations: 15 }));
  return [file, bom].map(described);
}

const COMMAND = 'cli.js';

/**
 * The largest file, a sixth smaller than by gzip: bin/alphaess-local.mjs decompresses it. Threads and processes that the program
 * starts do not come by there, so they must do without it.
 */
function compressCommand(folder: string): void {
  const needed = globSync('*.js', { cwd: folder }).filter((name) =>
    readFileSync(path.join(folder, name), 'utf8').includes(`"./${COMMAND}"`),
  );
  if (needed.length > 0) throw new PackageError(`${needed.join(', ')} imports ${COMMAND}, which is to be compressed`);
  const file = path.join(folder, COMMAND);
  const text = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
  writeFileSync(`${file}.br`, brotliCompressSync(text, { params }));
  rmSync(file);
}

/** Tells the page that the docs are not beside it, so that it names them and has no links that lead nowhere. */
function withoutDocs(index: string): void {
  const html = readFileSync(index, 'utf8');
  if (!html.includes('</head>')) throw new PackageError('the page has no </head> to put a word before');
  writeFileSync(index, html.replace('</head>', '<meta name="docs" content="absent"></head>'));
}
