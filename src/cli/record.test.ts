import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../../test/io.ts';
import { endAll, folder, Peer, serve, successTo } from '../../test/server.ts';
import { fixture, frameByHand } from '../../test/wire.ts';

afterEach(endAll);

const LOGIN = frameByHand(1, 2, fixture('1-1-2.login.json'));
const SERIAL = 'AL2002021010101';

const record = (data: string, ...words: string[]) => run(['record', ...words, '--data', data]);

describe('record', () => {
  it('records the connections of the running server, without private values or with them', async () => {
    const data = folder();
    const server = await serve({ data });
    expect(await record(data)).toEqual({ code: 0, out: 'not recording: 0 messages\n', err: '' });
    for (const [flags, kind] of [
      [[], 'recording'],
      [['--private'], 'private'],
    ] as const) {
      const begun = await record(data, 'start', '--minutes', '5', ...flags);
      expect(begun.out).toMatch(/^recording until 20\S+, with(?:out)? private values: 0 messages\n/);
      const battery = await Peer.connect(server.port);
      battery.send(LOGIN);
      await battery.receives(successTo(2));
      const { out } = await record(data, 'stop');
      expect(out).toMatch(/^not recording: 2 messages\n/);
      const name = readdirSync(join(data, 'recordings')).find((one) => one.startsWith(kind)) ?? expect.unreachable();
      expect(out).toContain(join(data, 'recordings', name));
      expect(readFileSync(join(data, 'recordings', name), 'latin1').includes(SERIAL)).toBe(kind === 'private');
    }
    expect((await server.stop()).code).toBe(0);
  });

  it('says that no server runs', async () => {
    const { code, err } = await record(folder(), 'start');
    expect([code, err]).toEqual([1, expect.stringContaining('no server runs on that folder')]);
  });

  it('takes what is for its start there alone', async () => {
    const { code, err } = await run(['record', 'stop', '--minutes', '5']);
    expect([code, err]).toEqual([2, 'alphaess-local: --minutes is for record start: stop takes none [USAGE]\n']);
  });

  it('knows no other word', async () => {
    const { code, err } = await record(folder(), 'begin');
    expect([code, err]).toEqual([2, expect.stringContaining('there are: start, stop, status')]);
  });
});
