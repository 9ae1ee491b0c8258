import { describe, expect, it } from 'vitest';
import { FakeIo, run } from '../../test/io.ts';
import {
  bytes,
  controlChange,
  event,
  held,
  identity,
  OTHER,
  reading,
  SERIAL,
  schedule,
  T,
  temporaryFolder,
} from '../../test/records.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';

const NEWCOMER = 'AL2002021010107';

/** A folder with two batteries and a newcomer. */
function house() {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  store.commit([
    identity(),
    ...[0, 10, 20].map((second) => reading('live', T + second, { soc: 7 })),
    reading('detail', T, {}),
    event(),
    bytes({ serial: SERIAL }),
    identity(OTHER, 8),
    reading('live', T, { soc: 9 }, { serial: OTHER }),
    held(reading('live', T, {}, { serial: NEWCOMER }), { why: 'newcomer' }),
  ]);
  const ids = [SERIAL, OTHER, NEWCOMER].map((serial) => store.shortIdOf(serial));
  store.close();
  return { folder, id: ids[0] as string, other: ids[1] as string, newcomer: ids[2] as string };
}

/** Somebody at a terminal who types that. */
async function typing(text: string, argv: readonly string[], environment = {}) {
  const io = new FakeIo({ stdin: text, environment });
  Object.assign(io.stdin, { isTTY: true });
  const code = await io.run(...argv);
  return { code, out: io.out, err: io.err };
}

const forget = (folder: string, ...argv: string[]) => ['forget', '--data', folder, ...argv];
const idsIn = async (folder: string) => {
  const { out } = await run(['export', '--data', folder, '--kind', 'live']);
  return [...new Set(out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).battery])))];
};

describe('the command forget', () => {
  it('shows what there is, asks, and says what was removed', async () => {
    const { folder, id, other } = house();
    const { code, out, err } = await typing('yes\n', forget(folder, id));
    expect({ code, err, out }).toEqual({
      code: 0,
      err: [
        `${id} has`,
        '  3 live readings, from 2024-06-12T11:04:00.000Z to 2024-06-12T11:04:20.000Z',
        '  1 detail reading, from 2024-06-12T11:04:00.000Z to 2024-06-12T11:04:00.000Z',
        'All of it, with its events, configurations, energy, changes of its settings and schedules, is removed from here for good.',
        'Backups still contain it; InfluxDB and other outputs keep what they were given.',
        `Type yes to forget ${id}: `,
      ].join('\n'),
      out: [
        `${id} is forgotten; removed: 3 live readings, 1 detail reading, 1 event, 1 frame`,
        'backups still contain it; InfluxDB and other outputs keep what they were given',
        '',
      ].join('\n'),
    });
    expect(await idsIn(folder)).toEqual([other]);
  });

  it.each(['no\n', '\n', '', 'y\n', 'yes please\n'])('changes nothing where the answer is %j', async (answer) => {
    const { folder, id, other } = house();
    const { code, out, err } = await typing(answer, forget(folder, id));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/nothing was changed\n$/);
    expect((await idsIn(folder)).sort()).toEqual([id, other].sort());
  });

  it('does not ask where it is told so', async () => {
    const { folder, id, other } = house();
    const { code, err } = await run(forget(folder, id, '--yes'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(await idsIn(folder)).toEqual([other]);
    const again = await run(forget(folder, id, '--yes'));
    expect(again.code).toBe(2);
    expect(again.err).toContain(`there is no battery ${id}: there is ${other}, `);
  });

  it('names changes of settings and schedules among what was removed', async () => {
    const folder = temporaryFolder();
    const store = SqliteStore.open({ folder, timeZone: 'UTC' });
    store.commit([identity(), controlChange(1), identity(OTHER, 8), controlChange(1, {}, OTHER)]);
    store.commit([controlChange(2, {}, OTHER), schedule('{"windows":[]}', OTHER)]);
    const [id, other] = [SERIAL, OTHER].map((serial) => store.shortIdOf(serial) as string) as [string, string];
    store.close();
    const { out } = await run(forget(folder, id, '--yes'));
    expect(out).toContain(`${id} is forgotten; removed: 1 change of its settings\n`);
    const { out: more } = await run(forget(folder, other, '--yes'));
    expect(more).toContain(`${other} is forgotten; removed: 2 changes of its settings, its schedules\n`);
  });

  it('takes a newcomer, and a name', async () => {
    const { folder, other, newcomer } = house();
    const asked = await typing(' YES \n', forget(folder, newcomer));
    expect(asked.err).toContain('\n  1 reading kept apart, come from 2024-06-12T11:04:00.000Z to ');
    expect(asked.out).toContain(`${newcomer} is forgotten; removed: 1 reading kept apart\n`);
    const environment = { ALPHAESS_LOCAL_BATTERY_NAMES: `${other}=Garage` };
    const { out } = await run(forget(folder, 'Garage', '--yes'), { environment });
    expect(out).toContain(`${other} (Garage) is forgotten; removed: 1 live reading\n`);
  });

  it('says which topics the next server is to clear', async () => {
    const { folder, id } = house();
    const store = SqliteStore.open({ folder, timeZone: 'UTC' });
    store.remember(new Map([[`mqtt ${id}`, '{"retained":["a","b"]}']]));
    store.close();
    const { out } = await run(forget(folder, id, '--yes'));
    expect(out).toContain('2 topics at the MQTT broker are cleared once the server reaches it\n');
  });

  it.each<[string, (folder: string, id: string) => string[], RegExp, number]>([
    ['nobody who could be asked', (folder, id) => forget(folder, id), /give --yes where nobody can be asked/, 2],
    [
      'an id that is not there',
      (folder) => forget(folder, 'nobody', '--yes'),
      /there is no battery nobody: there is [0-9a-f]{6}, /,
      2,
    ],
    ['no id', (folder) => forget(folder), /missing required argument/, 2],
    ['no data', () => forget(temporaryFolder(), 'b3f1c2', '--yes'), /there is no data in /, 1],
  ])('fails where there is %s', async (_, argv, sentence, exitCode) => {
    const { folder, id } = house();
    const { code, err } = await run(argv(folder, id));
    expect([code, err]).toEqual([exitCode, expect.stringMatching(sentence)]);
    expect(await idsIn(folder)).toHaveLength(2);
  });
});
