/**
 * Days of a simulated battery, as what it sends and what it remembers, for tests and measurements of energy.
 */
import type { ReadingRecord, StoreRecord } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import { encodeFrame, REQUEST, RESPONSE } from '../src/protocol/frame.ts';
import { Batteries } from '../src/session/batteries.ts';
import { Session } from '../src/session/session.ts';
import { SimulatedBattery } from '../src/simulator/battery/battery.ts';
import { csvBody } from '../src/simulator/battery/messages.ts';
import { NO_PAUSES } from '../src/simulator/pauses.ts';

const SUCCESS = new TextEncoder().encode('{"Status":"Success"}');
const WAKE_MS = 10_000;
const HISTORY = 12;
/** Rows in a packet of history, as captured. */
const PACKET = 3;

/** All that one battery said from `startMs` on, in order; and every minute it remembers. */
export interface SimulatedDays {
  readonly readings: readonly ReadingRecord[];
  readonly history: readonly ReadingRecord[];
}

/** Its clock is right and ten hours ahead of UTC. */
export function simulatedDays(seed: string, startMs: number, days: number): SimulatedDays {
  const battery = new SimulatedBattery({ seed, startMs, historySeconds: 0, pauses: NO_PAUSES });
  const session = new Session(
    { connection: 1, batteries: new Batteries(10), forms: new FormBook() },
    { wallMs: startMs, monoMs: 0 },
  );
  const instant = (ms: number) => ({ wallMs: startMs + ms, monoMs: ms });
  const readings: ReadingRecord[] = [];
  const hear = (bytes: Uint8Array, ms: number, into: ReadingRecord[]) => {
    const outputs = session.receive(bytes, instant(ms));
    into.push(...outputs.flatMap((output) => (output.type === 'record' ? onlyReading(output.record) : [])));
  };
  const exchange = (outgoing: ReturnType<SimulatedBattery['wake']>, ms: number): void => {
    for (const item of outgoing) {
      if (item.type !== 'send') continue;
      hear(item.bytes, ms, readings);
      exchange(battery.receive(encodeFrame(RESPONSE, item.bytes[2] as number, SUCCESS), instant(ms)), ms);
    }
  };
  exchange(battery.connected(instant(0)), 0);
  const end = days * 86_400_000;
  for (let ms = WAKE_MS; ms < end; ms += WAKE_MS) exchange(battery.wake(instant(ms)), ms);
  const history: ReadingRecord[] = [];
  const rows = Array.from(battery.remembered(), ({ row }) => row);
  for (let at = 0; at < rows.length; at += PACKET) {
    hear(encodeFrame(REQUEST, HISTORY, new TextEncoder().encode(csvBody(rows.slice(at, at + PACKET)))), end, history);
  }
  return { readings, history };
}

function onlyReading(record: StoreRecord): ReadingRecord[] {
  return record.type === 'reading' ? [record] : [];
}

/** A value of a reading, by our name. */
export function valueIn(record: ReadingRecord, name: string): number {
  return record.values[columnsOf(record.kind).findIndex((field) => field.name === name)] as number;
}
