import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/records.ts';
import { hasItsFiles, MANIFEST_FILE, type Manifest, readManifest } from './manifest.ts';

const MANIFEST: Manifest = {
  format: 1,
  kind: 'automatic',
  sequence: 41,
  made_at: '2026-11-01T10:30:00.000Z',
  program: '0.1.0',
  version: 4,
  house: '0123456789abcdef',
  files: { 'alphaess-local.db': { bytes: 3, sha256: 'a'.repeat(64) } },
  rows: { battery: 1 },
};

function written(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, MANIFEST_FILE), text);
  return folder;
}

it('is read as it was written, whatever a later program has added', () => {
  expect(readManifest(written(JSON.stringify({ ...MANIFEST, colour: 'blue' })))).toEqual(MANIFEST);
});

it.each<[string, string]>([
  ['empty', ''],
  ['cut off', JSON.stringify(MANIFEST).slice(0, -9)],
  ['another thing', '[]'],
  ['nothing', 'null'],
  ['of another format', JSON.stringify({ ...MANIFEST, format: 2 })],
  ['without a number', JSON.stringify({ ...MANIFEST, sequence: undefined })],
  ['of no version', JSON.stringify({ ...MANIFEST, version: 0 })],
  ['of a number that is none', JSON.stringify({ ...MANIFEST, sequence: 1.5 })],
  ['of another kind', JSON.stringify({ ...MANIFEST, kind: 'toString' })],
  ['without a house', JSON.stringify({ ...MANIFEST, house: 7 })],
  ['without a time', JSON.stringify({ ...MANIFEST, made_at: 7 })],
  ['of rows that are none', JSON.stringify({ ...MANIFEST, rows: { battery: -1 } })],
  ['of a list of rows', JSON.stringify({ ...MANIFEST, rows: [1] })],
  ['of a file without a digest', JSON.stringify({ ...MANIFEST, files: { file: { bytes: 1, sha256: 'abc' } } })],
  ['of a file without anything', JSON.stringify({ ...MANIFEST, files: { file: null } })],
  ['of a time that is none', JSON.stringify({ ...MANIFEST, made_at: 'yesterday' })],
  ['of a file elsewhere', JSON.stringify({ ...MANIFEST, files: { '..': { bytes: 1, sha256: 'a'.repeat(64) } } })],
])('is none where it is %s', (_what, text) => {
  expect(readManifest(written(text))).toBeNull();
});

it('is none where there is no file, or no folder', () => {
  expect(readManifest(temporaryFolder())).toBeNull();
  expect(readManifest('/nowhere')).toBeNull();
});

it('misses a file that is gone or shorter', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'alphaess-local.db');
  expect(hasItsFiles(folder, MANIFEST)).toBe(false);
  writeFileSync(file, 'abc');
  expect(hasItsFiles(folder, MANIFEST)).toBe(true);
  truncateSync(file, 2);
  expect(hasItsFiles(folder, MANIFEST)).toBe(false);
});
