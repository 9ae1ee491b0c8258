import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pcap } from '../../test/captures/files.ts';
import { recorded, type Said, talk } from '../../test/captures/network.ts';
import { ASK, GIVEN, told } from '../../test/controlled.ts';
import { run } from '../../test/io.ts';
import { identity, OTHER, SERIAL, temporaryFolder } from '../../test/records.ts';
import { clockText, endAll, exported, Peer, serve, until } from '../../test/server.ts';
import { tokensIn } from '../../test/web.ts';
import { frameByHand, joined } from '../../test/wire.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';

afterAll(endAll);

const BEGUN = Date.UTC(2024, 5, 12, 11, 4, 10) / 1000;
const live = (second: number) =>
  frameByHand(1, 16, `{"Time":"${clockText(BEGUN + second)}","SN":"${SERIAL}","Ppv1":"${1000 + second}"}`);
const SAID = [0, 10, 20, 30].map(
  (second): Said => ({
    ...{ way: 'from_battery', bytes: live(second) },
    ms: (BEGUN + second) * 1000 + 100,
  }),
);

function recording(folder: string): string {
  const file = join(folder, 'capture.pcap');
  writeFileSync(file, pcap(recorded(talk(SAID))));
  return file;
}

const idIn = (out: string) => /battery (\w+)/.exec(out)?.[1] ?? '';

describe('the command import', () => {
  it('says what it would do, does it once, and keeps it apart', async () => {
    const folder = temporaryFolder();
    const file = recording(folder);
    const data = join(folder, 'data');
    const trial = await run(['import', file, '--data', data, '--dry-run']);
    expect(trial).toMatchObject({ code: 0, err: '' });
    expect(trial.out).toMatch(
      /^pcap, Ethernet\n1 connection, 4 whole frames\nbattery \w+, kept apart from your own\n {2}live readings +4 would be new, 0 known\nnothing was changed: this was a dry run\n$/,
    );
    expect((await run(['import', file, '--data', data])).out).toContain('4 new, 0 known');
    const again = await run(['import', file, '--data', data]);
    expect(again.out).toContain('0 new, 4 known');
    expect(await exported(data, 'live')).toEqual([]);
    const rows = await exported(data, 'live', '--battery', idIn(again.out));
    expect(rows.map((row) => row.time)).toEqual(
      [0, 10, 20, 30].map((second) => expect.stringContaining(`11:04:${10 + second}`)),
    );
    expect(readdirSync(data).filter((name) => name.startsWith('import-'))).toEqual([]);
  });

  it('has the running server do it, whose outputs and page are told nothing; its own battery’s with --as', async () => {
    const folder = temporaryFolder();
    const file = recording(folder);
    const environment = { ALPHAESS_LOCAL_STORE_KEEP_LIVE: 'forever' };
    const server = await serve({ data: join(folder, 'data'), environment });
    const peer = await Peer.connect(server.port);
    peer.socket.write(live(10));
    const id = await until('the battery', async () => (await exported(server.data, 'live'))[0]?.battery as string);
    const apart = await run(['import', file, '--data', server.data]);
    expect(apart).toMatchObject({ code: 0, out: expect.stringContaining(`this is your battery ${id}: --as ${id}`) });
    const batteries = (await (await fetch(`http://127.0.0.1:${server.webPort}/api/batteries`)).json()) as {
      id: string;
    }[];
    expect(batteries.map((battery) => battery.id)).toEqual([id]);
    const own = await run(['import', file, '--data', server.data, '--as', id]);
    expect(own).toMatchObject({ code: 0, out: expect.stringContaining('4 new') });
    expect((await run(['import', file, '--data', server.data, '--as', id])).out).toContain('0 new, 4 known');
    expect(await exported(server.data, 'live', '--battery', id)).toHaveLength(5);
    const nobody = await run(['import', file, '--data', server.data, '--as', 'c0ffee']);
    expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('no such battery') });
  });

  it('as a battery that the recording does not name is said to be so', async () => {
    const folder = temporaryFolder();
    const data = join(folder, 'data');
    const store = SqliteStore.open({ folder: data, timeZone: 'UTC' });
    store.commit([identity(OTHER, 1)]);
    const id = store.idOf(OTHER) ?? '';
    store.close();
    const { code, out } = await run(['import', recording(folder), '--data', data, '--as', id, '--dry-run']);
    expect([code, out]).toEqual([0, expect.stringContaining('names another serial number, or none')]);
  });

  it('asks for a moment where the recording has none', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'raw');
    writeFileSync(file, joined(SAID.map(({ bytes }) => bytes)));
    const without = await run(['import', file, '--data', folder]);
    expect(without).toMatchObject({ code: 2, err: expect.stringContaining('no times: give --at') });
    const at = await run(['import', file, '--data', folder, '--at', '2024-06-12T10:00:00Z']);
    expect(at).toMatchObject({ code: 0, out: expect.stringContaining('4 new') });
    const rows = await exported(folder, 'live', '--battery', idIn(at.out));
    expect(rows.map((row) => String(row.time).slice(11, 19))).toEqual(['10:00:00', '10:00:10', '10:00:20', '10:00:30']);
  });

  it('says that there is nothing in it', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'none');
    writeFileSync(file, '');
    expect(await run(['import', file, '--data', folder])).toMatchObject({ code: 1 });
    const nameless = join(folder, 'nameless.pcap');
    writeFileSync(nameless, pcap(recorded(talk([{ way: 'from_battery', bytes: frameByHand(1, 7, '{}'), ms: 17e11 }]))));
    const { code, out } = await run(['import', nameless, '--data', folder]);
    expect([code, out]).toEqual([
      1,
      expect.stringContaining('1 message not imported: it is not known of which battery\nnothing was imported'),
    ]);
  });

  it('says what is missing in it', async () => {
    const folder = temporaryFolder();
    const packets = recorded(talk(SAID));
    const carrying = packets.filter(({ bytes }) => bytes.length > live(0).length);
    const file = join(folder, 'cut.pcap');
    writeFileSync(file, pcap(packets.filter((packet) => packet !== carrying[1])).subarray(0, -5));
    const { code, out } = await run(['import', file, '--data', folder]);
    expect([code, out]).toEqual([0, expect.stringContaining('3 whole frames\n1 gap: ')]);
    expect(out).toContain(`1 gap: ${live(10).length} bytes or more missing in the recording`);
    expect(out).toContain('the capture ends in the middle of a packet: 5 bytes of it are missing\n');
  });

  it('removes what an earlier one left that was ended', async () => {
    const folder = temporaryFolder();
    const file = recording(folder);
    const [old, young] = [join(folder, 'import-aaaaaa'), join(folder, 'import-bbbbbb')];
    for (const left of [old, young]) mkdirSync(left);
    utimesSync(old, new Date(0), new Date(0));
    await run(['import', file, '--data', folder]);
    expect(readdirSync(folder).filter((name) => name.startsWith('import-'))).toEqual(['import-bbbbbb']);
  });
});

describe('what the vendor gave, in a recording', () => {
  const given = frameByHand(2, 3, GIVEN);
  const heard = (bytes: Uint8Array, way: Said['way'], second: number): Said => ({
    bytes,
    way,
    ms: (BEGUN + second) * 1000,
  });
  const asked = heard(frameByHand(1, 3, ASK), 'from_battery', 1);
  const reported = heard(frameByHand(1, 4, told()), 'from_battery', 3);
  const success = heard(frameByHand(2, 4, '{"Status":"Success"}'), 'to_battery', 4);

  function evening(folder: string, body: Uint8Array): string {
    const file = join(folder, 'evening.pcap');
    const said = [SAID[0] as Said, asked, heard(body, 'to_battery', 2), reported, success, ...SAID.slice(1)];
    writeFileSync(file, pcap(recorded(talk(said))));
    return file;
  }

  /** The house's battery has told its settings; nothing is known of its vendor's. */
  async function house(folder: string) {
    const data = join(folder, 'data');
    mkdirSync(data);
    tokensIn(data);
    const environment = { ALPHAESS_LOCAL_CONTROL_ENABLED: 'true', ALPHAESS_LOCAL_STORE_KEEP_LIVE: 'forever' };
    const server = await serve({ data, environment });
    const peer = await Peer.connect(server.port);
    const now = clockText(Date.now() / 1000);
    peer.socket.write(
      joined([frameByHand(1, 16, `{"Time":"${now}","SN":"${SERIAL}","SOC":"57.6"}`), frameByHand(1, 4, told())]),
    );
    const id = await until('the battery', async () => (await exported(data, 'config'))[0]?.battery as string);
    const status = async () => (await run(['control', 'status', id, '--data', data])).out;
    return { server, data, id, status };
  }

  it('is what control needs: with --as it is available then, after a restart too', async () => {
    const folder = temporaryFolder();
    const { server, data, id, status } = await house(folder);
    expect(await status()).toContain('no configuration of the vendor’s is known');
    const file = evening(folder, given);
    const trial = await run(['import', file, '--as', id, '--data', data, '--dry-run']);
    expect(trial.out).toMatch(/given by vendor +1 would be new, 0 known/);
    expect(await status()).toContain('no configuration of the vendor’s is known');
    expect((await run(['import', file, '--as', id, '--data', data])).out).toMatch(/given by vendor +1 new, 0 known/);
    expect(await status()).not.toContain('nothing can be changed now');
    expect((await run(['import', file, '--as', id, '--data', data])).out).toMatch(/given by vendor +0 new, 1 known/);
    await server.stop();
    const store = SqliteStore.open({ folder: data, timeZone: 'UTC' });
    const { configurations } = store.batteryOf(SERIAL)?.vendor ?? {};
    store.close();
    expect(configurations?.newest).toMatchObject({ source: 'import', receivedMs: (BEGUN + 2) * 1000 });
    expect(new TextDecoder().decode(configurations?.newest?.body.reveal())).toBe(GIVEN);
  });

  it('is taken where no server runs, too', async () => {
    const folder = temporaryFolder();
    const { server, data, id } = await house(folder);
    await server.stop();
    const out = (await run(['import', evening(folder, given), '--as', id, '--data', data])).out;
    expect(out).toMatch(/given by vendor +1 new, 0 known/);
  });
});
