/**
 * A battery whose clock is set back while it sends, through a real session into a real store: what was acknowledged, and what
 * can be read back.
 */
import { expect } from 'vitest';
import type { Instant, StoreRecord } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { Batteries } from '../src/session/batteries.ts';
import { Session } from '../src/session/session.ts';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { SERIAL, settle, temporaryFolder } from './records.ts';
import { frameByHand } from './wire.ts';

export interface SetBack {
  /** By how much the clock is set back. */
  readonly seconds: number;
  /** Between two frames, in seconds. */
  readonly cadence: number;
  /** Whether each frame says the same but for its time, as on a quiet night. */
  readonly constant: boolean;
  /** How long it sends before and after. */
  readonly before?: number;
  readonly after?: number;
  /** Once more, so long after the first. */
  readonly again?: number;
}

/** A moment at night, Unix seconds; the battery's clock is ten hours ahead. */
const START = 1_718_190_000;
const AHEAD = 36_000;
/** Frames of one commit, and between two strokes of folding: some are folded before the set-back is found out. */
const COMMIT_EVERY = 10;
const FOLD_EVERY = 30;

export interface Outcome {
  /** When each frame was answered, seconds from the start. */
  readonly acknowledged: readonly number[];
  /** When each reading arrived that can be read back, seconds from the start, in order. */
  readonly kept: readonly number[];
  /** How many readings stand more than three seconds from the moment they arrived. */
  readonly misdated: number;
}

export function setBack(given: SetBack): Outcome {
  const { before = 600, after = 2700, seconds, cadence, constant, again = Number.POSITIVE_INFINITY } = given;
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  const at = (second: number): Instant => ({ wallMs: (START + second) * 1000, monoMs: second * 1000 });
  const session = new Session({ connection: 1, batteries: new Batteries(1), forms: new FormBook() }, at(0));
  const acknowledged: number[] = [];
  const records: StoreRecord[] = [];
  for (let second = 0; second < before + after; second += cadence) {
    const set = (second >= before ? seconds : 0) + (second >= before + again ? seconds : 0);
    const body = liveBody(START + second + AHEAD - set, constant ? 0 : second / cadence);
    const outputs = session.receive(frameByHand(1, 16, body), at(second));
    records.push(...outputs.flatMap((output): StoreRecord[] => (output.type === 'record' ? [output.record] : [])));
    if (outputs.some(({ type }) => type === 'reply')) acknowledged.push(second);
    if ((second / cadence) % COMMIT_EVERY === 0) store.commit(records.splice(0));
    if ((second / cadence) % FOLD_EVERY === 0) store.fold(1000);
  }
  store.commit(records);
  settle(store);
  store.close();
  const reader = new SqliteReader(folder);
  const rows = [...reader.readings('live')];
  reader.close();
  const arrivals = rows.map(({ receivedMs }) => receivedMs / 1000 - START).sort((one, other) => one - other);
  const isMisdated = ({ time, receivedMs }: (typeof rows)[number]) => Math.abs((time ?? 0) - receivedMs / 1000) > 3;
  return { acknowledged, kept: arrivals, misdated: rows.filter(isMisdated).length };
}

function liveBody(batteryTime: number, power: number): string {
  const [date = '', time = ''] = new Date(batteryTime * 1000).toISOString().split(/[TZ.]/);
  return JSON.stringify({
    Time: `${date.replaceAll('-', '/')} ${time}`,
    SN: SERIAL,
    Ppv1: '0',
    PrealL1: String(power),
    PmeterL1: '5',
    PmeterDC: '0',
    Pbat: '0.0000',
    SOC: '62.0',
  });
}

/** Every frame that was answered can be read back, once. */
export function expectAllKept({ acknowledged, kept }: Outcome): void {
  expect(kept).toEqual(acknowledged);
}
