/** Whatever message is the first, and whatever its time: nothing that follows is put into the future. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { READING_KINDS, type StoreRecord } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { Batteries } from '../src/session/batteries.ts';
import type { Output } from '../src/session/output.ts';
import { Session } from '../src/session/session.ts';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { settle, temporaryFolder } from './records.ts';
import { frameByHand } from './wire.ts';

const FIXTURES = new URL('../fixtures/', import.meta.url).pathname;
/** 2026-11-26 21:00 UTC. */
const NOW = Date.UTC(2026, 10, 26, 21) / 1000;
const ALLOWED_SECONDS = 60;

const bodyOf = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');

/** What tells a time: what was read of it, and with another day, another hour, another year. */
const TOLD = readdirSync(FIXTURES).filter((name) => /^1-1-(5|9|12|16)\./.test(name));
const ODD = [
  '2021/03/24 11:00:35',
  '2024/06/12 03:04:10',
  '2024/06/12 11:50:00',
  '2024/06/13 12:04:10',
  '2000/01/01 00:00:05',
];

/** A message under its header, such as 1-1-16. */
interface Told {
  readonly header: string;
  readonly body: string;
}

const read = (name: string): Told => ({ header: name.split('.')[0] as string, body: bodyOf(name) });
const odd = (time: string): Told => ({
  header: '1-1-16',
  body: bodyOf('1-1-16.live.json').replace('2024/06/12 12:04:10', time),
});

/** All that one battery tells, so many seconds apart. */
function tell(batteries: Batteries, serial: string, told: readonly Told[], apart: number): StoreRecord[] {
  const at = (index: number) => ({ wallMs: (NOW + apart * index) * 1000, monoMs: apart * index * 1000 });
  const options = { connection: Number(serial.slice(-4)), batteries, forms: new FormBook() };
  const session = new Session(options, at(0));
  const outputs: Output[] = [];
  for (const [index, { header, body }] of told.entries()) {
    const [, type, command] = header.split('-').map(Number) as [number, number, number];
    const own = body.replaceAll(/AL20020210101\d\d/g, serial);
    outputs.push(...session.receive(frameByHand(type, command, own), at(index)));
  }
  outputs.push(...session.ended(at(told.length)));
  return outputs.flatMap((output) => (output.type === 'record' ? [output.record] : []));
}

/** Each is what one battery tells. @returns how many seconds after it came the latest of all is */
function latest(conversations: readonly (readonly Told[])[], apart: number): number {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  const batteries = new Batteries(conversations.length);
  conversations.forEach((told, index) => {
    store.commit(tell(batteries, `AL200202101${1000 + index}`, told, apart));
  });
  settle(store);
  store.close();
  const reader = new SqliteReader(folder);
  const readings = READING_KINDS.flatMap((kind) => [...reader.readings(kind)]);
  const events = [...reader.events()].filter(({ source }) => source === 'battery');
  reader.close();
  expect(readings.length).toBeGreaterThan(conversations.length);
  return Math.max(...[...readings, ...events].map(({ time, receivedMs }) => (time ?? 0) - receivedMs / 1000));
}

it('after one odd live message, and before it', () => {
  const told = TOLD.map(read);
  const conversations = ODD.map(odd).flatMap((first) =>
    told.flatMap((one) => [
      [first, one],
      [one, first],
    ]),
  );
  expect(latest(conversations, 20)).toBeLessThanOrEqual(ALLOWED_SECONDS);
});

it('replayed one after another', () => {
  const told = TOLD.map(read);
  expect(
    latest(
      told.flatMap((one) => told.map((other) => [one, other])),
      0,
    ),
  ).toBeLessThanOrEqual(ALLOWED_SECONDS);
});
