import { MessageChannel } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { databaseOf, keptHouse, ruin } from '../../../test/kept-house.ts';
import { identity, SERIAL, T } from '../../../test/records.ts';
import { placeOf } from '../../store/backup/way-back.ts';
import { Calendar } from '../../store/energy/calendar.ts';
import { readerSource } from '../../store/reader-source.ts';
import { SqliteReader } from '../../store/sqlite/reading/reader.ts';
import { serveQuestions, tell } from './worker.ts';

const calendar = new Calendar('UTC');
const on = (folder: string, backups?: string) => readerSource(placeOf(folder, backups));

it('tells the answer as JSON, or what was wrong', async () => {
  const { folder, store } = stored(identity());
  const battery = store.idOf(SERIAL) ?? '';
  expect(await tell({ number: 1, question: 'gaps', asked: { battery } }, on(folder), calendar)).toEqual({
    number: 1,
    json: '[]',
  });
  const wrong = { battery, from: 0, to: 60, fields: ['load_power_method'], points: 1 };
  expect(await tell({ number: 2, question: 'readings', asked: wrong }, on(folder), calendar)).toMatchObject({
    number: 2,
    code: 'REQUEST_INVALID',
  });
  expect(await tell({ number: 3, question: 'gaps', asked: {} }, on('/nowhere'), calendar)).toMatchObject({
    number: 3,
    code: 'QUERY_FAILED',
  });
});

it('says where the database is damaged, and the way back', async () => {
  const folder = keptHouse(3000);
  const reader = new SqliteReader(folder);
  const [battery] = reader.owners();
  reader.close();
  ruin(databaseOf(folder));
  const asked = { battery: battery?.id, from: T, to: T + 30_000, fields: ['soc'], points: 5000 };
  const told = await tell({ number: 4, question: 'readings', asked }, on(folder, '/mnt/backups'), calendar);
  expect(told).toEqual({
    number: 4,
    code: 'QUERY_FAILED',
    detail: expect.stringMatching(/^the database file is damaged \([^\n]*\); there is no backup in \/mnt\/backups: /),
    damaged: true,
  });
});

it('answers what comes through its port', async () => {
  const { folder } = stored(identity());
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  serveQuestions(port2, { ...placeOf(folder), timeZone: 'UTC' });
  const told = new Promise((resolve) => port1.once('message', resolve));
  port1.postMessage({ number: 7, question: 'clock', asked: {} });
  expect(await told).toEqual({ number: 7, json: '[]' });
});
