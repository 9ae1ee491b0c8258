import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configOf } from '../../test/config.ts';
import { outside } from '../../test/outside.ts';
import { clock, identity, reading, SERIAL, T, temporaryFolder } from '../../test/records.ts';
import { type BytesRecord, Private } from '../model.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { findingsAlone } from './doctor-alone.ts';
import { ServerFile } from './server-file.ts';

const bytesKept = (reason: string, receivedMs: number): BytesRecord => ({
  type: 'bytes',
  kept: 'discarded',
  battery: null,
  connection: 7,
  receivedMs,
  direction: 'from_battery',
  frameType: null,
  command: null,
  reason,
  bytes: Uint8Array.of(0x16, 3, 1),
});

const NOW_MS = (T + 3 * 3600) * 1000;

async function freePort(): Promise<{ port: number; listen: () => Promise<void> }> {
  const server = createServer();
  const listen = async (port = 0) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen();
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  onTestFinished(() => void server.close());
  return { port, listen: () => listen(port) };
}

function configFor(folder: string, port: number) {
  const config = configOf({ data: folder, time_zone: 'UTC' });
  return { ...config, battery: { ...config.battery, listen: { host: '127.0.0.1', port } } };
}

const look = async (folder: string, port: number, change = {}) =>
  (await findingsAlone(configFor(folder, port), 'own', () => NOW_MS, outside(change))).map(
    ({ level, code, sentence }) => `${level} ${code} ${sentence}`,
  );

/** A folder with one battery, whose clock is an hour ahead, and that was last heard three hours ago. */
function filled(): { folder: string; id: string } {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  store.commit([identity(), clock(3600), reading('live', T)]);
  const id = store.batteries()[0]?.id as string;
  store.close();
  return { folder, id };
}

describe('the doctor where no server runs', () => {
  it('says so, and what is kept', async () => {
    const { folder, id } = filled();
    const { port } = await freePort();
    const found = await look(folder, port);
    expect(found).toEqual(
      expect.arrayContaining([
        `fault PORT_NOT_LISTENING no server runs: nobody listens for batteries on port ${port}`,
        `warning BATTERY_SILENT battery ${id}: the last reading 3 h ago`,
        `warning TIME_ZONE_DIFFERS battery ${id}: its clock is 1 h ahead of the time of UTC`,
        'ok DATABASE_SOUND the database is sound',
      ]),
    );
    expect(found.join()).not.toMatch(/VISIT|OUTPUT/);
  });

  it('tells of whom bytes are kept from the last day, and never that nobody came', async () => {
    const folder = temporaryFolder();
    const store = SqliteStore.open({ folder, timeZone: 'UTC' });
    const hourAgo = NOW_MS - 3_600_000;
    store.commit([
      bytesKept('FRAME_TLS', NOW_MS - 7_200_000),
      bytesKept('FRAME_TLS', hourAgo),
      bytesKept('FRAME_HTTP', NOW_MS - 90_000_000),
      bytesKept('COMMAND_UNKNOWN', hourAgo),
      // Of a battery, that speaks well otherwise.
      { ...bytesKept('FRAME_CHECKSUM', hourAgo), battery: new Private(SERIAL) },
    ]);
    store.close();
    const { port } = await freePort();
    const found = (await look(folder, port)).filter((line) => /VISIT|BATTERY_MISSING/.test(line));
    expect(found).toEqual([
      'fault VISIT_TLS 2 times somebody came by TLS: this firmware does not speak the cleartext protocol (last 1 h ago)',
    ]);
  });

  it('tells another program from a server that does not answer', async () => {
    const { folder } = filled();
    const { port, listen } = await freePort();
    await listen();
    expect((await look(folder, port))[0]).toMatch(/^fault PORT_OF_ANOTHER /);
    new ServerFile(folder).write({ host: '127.0.0.1', port: 1, basePath: '/' });
    expect((await look(folder, port))[0]).toMatch(/^fault SERVER_NOT_ANSWERING /);
  });

  it('has no data folder, an empty one, or one that holds rubbish: it makes nothing in it', async () => {
    const { port } = await freePort();
    const folder = temporaryFolder();
    expect(await look(join(folder, 'none'), port)).toContain('warning DATA_ABSENT the data folder holds no data yet');
    expect(await look(folder, port)).toContain('warning DATA_ABSENT the data folder holds no data yet');
    expect(readdirSync(folder)).toEqual([]);
    const { folder: spoilt } = filled();
    for (const name of readdirSync(spoilt)) writeFileSync(join(spoilt, name), 'rubbish '.repeat(1000));
    const damaged = { check: async () => ({ soundness: { damage: 'no database of ours' }, unreadable: null }) };
    expect(await look(spoilt, port, damaged)).toContain('fault DATABASE_DAMAGED no database of ours');
  });
});
