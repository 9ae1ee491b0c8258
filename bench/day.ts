/**
 * A whole day of one battery, in simulated time and on a real disk: what it writes and what it costs.
 *
 * Everything runs as in the server (session, one commit a message, a fold a minute, energy four times an hour) but for the socket, whose share of
 * the processor is added from the ingest benchmark's echo: about 90 µs a message with one connection.
 */

import { FormBook } from '../src/protocol/body/wire-form.ts';
import { encodeFrame, REQUEST } from '../src/protocol/frame.ts';
import { Batteries } from '../src/session/batteries.ts';
import { Session } from '../src/session/session.ts';
import { SimulatedBattery } from '../src/simulator/battery/battery.ts';
import { NO_PAUSES } from '../src/simulator/pauses.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import type { Figure } from './figure.ts';
import { temporaryFolder, writtenBytes } from './process.ts';

const START_MS = Date.UTC(2026, 5, 21);
const DAY_MS = 86_400_000;
const FOLD_MS = 60_000;
const TALLY_MS = 900_000;
/** The last of the day's tallies: those of a day that is nearly whole. */
const LAST_TALLIES = 12;
const SOCKET_MICROS = 90;

export function day(): Figure[] {
  const data = temporaryFolder();
  const messages = dayOfMessages();
  const store = SqliteStore.open({ folder: data.path, timeZone: 'Australia/Sydney' });
  const session = new Session(
    { connection: store.nextConnection(), batteries: new Batteries(10), forms: new FormBook() },
    instant(0),
  );
  const bytesBefore = writtenBytes();
  const processorBefore = process.cpuUsage();
  let folded = 0;
  let tallied = 0;
  const tallies: number[] = [];
  for (const { ms, bytes } of messages) {
    const outputs = session.receive(bytes, instant(ms));
    store.commit(outputs.flatMap((output) => (output.type === 'record' ? [output.record] : [])));
    if (ms - folded < FOLD_MS) continue;
    while (store.fold(1000));
    folded = ms;
    if (ms - tallied < TALLY_MS) continue;
    tallies.push(...tallyAll(store));
    tallied = ms;
  }
  const { user, system } = process.cpuUsage(processorBefore);
  const written = writtenBytes() - bytesBefore;
  store.close();
  data.remove();
  const seconds = (user + system + messages.length * SOCKET_MICROS) / 1e6;
  return [
    {
      name: 'one battery, a day: written to disk',
      value: written / 1e6,
      unit: 'MB',
      atMost: 150,
      note: `${messages.length} messages`,
    },
    { name: 'one battery, a day: processor', value: seconds, unit: 's', atMost: 60 },
    {
      name: 'energy of a day worked out',
      value: tallies.slice(-LAST_TALLIES).sort((a, b) => a - b)[LAST_TALLIES / 2] ?? null,
      unit: 'ms',
      atMost: 20,
      note: 'a whole day of minutes and those around it; between two of them others have their turn',
    },
  ];
}

/** Milliseconds of each battery-day that was due. */
function tallyAll(store: SqliteStore): number[] {
  const spent: number[] = [];
  for (let more = true; more; ) {
    const begun = performance.now();
    more = store.tally(1);
    spent.push(performance.now() - begun);
  }
  return spent;
}

function instant(ms: number): { wallMs: number; monoMs: number } {
  return { wallMs: START_MS + ms, monoMs: ms };
}

/** What one battery sends in a day, made beforehand so that making it is not measured. */
function dayOfMessages(): { ms: number; bytes: Uint8Array }[] {
  const battery = new SimulatedBattery({ seed: 'day', startMs: START_MS, historySeconds: 0, pauses: NO_PAUSES });
  const success = new TextEncoder().encode('{"Status":"Success"}');
  const messages: { ms: number; bytes: Uint8Array }[] = [];
  const hear = (outgoing: ReturnType<SimulatedBattery['wake']>, ms: number): void => {
    for (const item of outgoing) {
      if (item.type !== 'send') continue;
      messages.push({ ms, bytes: item.bytes });
      hear(battery.receive(encodeFrame(2, item.bytes[2] ?? REQUEST, success), instant(ms)), ms);
    }
  };
  hear(battery.connected(instant(0)), 0);
  for (let ms = 0; ms < DAY_MS; ms += 1000) hear(battery.wake(instant(ms)), ms);
  return messages;
}
