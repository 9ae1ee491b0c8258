import { describe, expect, it } from 'vitest';
import { run } from '../../test/io.ts';
import { held, identity, peer, reading, SERIAL, T, temporaryFolder } from '../../test/records.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';

const OTHER = { number: 2, standing: 'other' as const, rank: null, login: 'x', conflicts: 3, conflictMs: T * 1000 };

/** A folder whose battery two speak for; and a newcomer. */
function house(): { folder: string; id: string; newcomer: string } {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  store.commit([identity(), peer(), peer(OTHER), held(reading('live', T, { soc: 7 }))]);
  store.commit([held(reading('live', null, {}, { serial: 'AL-NEW', batteryTime: T }), { why: 'newcomer' })]);
  const found = { folder, id: store.idOf(SERIAL) as string, newcomer: store.shortIdOf('AL-NEW') };
  store.close();
  return found;
}

const trust = (folder: string, ...flags: string[]) => run(['trust', '--data', folder, ...flags]);

describe('the command trust', () => {
  it('lists who has spoken for each battery, and what is kept apart, without addresses', async () => {
    const { folder, id, newcomer } = house();
    const { code, out, err } = await trust(folder);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      [
        id,
        '  peer 1: trusted since 2024-06-12T11:04:00.000Z, never logged in, 0 conflicts, 0 readings kept apart',
        '  peer 2: not trusted since 2024-06-12T11:04:00.000Z, logged in, 3 conflicts, 1 reading kept apart',
        newcomer,
        '  no battery yet: 1 reading kept apart, from 2024-06-12T11:04:00.000Z to 2024-06-12T11:04:00.000Z',
        '',
      ].join('\n'),
    );
  });

  it('says addresses where they are asked for, and one battery where one is named', async () => {
    const { folder, id, newcomer } = house();
    const { out } = await trust(folder, id, '--private');
    expect(out).toContain(', from 192.168.1.20, ');
    expect(out).not.toContain(newcomer);
    expect((await trust(folder, newcomer)).out).not.toContain(id);
    expect((await trust(folder, 'abcdef')).out).toBe('nothing is known of abcdef\n');
    const empty = temporaryFolder();
    SqliteStore.open({ folder: empty, timeZone: 'UTC' }).close();
    expect((await trust(empty)).out).toBe('no battery was heard yet\n');
  });

  it('trusts the other, whose readings are then the battery’s', async () => {
    const { folder, id } = house();
    const { code, out } = await trust(folder, id, '--swap');
    expect(code).toBe(0);
    expect(out).toContain('peer 1: refused');
    expect(out).toMatch(/peer 2: trusted since .*, 0 readings kept apart/);
    const { out: rows } = await run(['export', '--data', folder, '--kind', 'live']);
    expect(rows).toContain('"soc":7');
    expect((await trust(folder, id, '--swap')).out).toContain('peer 1: trusted');
  });

  it('refuses the other, and adopts what is kept apart', async () => {
    const { folder, id } = house();
    expect((await trust(folder, id, '--refuse')).out).toContain('peer 2: refused');
    expect((await trust(folder, id, '--adopt', '--peer', '2')).out).toContain('peer 2: refused since');
    expect((await run(['export', '--data', folder, '--kind', 'live'])).out).toContain('"soc":7');
  });

  it.each<[string, string[], RegExp]>([
    ['no battery', ['--swap'], /--swap needs the battery/],
    ['two things at once', ['b3f1c2', '--swap', '--adopt'], /give one of --swap and --adopt/],
    ['a battery that is not there', ['nobody', '--swap'], /there is no battery nobody/],
    ['a peer that is none', ['b3f1c2', '--swap', '--peer', '0'], /whole number from 1 up/],
  ])('is told from what cannot be meant: %s', async (_, flags, sentence) => {
    const { code, err } = await trust(house().folder, ...flags);
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
  });

  it('knows the names that the owner gave', async () => {
    const { folder, id } = house();
    const environment = { ALPHAESS_LOCAL_BATTERY_NAMES: `${id}=Garage` };
    const { out } = await run(['trust', 'Garage', '--data', folder], { environment });
    expect(out.split('\n')[0]).toBe(`${id} (Garage)`);
  });
});
