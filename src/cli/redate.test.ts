import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { FakeIo, run } from '../../test/io.ts';
import { identity, reading, temporaryFolder } from '../../test/records.ts';
import { endAll, exported, serve, until } from '../../test/server.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../store/store.ts';

afterAll(endAll);

const START = Date.UTC(2026, 5, 15, 9) / 1000;
const BEHIND = 7200;

/** As an earlier version left it: right; two hours behind for half an hour; right again. The battery's clock is UTC. */
function house(): string {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  const frames = (from: number, to: number, off: number) =>
    Array.from({ length: (to - from) / 10 }, (_, index) => {
      const second = START + from + 10 * index;
      const change = { batteryTime: second, receivedMs: (second + off) * 1000 + 200 };
      return reading('live', second + off, { soc: 50 }, change);
    });
  store.commit([identity(), ...frames(0, 600, 0), ...frames(1800, 3600, -BEHIND), ...frames(3600, 4200, 0)]);
  store.close();
  return folder;
}

const off = async (folder: string) =>
  (await exported(folder, 'live')).filter(({ time, battery_time: told }) => String(time).slice(0, 19) !== told).length;

function minutesIn(folder: string): number[] {
  const db = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
  const rows = db.prepare('SELECT start FROM rollup_minute ORDER BY start').all();
  db.close();
  return rows.map(({ start }) => Number(start));
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

/** Somebody at a terminal who types that. */
async function typing(text: string, argv: readonly string[]) {
  const io = new FakeIo({ stdin: text });
  Object.assign(io.stdin, { isTTY: true });
  const code = await io.run(...argv);
  return { code, out: io.out, err: io.err };
}

describe('the command redate', () => {
  it('shows what would move, asks, and moves it with its sums', async () => {
    const folder = house();
    expect(await off(folder)).toBe(180);
    const { code, err, out } = await typing('yes\n', ['redate', '--data', folder]);
    expect(err).toMatch(
      /^\w+: 180 live readings, now from 2026-06-15T07:30:00Z to 2026-06-15T07:59:50Z, would move to 2026-06-15T09:30:00Z to 2026-06-15T09:59:50Z\n/,
    );
    expect([code, out]).toEqual([0, 'they were moved\n']);
    expect(await off(folder)).toBe(0);
    // Ten minutes, a pause, and forty.
    expect(minutesIn(folder)).toEqual([...numbers(0, 10), ...numbers(30, 40)].map((minute) => START + 60 * minute));
    // Once more there is nothing.
    expect(await run(['redate', '--data', folder])).toMatchObject({ code: 0, out: expect.stringMatching(/^nothing/) });
  });

  it.each(['no\n', '', 'y\n'])('changes nothing where the answer is %j', async (answer) => {
    const folder = house();
    const { code, out, err } = await typing(answer, ['redate', '--data', folder]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/nothing was changed\n$/);
    expect(await off(folder)).toBe(180);
  });

  it('asks nobody where nobody is, and moves what is of a time alone', async () => {
    const folder = house();
    expect(await run(['redate', '--data', folder])).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    const part = ['--from', '2026-06-15T07:40:00Z', '--to', '2026-06-15T07:50:00Z'];
    expect((await run(['redate', '--data', folder, '--yes', ...part])).code).toBe(0);
    expect(await off(folder)).toBe(120);
  });

  it('has a server that runs do it', async () => {
    const folder = house();
    await serve({ data: folder });
    const { code, out } = await run(['redate', '--data', folder, '--yes']);
    expect([code, out]).toEqual([0, 'the server moves them now, in small strokes\n']);
    await until('all to be moved', async () => (await off(folder)) === 0);
  });
});
