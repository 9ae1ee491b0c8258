import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { databaseOf, keptHouse } from '../../../test/kept-house.ts';
import { temporaryFolder } from '../../../test/records.ts';
import { StoreError } from '../store.ts';
import { MANIFEST_FILE } from './manifest.ts';
import { refuseVanished, withWayBack } from './way-back.ts';

/** A backup as far as its name and manifest go. */
function shelve(backups: string, name: string, sequence: number, madeAt: string): void {
  const manifest = { format: 1, kind: 'automatic', sequence, made_at: madeAt, program: '0', version: 4, house: 'h' };
  mkdirSync(join(backups, name), { recursive: true });
  writeFileSync(join(backups, name, MANIFEST_FILE), JSON.stringify({ ...manifest, files: {}, rows: {} }));
}

const damaged = () => new StoreError('STORE_CORRUPT', 'the database file is damaged');

describe('an error of a damaged database', () => {
  it('names the newest backup by its number, whatever the clock said, and the command, in one sentence', () => {
    const backups = join(temporaryFolder(), "owner's");
    shelve(backups, 'automatic-000007', 7, '2031-01-01T00:00:00.000Z');
    shelve(backups, 'automatic-000008', 8, '2026-11-01T10:30:59.000Z');
    const error = withWayBack(damaged(), { data: './my data', backups });
    expect(error.code).toBe('STORE_CORRUPT');
    const path = join(backups, 'automatic-000008').replace("owner's", "owner'\\''s");
    expect(error.message).toBe(
      'the database file is damaged; the newest backup is of 2026-11-01 10:30 UTC; ' +
        `stop the server, then: alphaess-local restore '${path}' --data './my data'`,
    );
  });

  it('says that there is none', () => {
    const { message } = withWayBack(damaged(), { data: './data', backups: './data/backups' });
    expect(message).toBe(
      'the database file is damaged; there is no backup in ./data/backups: keep the file, much of it can usually be read',
    );
  });

  it('is the only one', () => {
    const error = new StoreError('STORE_FULL', 'the disk is full');
    expect(withWayBack(error, { data: '.', backups: '.' })).toBe(error);
  });
});

describe('a database that vanished', () => {
  const place = (data: string) => ({ data, backups: join(data, 'backups') });

  it.each<[string, (file: string) => void]>([
    ['gone', (file) => rmSync(file)],
    ['empty', (file) => truncateSync(file, 0)],
  ])('is not begun anew where it is %s and there are backups', (how, vanish) => {
    const data = keptHouse(1);
    vanish(databaseOf(data));
    refuseVanished(place(data));
    shelve(join(data, 'backups'), 'automatic-000001', 1, '2026-11-01T10:30:00.000Z');
    expect(() => refuseVanished(place(data))).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
    expect(() => refuseVanished(place(data))).toThrow(
      new RegExp(`^the database file is ${how}, but there are backups; the newest .*alphaess-local restore `),
    );
  });

  it('is none where it is there, or never was', () => {
    const data = keptHouse(1);
    shelve(join(data, 'backups'), 'automatic-000001', 1, '2026-11-01T10:30:00.000Z');
    refuseVanished(place(data));
    refuseVanished(place(temporaryFolder()));
  });
});
