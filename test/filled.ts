/**
 * A store filled by real sessions with the messages of fixtures/, for tests of what reads it.
 */
import { onTestFinished } from 'vitest';
import { Private, type StoreRecord } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { Batteries } from '../src/session/batteries.ts';
import { Session } from '../src/session/session.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { OTHER, SERIAL, temporaryFolder } from './records.ts';
import { fixture, frameByHand, sessionFrames } from './wire.ts';

/** When the first live message of fixtures/ comes: its battery's clock is then an hour ahead, as it is in Ireland in June. */
export const FIRST_LIVE_MS = Date.UTC(2024, 5, 12, 11, 4, 10);
export const SMILE = 'AL2002021010104';
/** Has sent history and nothing else, so that its clock is not known. */
export const TIMELESS = 'AL2002021010109';

/** What nobody may read who has not asked for it. */
export const SECRETS: readonly string[] = [
  SERIAL,
  OTHER,
  SMILE,
  TIMELESS,
  'invented-password-7',
  '3 Example Lane',
  'Ballyexample',
  'X99 ZZ99',
  '0209100123',
  'EX-INSTALLER-42',
  'EXBAT101P00017',
  'EXINV5000000023',
  'EXWIFI0000031',
  '00:00:5E:00:53:2A',
  '192.168.1.20',
];

/** Where readings are when they are read: not yet folded, folded, some of each, or in the midst of being folded. */
export const PLACES = ['journal', 'tables', 'both', 'midst'] as const;
export type Place = (typeof PLACES)[number];

interface Heard {
  /** Seconds after the first live message. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

function spoiled(frame: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

/** The connections of one noon, in their order. */
function conversations(): Heard[][] {
  const [login, ping, log, live, later, detail] = sessionFrames() as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const chatty = fixture('1-1-16.preal-zero.json').replace(
    '"SOC"',
    '"Said":"I am AL2002021010101 at 192.168.1.20","SOC"',
  );
  const config = fixture('1-1-4.config.json');
  return [
    [
      { at: -1, bytes: login },
      { at: -1, bytes: ping },
      { at: -1, bytes: log },
      { at: 0, bytes: live },
      { at: 10, bytes: later },
      { at: 16, bytes: detail },
      { at: 17, bytes: frameByHand(1, 9, fixture('1-1-9.system.json')) },
      { at: 18, bytes: frameByHand(1, 4, config) },
      { at: 19, bytes: frameByHand(1, 12, fixture('1-1-12.history.csv')) },
      { at: 20, bytes: frameByHand(1, 7, fixture('1-1-7.unknown.json')) },
      { at: 21, bytes: frameByHand(1, 2, fixture('1-1-2.login.json').slice(1)) },
      { at: 22, bytes: frameByHand(1, 4, config.slice(1, 701)) },
      { at: 23, bytes: spoiled(frameByHand(1, 4, config)) },
      { at: 318, bytes: frameByHand(1, 4, config) },
    ],
    [{ at: 30, bytes: frameByHand(1, 16, fixture('1-1-16.smile-t10.json')) }],
    [{ at: 40, bytes: frameByHand(1, 16, chatty) }],
    [{ at: 50, bytes: frameByHand(1, 12, fixture('1-1-12.history.csv').replaceAll(SERIAL, TIMELESS)) }],
    [{ at: 60, bytes: Buffer.from(`GET /${SERIAL} HTTP/1.1\r\nHost: 192.168.1.20\r\n\r\n`) }],
  ];
}

/** A store with these records, open as while the server runs; it is closed when the test has finished. */
export function stored(...records: readonly StoreRecord[]): { folder: string; store: SqliteStore } {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'Europe/Dublin' });
  onTestFinished(() => store.close());
  if (records.length > 0) store.commit(records);
  return { folder, store };
}

export interface Filled {
  readonly folder: string;
  readonly store: SqliteStore;
  idOf(serial: string): string;
}

/** What comes of each connection, in its order. */
export function records(): StoreRecord[][] {
  const batteries = new Batteries(10);
  const forms = new FormBook();
  return conversations().map((heard, index) => {
    const instant = (at: number) => ({ wallMs: FIRST_LIVE_MS + at * 1000, monoMs: at * 1000 });
    const session = new Session({ connection: index + 1, batteries, forms }, instant(-1));
    const outputs = heard.flatMap(({ at, bytes }) => session.receive(bytes, instant(at)));
    return outputs.flatMap((output) => (output.type === 'record' ? [output.record] : []));
  });
}

/** All of it. */
export function filled(place: Place = 'journal'): Filled {
  const { folder, store } = stored();
  records().forEach((ofOne, index) => {
    store.commit(ofOne);
    // Entries of the log that came before the clock was known get their time.
    while (store.jobs > 0) store.work(1000);
    if (place === 'both' && index === 0) while (store.fold(1000));
  });
  const gap = { number: 1, from: 0, to: 660, filledMinutes: 3, state: 'partly', askedMs: 1000 } as const;
  store.commit([{ type: 'gap', battery: new Private(SERIAL), receivedMs: 1000, gap }]);
  if (place === 'tables') while (store.fold(1000));
  if (place === 'midst') store.fold(3);
  return { folder, store, idOf: (serial) => store.idOf(serial) ?? 'nobody' };
}
