import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/records.ts';
import { backupsIn, isAsMade, newestBackup, nextSequence } from './backups.ts';
import { digestOf, sizeOfFile } from './files.ts';
import { MANIFEST_FILE } from './manifest.ts';

/** A backup of one small file. */
function shelve(folder: string, name: string, sequence: number, house = 'one'): string {
  const path = join(folder, name);
  mkdirSync(path);
  const file = join(path, 'file');
  writeFileSync(file, name);
  const files = { file: { bytes: sizeOfFile(file), sha256: digestOf(file) } };
  const manifest = {
    format: 1,
    kind: 'automatic',
    sequence,
    made_at: '2026-11-01T10:30:00Z',
    program: '0',
    version: 4,
  };
  writeFileSync(join(path, MANIFEST_FILE), JSON.stringify({ ...manifest, house, files, rows: {} }));
  return path;
}

const names = (folder: string) => backupsIn(folder).map(({ path }) => path.slice(folder.length + 1));

it('come in the order of their numbers, whatever they are named', () => {
  const folder = temporaryFolder();
  for (const [name, number] of [
    ['c', 1],
    ['a', 3],
    ['b', 2],
  ] as const)
    shelve(folder, name, number);
  expect(names(folder)).toEqual(['c', 'b', 'a']);
});

it('are those that are whole', () => {
  const folder = temporaryFolder();
  shelve(folder, 'whole', 1);
  rmSync(join(shelve(folder, 'without-its-file', 2), 'file'));
  rmSync(join(shelve(folder, 'without-a-manifest', 3), MANIFEST_FILE));
  appendFileSync(join(shelve(folder, 'longer', 4), 'file'), 'x');
  writeFileSync(join(folder, 'a-file'), '');
  expect(names(folder)).toEqual(['whole']);
});

it('are none where there is no folder', () => {
  expect(backupsIn('/nowhere')).toEqual([]);
  expect(newestBackup('/nowhere')).toBeNull();
  expect(nextSequence('/nowhere')).toBe(1);
});

it('are told apart by their house', () => {
  const folder = temporaryFolder();
  shelve(folder, 'ours', 1);
  shelve(folder, 'theirs', 2, 'other');
  expect(newestBackup(folder)?.path).toMatch(/theirs$/);
  expect(newestBackup(folder, 'one')?.path).toMatch(/ours$/);
  expect(newestBackup(folder, 'third')).toBeNull();
});

it('are numbered on, behind any that is or was there', () => {
  const folder = temporaryFolder();
  shelve(folder, 'before-version-5', 12);
  expect(nextSequence(folder)).toBe(13);
  rmSync(join(shelve(folder, 'automatic-000041-2026-11-01T103000Z', 41), MANIFEST_FILE));
  expect(nextSequence(folder)).toBe(42);
  mkdirSync(join(folder, 'manual-1234567-2026-11-01T103000Z'));
  expect(nextSequence(folder)).toBe(1_234_568);
});

it('are as they were made, byte for byte', () => {
  const folder = temporaryFolder();
  const path = shelve(folder, 'one', 1);
  const [backup] = backupsIn(folder);
  if (backup === undefined) expect.unreachable();
  expect(isAsMade(backup)).toBe(true);
  writeFileSync(join(path, 'file'), 'onf');
  expect(isAsMade(backup)).toBe(false);
  renameSync(join(path, 'file'), join(path, 'elsewhere'));
  expect(isAsMade(backup)).toBe(false);
});
