import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BEGUN_MS } from '../../test/captures/dialogues.ts';
import { pcap } from '../../test/captures/files.ts';
import { ENDS, recorded, type Said, talk } from '../../test/captures/network.ts';
import { inChunks } from '../../test/captures/read.ts';
import { temporaryFolder } from '../../test/records.ts';
import { fixture, frameByHand, joined } from '../../test/wire.ts';
import { openCapture } from '../capture/opened.ts';
import { SqliteReader } from '../store/sqlite/reading/reader.ts';
import { makeStore, playRecording } from './recording-player.ts';

const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));
const battery = (bytes: Uint8Array, seconds: number): Said => ({
  ...{ way: 'from_battery', bytes },
  ms: BEGUN_MS + seconds * 1000,
});

const NOW_MS = BEGUN_MS + 3_600_000;

async function play(input: Uint8Array, atMs: number | null = null, nowMs = NOW_MS) {
  const folder = join(temporaryFolder(), 'played');
  const opened = await openCapture(inChunks(input, 700));
  const played = await playRecording(opened, { folder, port: 7777, atMs, nowMs, limits: {} });
  const reader = new SqliteReader(folder);
  const times = Array.from(reader.readings('live'), ({ time, receivedMs }) => [time, receivedMs]);
  reader.close();
  return { played, times };
}

describe('a recording that is played', () => {
  it('is kept as a server would have kept it then', async () => {
    const wrong = Uint8Array.from(LIVE);
    wrong[30] = 0x23;
    const { played, times } = await play(pcap(recorded(talk([battery(LIVE, 1), battery(wrong, 11)]))));
    expect(times).toEqual([[BEGUN_MS / 1000 + 1, BEGUN_MS + 1000]]);
    expect(played).toMatchObject({
      ...{ connections: 1, frames: 1, unreadable: 1, gaps: 0, lostBytes: 0, passed: { missing: 0 } },
      problems: new Map([['FRAME_CHECKSUM', 1]]),
    });
  });

  it('is played as far as it goes, and what it lacks is told', async () => {
    const packets = recorded(talk([battery(LIVE, 1), battery(LIVE, 11), battery(LIVE, 21)]));
    const carrying = packets.filter(({ bytes }) => bytes.length > LIVE.length);
    const lacking = pcap(packets.filter((packet) => packet !== carrying[1]));
    const { played } = await play(lacking.subarray(0, -5));
    expect(played).toMatchObject({ frames: 2, gaps: 1, lostBytes: LIVE.length, passed: { missing: 5 } });
  });

  it('is not taken where its batteries cannot be told apart, since their serial numbers were replaced', async () => {
    const body = (second: number) =>
      `{"Time":"2024/06/12 12:04:${20 + second}","SN":"***************","Ppv1":"${second}"}`;
    const said = (port: number, from: number) => {
      const dialogue = [0, 2, 4, 6, 8].map((later) => battery(frameByHand(1, 16, body(from + later)), from + later));
      return recorded(talk(dialogue, { handshake: false, end: 'none' }), 'ethernet', { ...ENDS, batteryPort: port });
    };
    const one = said(40_000, 1);
    expect((await play(pcap(one))).times).toHaveLength(5);
    const both = [...one, ...said(50_000, 2)].toSorted((a, b) => a.ms - b.ms);
    await expect(play(pcap(both))).rejects.toMatchObject({ code: 'IMPORT_REFUSED' });
  });

  it('needs a moment where it has no times', async () => {
    await expect(play(joined([LIVE, LIVE]))).rejects.toMatchObject({
      ...{ code: 'CAPTURE_TIMELESS', message: expect.stringMatching(/^the recording has no times: give --at/) },
    });
    const { times } = await play(LIVE, BEGUN_MS + 5000);
    expect(times).toEqual([[BEGUN_MS / 1000 + 5, BEGUN_MS + 5000]]);
  });

  it('is not taken where it says that it is still to come, but for what two clocks may differ by', async () => {
    const input = pcap(recorded(talk([battery(LIVE, 1), battery(LIVE, 601)])));
    const later = {
      code: 'CAPTURE_MISDATED',
      message: expect.stringMatching(/ 2024-06-12T11:14:11.000Z.*still to come/),
    };
    await expect(play(input, null, BEGUN_MS + 300_000)).rejects.toMatchObject(later);
    expect((await play(input, null, BEGUN_MS + 301_000)).played.frames).toBe(2);
    await expect(play(LIVE, NOW_MS + 300_001)).rejects.toMatchObject({ code: 'CAPTURE_MISDATED' });
  });

  it('is not taken where the clock there was not set, unless its moment is given', async () => {
    const said = talk([battery(LIVE, 1)]).map((one) => ({ ...one, ms: one.ms - BEGUN_MS + 40_000 }));
    const earlier = { code: 'CAPTURE_MISDATED', message: expect.stringMatching(/ 1970-01-01T.*give --at/) };
    await expect(play(pcap(recorded(said)))).rejects.toMatchObject(earlier);
    expect((await play(pcap(recorded(said)), BEGUN_MS)).times).toEqual([[BEGUN_MS / 1000, BEGUN_MS]]);
  });

  it('may hold nothing at all', async () => {
    const { played, times } = await play(new Uint8Array(0));
    expect([played.frames, times]).toEqual([0, []]);
  });
});

it('who has recordings and no server gets a data folder', () => {
  const folder = join(temporaryFolder(), 'new');
  makeStore(folder, 'Europe/Dublin');
  const reader = new SqliteReader(folder);
  expect(reader.owners('all')).toEqual([]);
  reader.close();
});
