/**
 * Months of history that came before their clock was known: dated, and dated anew, while another battery is answered; with a
 * small heap, and however often the server is killed.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Private } from '../../src/model.ts';
import { SqliteReader } from '../../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../../src/store/store.ts';
import { datesAsIfAtOnce } from '../dating-run.ts';
import { timesOf } from '../quick.ts';
import { reading } from '../records.ts';
import { clockText, endAll, folder, Peer, type Server, serve, successTo, until, Witness } from '../server.ts';
import { frameByHand } from '../wire.ts';

afterEach(endAll);

/** 140 days of minutes. */
const ROWS = 201_600;
const SERIAL = 'AL2002021010203';
/** How far the battery's clock is ahead, and how late its first live frame comes, in seconds. */
const AHEAD = 7200;
const LATE = 40;
/** A small heap; and no orders among the answers. */
const SMALL = { NODE_OPTIONS: '--max-old-space-size=128', ALPHAESS_LOCAL_BATTERY_BACKFILL: 'false' };
/** Rows between two deaths. */
const ROWS_BETWEEN = 30_000;
const LONG_MS = 240_000;
const FIRST = Math.floor(Date.now() / 60_000) * 60 - (ROWS + 60) * 60 + AHEAD;

/** Told by a server before that one, which never heard the battery's clock. */
function tellHistory(data: string): void {
  const store = SqliteStore.open({ folder: data, timeZone: 'UTC' });
  for (let from = 0; from < ROWS; from += 600) {
    store.commit(
      Array.from({ length: Math.min(600, ROWS - from) }, (_, n) =>
        reading(
          'history',
          null,
          { soc: 50, pv1_power: 1000 + ((from + n) % 100), grid_power: -300, battery_power: 20 },
          { serial: SERIAL, batteryTime: FIRST + (from + n) * 60, receivedMs: Date.now() - 60_000 },
        ),
      ),
    );
  }
  expect(store.batteries().map(({ serial }) => serial)).toEqual([new Private(SERIAL)]);
  store.close();
}

function look<R>(data: string, sql: string): R {
  const db = new DatabaseSync(join(data, DATABASE_FILE), { readOnly: true, timeout: 5000 });
  try {
    return db.prepare(sql).get() as R;
  } finally {
    db.close();
  }
}

/** Up to which time of the battery it has come with what it does; null where nothing is to be done. */
function progress(data: string): number | null {
  const job = look<{ kind: string; progress: string | null } | undefined>(
    data,
    'SELECT kind, progress FROM job LIMIT 1',
  );
  if (job === undefined) return null;
  if (job.kind === 'correct') return JSON.parse(job.progress ?? '{}').at?.time ?? FIRST - AHEAD;
  return look<{ time: number | null }>(data, 'SELECT max(battery_time) AS time FROM reading_history').time ?? FIRST;
}

/** Every minute is there, once; undated, or with one of these times. */
function isThere(data: string, ...offsets: readonly number[]): void {
  const minutes = new Set<number>();
  const reader = new SqliteReader(data);
  for (const { batteryTime, time } of reader.readings('history')) {
    const minute = ((batteryTime as number) - FIRST) / 60;
    expect(minutes.has(minute), `minute ${minute} twice`).toBe(false);
    minutes.add(minute);
    const offset = time === null ? null : (batteryTime as number) - time;
    if (offset !== null && !offsets.some((one) => Math.abs(one - offset) <= 2)) expect(offsets).toContain(offset);
  }
  reader.close();
  expect(minutes.size).toBe(ROWS);
}

/** Works off what is to be done, killed and stopped every some ten thousand rows; another battery is answered all the time. */
async function worksOff(data: string, begun: Server, offsets: readonly number[]): Promise<Server> {
  let server = begun;
  for (let deaths = 0; ; deaths++) {
    const witness = await Witness.start(server.port, 'WITNESS00000001');
    const from = progress(data);
    if (from === null) break;
    const isFar = () => (progress(data) ?? Number.POSITIVE_INFINITY) >= from + ROWS_BETWEEN * 60;
    await until('the next rows to be dated', isFar, LONG_MS);
    await witness.isAnswered();
    if (progress(data) === null) break;
    if (deaths % 2 === 0) await server.kill();
    else {
      const { code } = await server.stop();
      expect(code, server.stderr).toBe(0);
    }
    isThere(data, ...offsets);
    server = await serve({ data, environment: SMALL });
  }
  expect(look(data, 'SELECT count(*) AS rows FROM undated')).toEqual({ rows: 0 });
  isThere(data, offsets.at(-1) as number);
  return server;
}

async function tellLive(peer: Peer, late: number, answers: Uint8Array[]): Promise<void> {
  const time = clockText(Math.floor(Date.now() / 1000) + AHEAD - late);
  answers.push(successTo(16));
  peer.send(frameByHand(1, 16, JSON.stringify({ Time: time, SN: SERIAL, Ppv1: '1' })));
  await peer.receives(...answers);
}

it('dates 140 days of minutes with a small heap, and dates them anew, killed again and again', async () => {
  const data = folder();
  tellHistory(data);
  let server = await serve({ data, environment: SMALL });
  const first = await Peer.connect(server.port);
  await tellLive(first, LATE, []);
  server = await worksOff(data, server, [AHEAD - LATE]);

  // Frames that are on time: it was late, and so is all that was dated by it.
  const peer = await Peer.connect(server.port);
  const answers: Uint8Array[] = [];
  for (let n = 0; n < 6; n++) {
    await tellLive(peer, 0, answers);
    await sleep(4000);
  }
  server = await worksOff(data, server, [AHEAD - LATE, AHEAD]);
  const spans = look(
    data,
    "SELECT count(*) AS minutes, sum(soc_n) AS readings, sum(soc_sum) AS sum FROM rollup_minute WHERE battery = 1 AND source = 'history'",
  );
  expect(spans).toEqual({ minutes: ROWS, readings: ROWS, sum: 50 * ROWS });
  expect(look(data, 'PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
  expect((await server.stop()).code).toBe(0);
}, 900_000);

it('has every reading there all the time, and ends as if at once, whatever comes between strokes', () => {
  datesAsIfAtOnce(timesOf(400));
}, 900_000);
