/**
 * Whether other batteries notice that one's history is dated, and dated anew: 201,600 rows that came before its clock was
 * known, then its first live frame, which is late, and those on time that correct the clock.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { DATABASE_FILE } from '../src/store/store.ts';
import type { Figure } from './figure.ts';
import { type BenchServer, residentBytes, startServer, temporaryFolder } from './process.ts';
import { at, BenchPeer, batteries, clockText, liveBody, replies } from './replies.ts';

/** 140 days of minutes. */
const ROWS = 201_600;
const ROWS_IN_FRAME = 100;
const SERIAL = 'ALBENCH0000001';
/** How far the battery's clock is ahead, and how late its first live frame comes, in seconds. */
const AHEAD = 7200;
const LATE = 40;
const LIVE = 16;
const HISTORY = 12;
/** So far from it may the clock be measured. */
const ROUNDED = 2;
const SECONDS_AT_A_TIME = 2;
const LONGEST_S = 900;

export async function dating(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const server = await startServer(folder.path);
  const memory = new MemoryGauge(server);
  const others = await batteries(server.port);
  await replies(others, 3);
  const [quiet, one] = [await replies(others, 10), await BenchPeer.connect(server.port)];
  await tellHistory(one);
  const before = memory.take();
  const file = new DatabaseSync(join(folder.path, DATABASE_FILE), { readOnly: true, timeout: 5000 });

  const first = HISTORY_FROM - AHEAD + LATE;
  const dated = await measure(others, file, first, () => tellLive(one, LATE));
  const datedMemory = memory.take();
  const corrected = await measure(others, file, first - LATE, async () => {
    for (let n = 0; n < 6; n++) {
      await tellLive(one, 0);
      await sleep(5000);
    }
  });
  const correctedMemory = memory.take();
  memory.stop();
  file.close();
  for (const peer of [...others, one]) peer.close();
  await server.stop();
  folder.remove();

  const note = ({ times, seconds }: DatingMeasured) =>
    `median ${at(times, 0.5).toFixed(1)} ms, slowest ${Math.max(...times).toFixed(0)} ms, of ${times.length}; in ${seconds.toFixed(0)} s`;
  const rows = `${ROWS.toLocaleString('en')} rows of another's history are`;
  const p99 = `p99 of replies at 100 frames/s while ${rows}`;
  const resident = `resident memory at most while ${rows}`;
  const quietNote = `with nothing to date ${at(quiet, 0.99).toFixed(1)} ms, slowest ${Math.max(...quiet).toFixed(0)} ms`;
  return [
    {
      name: `${p99} dated`,
      value: at(dated.times, 0.99),
      unit: 'ms',
      atMost: 50,
      note: `${note(dated)}; ${quietNote}`,
    },
    { name: `${p99} dated anew`, value: at(corrected.times, 0.99), unit: 'ms', atMost: 50, note: note(corrected) },
    { name: `${resident} dated`, value: datedMemory / 1e6, unit: 'MB', note: `before ${(before / 1e6).toFixed(0)} MB` },
    { name: `${resident} dated anew`, value: correctedMemory / 1e6, unit: 'MB' },
  ];
}

interface DatingMeasured {
  readonly times: readonly number[];
  readonly seconds: number;
}

/** How long others wait for their replies from now on until all rows are where they belong. */
async function measure(
  others: readonly BenchPeer[],
  file: DatabaseSync,
  first: number,
  act: () => Promise<void>,
): Promise<DatingMeasured> {
  const begun = performance.now();
  const acting = act();
  const times: number[] = [];
  while (!isDone(file, first)) {
    if (performance.now() - begun > LONGEST_S * 1000) throw new Error('the history was not dated');
    times.push(...(await replies(others, SECONDS_AT_A_TIME)));
  }
  const seconds = (performance.now() - begun) / 1000;
  await acting;
  return { times, seconds };
}

/** Whether all rows are in their place: the oldest is the one asked for, and so many. */
function isDone(file: DatabaseSync, first: number): boolean {
  const { oldest, newest } = file
    .prepare('SELECT min(time) AS oldest, max(time) AS newest FROM reading_history')
    .get() as {
    oldest: number | null;
    newest: number | null;
  };
  if (oldest === null || Math.abs(oldest - first) > ROUNDED || newest !== oldest + (ROWS - 1) * 60) return false;
  return Number(file.prepare('SELECT count(*) AS rows FROM reading_history').get()?.rows) === ROWS;
}

// ---- the battery in question ---------------------------------------------------------------------------------------

const HISTORY_FROM = Math.floor(Date.now() / 60_000) * 60 - (ROWS + 60) * 60 + AHEAD;
const [HEADER = '', ROW = ''] = readFileSync(new URL('../fixtures/1-1-12.history.csv', import.meta.url), 'utf8').split(
  '\n',
);
const VALUES = ROW.split(',').slice(3).join();

async function tellHistory(peer: BenchPeer): Promise<void> {
  for (let from = 0; from < ROWS; from += ROWS_IN_FRAME) {
    const count = Math.min(ROWS_IN_FRAME, ROWS - from);
    const rows = Array.from({ length: count }, (_, n) => {
      return `${clockText(HISTORY_FROM + (from + n) * 60).replace(' ', ',')},${SERIAL},${VALUES}`;
    });
    await peer.ask(HISTORY, [HEADER, ...rows, ''].join('\n'));
  }
}

async function tellLive(peer: BenchPeer, late: number): Promise<void> {
  await peer.ask(LIVE, liveBody(SERIAL, Date.now() / 1000 + AHEAD - late));
}

/** The most that was resident since it was last asked, bytes. */
class MemoryGauge {
  readonly #timer: NodeJS.Timeout;
  #most = 0;

  constructor(server: BenchServer) {
    this.#timer = setInterval(() => {
      this.#most = Math.max(this.#most, residentBytes(server.pid));
    }, 100);
  }

  take(): number {
    const most = this.#most;
    this.#most = 0;
    return most;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
