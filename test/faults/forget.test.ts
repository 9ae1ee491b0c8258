/**
 * A battery with weeks of minutes is forgotten while another is answered, and the server is killed again and again amid it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { SqliteReader } from '../../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../../src/store/store.ts';
import { forgetsAsIfAtOnce } from '../dating-run.ts';
import { forgetsAllAndNothingElse } from '../forget-twin.ts';
import { look, textOf } from '../kept-rows.ts';
import { timesOf } from '../quick.ts';
import { clock, OTHER, reading, SERIAL } from '../records.ts';
import { endAll, folder, type Server, serve, until, Witness } from '../server.ts';

afterEach(endAll);

const ROWS = 50_000;
const DEATHS = 6;
const LONG_MS = 240_000;
const FIRST = Math.floor(Date.now() / 60_000) * 60 - (ROWS + 60) * 60;

/** Two batteries with the same history. */
function tellHistory(data: string): string {
  const store = SqliteStore.open({ folder: data, timeZone: 'UTC' });
  store.commit([SERIAL, OTHER].map((serial) => clock(0, FIRST * 1000, serial)));
  for (let from = 0; from < ROWS; from += 500) {
    for (const serial of [SERIAL, OTHER]) {
      const minute = (n: number) => FIRST + (from + n) * 60;
      const said = { soc: 50, pv1_power: 1000, grid_power: -300 };
      store.commit(Array.from({ length: 500 }, (_, n) => reading('history', minute(n), said, { serial })));
    }
  }
  const id = store.idOf(SERIAL) as string;
  store.close();
  return id;
}

/** How far it has come; null where nothing is left to do. */
function progress(data: string): string | null {
  const job = look(data, (db) => db.prepare('SELECT progress FROM job').get());
  return job === undefined ? null : String(job.progress);
}

/** Only the other is there, with all of its minutes. */
function othersAreThere(data: string): void {
  const reader = new SqliteReader(data);
  const owners = reader.owners().map(({ serial }) => serial.reveal());
  expect(owners).toContain(OTHER);
  expect(owners).not.toContain(SERIAL);
  const minutes = Array.from(reader.readings('history'), ({ owner, time }) => [owner.serial.reveal(), time]);
  expect(minutes.every(([serial]) => serial === OTHER)).toBe(true);
  expect(new Set(minutes.map(([, time]) => time)).size).toBe(ROWS);
  reader.close();
}

async function forget(server: Server, id: string): Promise<void> {
  const url = `http://127.0.0.1:${server.webPort}/api/batteries/${id}`;
  const answer = await fetch(url, { method: 'DELETE', headers: { 'x-requested-by': 'a test' } });
  expect([answer.status, await answer.json()]).toEqual([200, { number: expect.any(Number), connections_closed: 0 }]);
}

it(
  'goes on after each kill, and leaves none of its words in the file',
  async () => {
    const data = folder();
    const id = tellHistory(data);
    let server = await serve({ data });
    await forget(server, id);
    for (let deaths = 0; deaths < DEATHS; deaths++) {
      const before = progress(data);
      await until('the next stroke', () => progress(data) !== before, LONG_MS);
      if (deaths % 3 === 2) expect((await server.stop()).code).toBe(0);
      else await server.kill();
      expect(progress(data), 'it is amid it').not.toBeNull();
      othersAreThere(data);
      server = await serve({ data });
    }
    const witness = await Witness.start(server.port, 'WITNESS00000001');
    await until('the rest to be done', () => progress(data) === null, LONG_MS);
    await witness.isAnswered();
    expect((await server.stop()).code).toBe(0);
    othersAreThere(data);
    expect(readFileSync(join(data, DATABASE_FILE)).includes(SERIAL)).toBe(false);
    expect(textOf(data)).not.toContain(id);
  },
  LONG_MS,
);

it(
  'any sequence, more of them',
  () => {
    forgetsAsIfAtOnce(timesOf(150));
    forgetsAllAndNothingElse(timesOf(150));
  },
  LONG_MS * 2,
);
