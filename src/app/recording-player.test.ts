import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BEGUN_MS } from '../../test/captures/dialogues.ts';
import { pcap } from '../../test/captures/files.ts';
import { recorded, type Said, talk } from '../../test/captures/network.ts';
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

async function play(input: Uint8Array, atMs: number | null = null) {
  const folder = join(temporaryFolder(), 'played');
  const opened = await openCapture(inChunks(input, 700));
  const played = await playRecording(opened, { folder, port: 7777, atMs, limits: {} });
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
    expect(played).toEqual({
      ...{ connections: 1, frames: 1, unreadable: 1 },
      problems: new Map([['FRAME_CHECKSUM', 1]]),
    });
  });

  it('needs a moment where it has no times', async () => {
    await expect(play(joined([LIVE, LIVE]))).rejects.toMatchObject({
      ...{ code: 'CAPTURE_TIMELESS', message: expect.stringMatching(/^the recording has no times: give --at/) },
    });
    const { times } = await play(LIVE, BEGUN_MS + 5000);
    expect(times).toEqual([[BEGUN_MS / 1000 + 5, BEGUN_MS + 5000]]);
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
