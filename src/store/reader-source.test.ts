import { expect, it, onTestFinished } from 'vitest';
import { databaseOf, keptHouse, ruin } from '../../test/kept-house.ts';
import { readerOf } from '../../test/promised-reader.ts';
import { T, temporaryFolder } from '../../test/records.ts';
import { placeOf } from './backup/way-back.ts';
import { readerSource } from './reader-source.ts';

it('refuses a folder in which nothing is kept', async () => {
  const source = readerSource(placeOf(temporaryFolder()));
  await expect(source.openReader()).rejects.toMatchObject({ code: 'STORE_ABSENT' });
});

it('says where what is kept is damaged, with the way back, and of no other error', async () => {
  const folder = keptHouse(3000);
  const source = readerSource(placeOf(folder, '/mnt/backups'));
  const [owner] = await (await readerOf(folder)).owners();
  ruin(databaseOf(folder));
  const all = async () => {
    const reader = await source.openReader();
    onTestFinished(() => reader.close());
    for await (const _ of reader.readings('live', { battery: owner?.id ?? '', fromMs: T * 1000 }));
  };
  const error = await all().catch((reason: unknown) => reason);
  expect(source.damageOf(error)?.message).toMatch(/^the database file is damaged .* no backup in \/mnt\/backups: /);
  expect(source.damageOf(new TypeError('a mistake'))).toBeNull();
});
