/**
 * The npm package: the program and its README, without documents (they are more than a quarter of it) and without its
 * dependencies, whose versions it fixes (npm-shrinkwrap.json).
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { gzipAsync } from '@gfx/zopfli';
import { slim } from './lock.ts';
import { buildProgram } from './program.ts';
import { ARTIFACTS, described, emptyFolder, npm, VERSION } from './run.ts';
import { billOfMaterials } from './sbom.ts';

/** What an npm package has no room for: it is to have 400 kB. */
const LEFT_OUT = ['docs', 'packaging', 'dist/dashboard/docs'];

/** @returns a line for each file that was made */
export async function packageNpm(): Promise<string[]> {
  const folder = emptyFolder('npm/alphaess-local');
  buildProgram(folder);
  for (const name of LEFT_OUT) rmSync(path.join(folder, name), { recursive: true });
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
