import { describe, expect, it, onTestFinished } from 'vitest';
import { configOf } from '../../test/config.ts';
import { run } from '../../test/io.ts';
import { clock as clockOf, reading, temporaryFolder } from '../../test/records.ts';
import { App } from '../app/app.ts';
import type { Note } from '../log/log.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';

const HERE = { host: '127.0.0.1', port: 0 };
const YEAR_SECONDS = 365 * 86_400;
const BELIEVED = 'the server’s own clock is believed: what is too old is removed\n';

/** A folder whose newest reading came a year ago. */
function oldFolder(): string {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  store.commit([reading('live', Math.floor(Date.now() / 1000) - YEAR_SECONDS)]);
  store.close();
  return folder;
}

/** Its kernel is asked nothing: no program is found that could. */
async function serving(folder: string): Promise<string[]> {
  const { PATH } = process.env;
  process.env.PATH = temporaryFolder();
  onTestFinished(() => {
    process.env.PATH = PATH;
  });
  const codes: string[] = [];
  const config = configOf({ data: folder, time_zone: 'UTC' });
  const app = new App(
    { ...config, battery: { ...config.battery, listen: HERE }, web: { ...config.web, listen: HERE } },
    { wantsLive: false, live: () => {}, note: ({ code }: Note) => void codes.push(code) },
  );
  await app.start();
  onTestFinished(() => app.stop());
  return codes;
}

const clock = (folder: string, ...flags: string[]) => run(['clock', '--data', folder, ...flags]);

describe('the server’s own clock', () => {
  it('is said to be believed', async () => {
    const folder = temporaryFolder();
    await serving(folder);
    await expect.poll(() => clock(folder)).toEqual({ code: 0, out: BELIEVED, err: '' });
    expect(await clock(folder, '--confirm')).toEqual({ code: 0, out: BELIEVED, err: '' });
  });

  it('says which batteries’ clocks nothing confirmed', async () => {
    const folder = temporaryFolder();
    const store = SqliteStore.open({ folder, timeZone: 'UTC' });
    const known = clockOf(3600);
    store.commit([{ ...known, epochs: known.epochs.map((epoch) => ({ ...epoch, unconfirmed: true })) }]);
    const [id] = store.batteries().map((battery) => battery.id);
    store.close();
    await serving(folder);
    await expect
      .poll(async () => (await clock(folder)).out)
      .toContain(`unconfirmed: the clock of ${id}, measured while`);
  });

  it('is doubted with the reason, until its owner confirms it', async () => {
    const folder = oldFolder();
    const codes = await serving(folder);
    await expect.poll(() => codes).toContain('SERVER_CLOCK_DOUBTED');
    const { code, out } = await clock(folder);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^the server’s own clock shows .* alphaess-local clock --confirm\n$/),
    ]);
    expect(await clock(folder, '--confirm')).toEqual({ code: 0, out: BELIEVED, err: '' });
    expect(codes.at(-1)).toBe('SERVER_CLOCK_SURE');
    expect((await clock(folder)).out).toBe(BELIEVED);
  });

  it('is confirmed for the next start where no server runs', async () => {
    const folder = oldFolder();
    expect(await clock(folder)).toEqual({
      code: 1,
      out: '',
      err: 'alphaess-local: no server runs on that folder, and a server judges its clock when it starts: start it, or give --data [SERVER_UNREACHABLE]\n',
    });
    expect(await clock(folder, '--confirm')).toEqual({ code: 0, out: BELIEVED, err: '' });
    const codes = await serving(folder);
    await expect.poll(() => clock(folder)).toEqual({ code: 0, out: BELIEVED, err: '' });
    expect(codes).not.toContain('SERVER_CLOCK_DOUBTED');
  });

  it('has no folder to be confirmed in', async () => {
    const { code, err } = await clock(temporaryFolder(), '--confirm');
    expect([code, err]).toEqual([1, expect.stringContaining('there is no data in')]);
  });
});
