/**
 * Bodies as a C program writes them, sent to the real server: what is read of them is kept, the rest as bytes beside it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endAll, exported, folder, Peer, type Row, type Server, serve, setAside, successTo } from './server.ts';
import { frameByHand, hexOf } from './wire.ts';

const SERIAL = 'AL2002021010177';
/** Each message a second later than the one before, so that none is a repetition. */
const LIVE = (second: number) =>
  `{"Time": "2024/06/12 12:04:${second}", "SN": "${SERIAL}", "Ppv1": "1000", "Ppv2": "0", "PrealL1": "900", ` +
  '"PmeterL1": "-200", "PmeterDC": "0", "Pbat": "0.0000", "SOC": "62.0"}';
const WHOLE = { pv_power: 1000, grid_power: -200, load_power: 700, soc: 62 };

let server: Server;
let messages = 10;
let endShared: () => Promise<void> = endAll;

beforeAll(async () => {
  server = await serve({ data: folder() });
  endShared = setAside();
});
afterAll(() => endShared());

/** What is kept of a kind that was not before, and of bytes that were not understood, once the message is answered. */
async function keptOf(kind: string, command: number, body: string | Uint8Array): Promise<[rows: Row[], bytes: Row[]]> {
  const kept = () => Promise.all([kind, 'unknown'].map((one) => exported(server.data, one, '--private')));
  const before = new Set((await kept()).flat().map((row) => JSON.stringify(row)));
  const frame = frameByHand(1, command, body);
  const peer = (await Peer.connect(server.port)).send(frame);
  await peer.receives(successTo(command));
  const isNew = (row: Row) => !before.has(JSON.stringify(row));
  const [rows = [], unknown = []] = (await kept()).map((all) => all.filter(isNew));
  for (const { hex, battery } of unknown) expect([hex, battery]).toEqual([hexOf(frame), expect.any(String)]);
  return [rows, unknown];
}

describe('a live message', () => {
  it.each([
    ['with a closing NUL', (body: string) => `${body}\0`, 'sound'],
    ['with a byte order mark', (body: string) => `\ufeff${body}`, 'sound'],
    ['with CRLF at its end', (body: string) => `${body}\r\n`, 'sound'],
    ['with a comma too many', (body: string) => body.replace('"}', '",}'), 'sound'],
    ['with a bare nan', (body: string) => body.replace('"0.0000"', 'nan'), 'unread'],
    ['with a bare -nan', (body: string) => body.replace('"0.0000"', '-nan'), 'unread'],
    ['with a bare inf', (body: string) => body.replace('"0.0000"', 'inf'), 'unread'],
    ['without a value', (body: string) => body.replace('"0.0000"', ''), 'unread'],
    ['followed by another’s end', (body: string) => `${body}"62.0"}`, 'kept'],
  ])('%s is read', async (_what, spoil, how) => {
    const [rows, unknown] = await keptOf('live', 16, spoil(LIVE(messages++)));
    expect(rows).toMatchObject([WHOLE]);
    expect(rows[0]?.battery_power).toBe(how === 'unread' ? undefined : 0);
    expect(unknown.map(({ reason }) => reason)).toEqual(how === 'sound' ? [] : ['BODY_PARTLY_READ']);
  });

  it('with a time of a clock of twelve hours, in Chinese, is dated by its arrival', async () => {
    const [rows] = await keptOf('live', 16, LIVE(messages).replace('2024/06/12 ', '2024/06/12 下午'));
    expect(rows).toMatchObject([{ ...WHOLE, battery_time: null, other: { Time: `2024/06/12 下午12:04:${messages}` } }]);
  });
});

describe('a configuration', () => {
  it('with an address in Latin-1 is read, and its bytes are kept', async () => {
    const body = Buffer.from(`{"SN":"${SERIAL}","GridCharge":"1","Address":"Hauptstraße 1"}`, 'latin1');
    const [rows, unknown] = await keptOf('config', 4, body);
    expect(rows).toMatchObject([{ grid_charge_enabled: true, address: 'Hauptstraße 1' }]);
    expect(unknown).toMatchObject([{ reason: 'BODY_PARTLY_READ' }]);
    const [shown] = (await exported(server.data, 'config')).slice(-1);
    expect(JSON.stringify(shown)).not.toContain('Haupt');
    expect(JSON.stringify(await exported(server.data, 'unknown'))).not.toContain(Buffer.from('Haupt').toString('hex'));
  });

  it('with quotes in an address is read, and hides all of it', async () => {
    const body = `{"SN":"${SERIAL}","GridCharge":"0","Address":"Haus "Sonne" 1","Popv":"9.2"}`;
    const [rows] = await keptOf('config', 4, body);
    expect(rows).toMatchObject([{ grid_charge_enabled: false, address: 'Haus "Sonne" 1', pv_size: 9.2 }]);
    expect(JSON.stringify(await exported(server.data, 'unknown'))).not.toContain(Buffer.from('Sonne').toString('hex'));
  });
});

describe('a packet of history', () => {
  const NAMES = 'Date,Time,SN,Ppv1,Ppv2,PrealL1,PmeterL1,PmeterDC,SOC';
  const ROW = (minute: number) => `2024/06/12,11:${minute}:00,${SERIAL},1000,0,900,-200,0,62.0`;

  it.each([
    ['a signal of two numbers', (minute: number) => `${NAMES},CSQ\n${ROW(minute)},99,99\n`],
    ['a comma at the end of the row', (minute: number) => `${NAMES}\n${ROW(minute)},\n`],
    ['a comma at the end of both', (minute: number) => `${NAMES},\n${ROW(minute)},\n`],
    ['a comma at the end of the header', (minute: number) => `${NAMES},\n${ROW(minute)}\n`],
    ['CRLF', (minute: number) => `${NAMES}\r\n${ROW(minute)}\r\n`],
    ['a byte order mark and NULs', (minute: number) => `\ufeff${NAMES}\n${ROW(minute)}\n\0\0`],
  ])('with %s is read', async (_what, packet) => {
    const [rows, unknown] = await keptOf('history', 12, packet(messages++));
    expect(rows).toMatchObject([WHOLE]);
    expect(unknown).toEqual([]);
  });
});
