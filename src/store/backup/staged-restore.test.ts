import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/records.ts';
import { finishRestore, refuseUnfinishedRestore } from './staged-restore.ts';

const DB = 'alphaess-local.db';
const OLD = { [DB]: 'old', [`${DB}-wal`]: 'old log', [`${DB}-shm`]: 'old index', 'web-password.json': 'old password' };

function fill(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** A data folder in which a restore is decided. */
function decided(coming: Readonly<Record<string, string>>): string {
  const data = temporaryFolder();
  fill(data, { ...OLD, lock: '', 'notes.txt': 'the owner’s' });
  const order = { aside: 'replaced', leaving: Object.keys(OLD), coming: Object.keys(coming) };
  fill(join(data, 'restoring'), { ...coming, 'restore.json': JSON.stringify(order) });
  return data;
}

const ALL = { 'web-password.json': 'new password', [DB]: 'new' };
const WITHOUT_PASSWORD = { [DB]: 'new' };
const CASES = [ALL, WITHOUT_PASSWORD];

it.each(CASES)('exchanges the files, and keeps those that leave: %j', (coming) => {
  const data = decided(coming);
  expect(finishRestore(data)).toBe(join(data, 'replaced'));
  expect(contents(data)).toEqual({ ...coming, lock: '', 'notes.txt': 'the owner’s' });
  expect(contents(join(data, 'replaced'))).toEqual(OLD);
  expect(readdirSync(data)).not.toContain('restoring');
  expect(finishRestore(data)).toBeNull();
});

/** The folder at each moment at which a kill could leave it: after each rename, and while what is done is removed. */
function* moments(coming: Readonly<Record<string, string>>): Generator<string> {
  const data = decided(coming);
  const [aside, staged] = [join(data, 'replaced'), join(data, 'restoring')];
  yield data;
  mkdirSync(aside);
  for (const name of Object.keys(OLD)) {
    renameSync(join(data, name), join(aside, name));
    yield data;
  }
  for (const name of Object.keys(coming)) {
    renameSync(join(staged, name), join(data, name));
    yield data;
  }
  rmSync(join(staged, 'restore.json'));
  yield data;
}

it.each(CASES)('goes on wherever it was killed: %j', (coming) => {
  let count = 0;
  for (const state of moments(coming)) {
    const data = temporaryFolder();
    cpSync(state, data, { recursive: true });
    finishRestore(data);
    expect(contents(data), `after ${count} steps`).toEqual({ ...coming, lock: '', 'notes.txt': 'the owner’s' });
    expect(contents(join(data, 'replaced')), `after ${count} steps`).toEqual(OLD);
    count++;
  }
  expect(count).toBe(Object.keys(OLD).length + Object.keys(coming).length + 2);
});

it('makes no folder where nothing leaves', () => {
  const data = temporaryFolder();
  const order = { aside: 'replaced', leaving: Object.keys(OLD), coming: [DB] };
  fill(join(data, 'restoring'), { [DB]: 'new', 'restore.json': JSON.stringify(order) });
  expect(finishRestore(data)).toBeNull();
  expect(readdirSync(data)).toEqual([DB]);
});

it('keeps others away until it is finished', () => {
  const data = decided(ALL);
  expect(() => refuseUnfinishedRestore(data)).toThrow(expect.objectContaining({ code: 'RESTORE_UNFINISHED' }));
  finishRestore(data);
  refuseUnfinishedRestore(data);
});
