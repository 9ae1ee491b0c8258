import { closeSync, mkdirSync, openSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../../test/records.ts';
import { FilePresence } from './presence.ts';

let folder: string;
let database: string;
let presence: FilePresence;
/** How often what is in the log was to be put into the database, and whether that fails. */
let secured: number;
let isBusy: boolean;

beforeEach(() => {
  folder = join(temporaryFolder(), 'data');
  mkdirSync(folder);
  database = join(folder, 'x.db');
  for (const suffix of ['', '-wal', '-shm']) {
    // Open, as SQLite has it: so its inode is given to no other file.
    const descriptor = openSync(`${database}${suffix}`, 'a');
    onTestFinished(() => closeSync(descriptor));
  }
  presence = new FilePresence(database, () => {
    secured++;
    if (isBusy) throw new Error('busy');
  });
  [secured, isBusy] = [0, false];
  presence.remember();
  onTestFinished(() => presence.release());
});

/** What is told of a file that is missing; null where none is. */
function told(): string | null {
  try {
    presence.verify();
    return null;
  } catch (error) {
    expect(error).toMatchObject({ name: 'StoreError', code: 'STORE_GONE', passing: true });
    return (error as Error).message;
  }
}

describe('the files of a database', () => {
  it('are there while they are written to', () => {
    writeFileSync(database, 'more');
    writeFileSync(`${database}-wal`, Buffer.from('377f0682', 'hex'));
    expect(told()).toBeNull();
    writeFileSync(`${database}-wal`, Buffer.from('377f0683002de218', 'hex'));
    expect(told()).toBeNull();
    // As SQLite itself leaves it when all of it is in the database.
    truncateSync(`${database}-wal`);
    expect(told()).toBeNull();
  });

  it.each([
    [
      'emptied, and written to behind where it ended',
      (file: string) => {
        truncateSync(file);
        truncateSync(file, 8192);
      },
    ],
    ['overwritten', (file: string) => writeFileSync(file, 'another')],
  ])('are spoilt when their log was %s, of which nothing is put into the database', (_, spoil) => {
    writeFileSync(`${database}-wal`, Buffer.from('377f0682002de218', 'hex'));
    expect(told()).toBeNull();
    spoil(`${database}-wal`);
    expect(told()).toBe(
      'x.db-wal, which the server has open, was emptied or overwritten by another program: kill the server, and restore a backup if it does not start',
    );
    expect(secured).toBe(0);
  });

  it('are spoilt when the database was cut off, for good', () => {
    writeFileSync(database, 'a database');
    expect(told()).toBeNull();
    truncateSync(database, 3);
    expect(told()).toContain('x.db, which the server has open, was emptied or overwritten');
    expect(told()).toContain('x.db, which the server has open, was emptied or overwritten');
  });

  it('are missing when the database was deleted, and stay so when another is put there', () => {
    rmSync(database);
    expect(told()).toBe(
      `the open database, ${database}, is not there any more: put it back, or start the server again to go on with what is there then`,
    );
    writeFileSync(database, 'another');
    expect(told()).toContain('was replaced by another file: ');
  });

  it('are missing while it is elsewhere, and there again when it is back', () => {
    renameSync(database, `${database}.old`);
    writeFileSync(database, 'another');
    expect(told()).toContain('was replaced by another file: ');
    renameSync(`${database}.old`, database);
    expect(told()).toBeNull();
  });

  it('are missing while their folder has another name, or is none', () => {
    renameSync(folder, `${folder}.old`);
    expect(told()).toContain('is not there any more: ');
    writeFileSync(folder, '');
    expect(told()).toContain('is not there any more: ');
    rmSync(folder);
    renameSync(`${folder}.old`, folder);
    expect(told()).toBeNull();
  });

  it.each(['-wal', '-shm'])('are missing when one beside it was deleted: %s', (suffix) => {
    rmSync(`${database}${suffix}`);
    expect(told()).toBe(
      `x.db${suffix}, which belongs to the open database, was deleted or moved: start the server again; do not kill it, it first puts what that file held into the database`,
    );
  });

  it('have what is only in the log put into the database, once', () => {
    isBusy = true;
    rmSync(`${database}-wal`);
    told();
    told();
    isBusy = false;
    told();
    told();
    expect(secured).toBe(3);
  });
});
