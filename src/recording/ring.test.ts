import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder } from '../../test/server.ts';
import { RecordingRing, readRecording, recordingsIn } from './ring.ts';

const AT = Date.UTC(2024, 5, 12, 11, 4, 10);

describe('the files of recordings', () => {
  it('are none where nothing was recorded', () => {
    expect(recordingsIn(join(folder(), 'nowhere'))).toEqual([]);
  });

  it('are listed, the newest first, and no others', () => {
    const place = folder();
    for (const name of [
      ...['recording-20240612T110410Z-2.pcapng', 'recording-20240612T110410Z-10.pcapng', 'notes.txt'],
      ...['private-20240613T000000Z-1.pcapng', 'recording-20240612T110410Z-1.pcapng.gz', '..pcapng'],
    ])
      writeFileSync(join(place, name), 'x');
    expect(recordingsIn(place)).toEqual([
      { name: 'private-20240613T000000Z-1.pcapng', bytes: 1, sinceMs: Date.UTC(2024, 5, 13), isPrivate: true },
      { name: 'recording-20240612T110410Z-10.pcapng', bytes: 1, sinceMs: AT, isPrivate: false },
      { name: 'recording-20240612T110410Z-2.pcapng', bytes: 1, sinceMs: AT, isPrivate: false },
    ]);
  });

  it('are given away by name, but for those with private values, and nothing beside them', () => {
    const house = folder();
    const place = join(house, 'recordings');
    mkdirSync(place);
    writeFileSync(join(house, 'web-password.json'), 'secret');
    writeFileSync(join(place, 'recording-20240612T110410Z-1.pcapng'), 'sanitised');
    writeFileSync(join(place, 'private-20240612T110410Z-1.pcapng'), 'as it was sent');
    expect(String(readRecording(place, 'recording-20240612T110410Z-1.pcapng'))).toBe('sanitised');
    for (const name of [
      'private-20240612T110410Z-1.pcapng',
      '../web-password.json',
      '..',
      '',
      'recording-20240612T110410Z-2.pcapng',
    ])
      expect(readRecording(place, name), name).toBeNull();
  });

  it('begin anew once they are large enough', async () => {
    const place = folder();
    const head = Uint8Array.of(1, 2, 3);
    const ring = new RecordingRing({ folder: place, maxBytes: 80, isPrivate: false, head, failed: () => {} });
    expect([ring.turn(AT), ring.write(new Uint8Array(6)), ring.turn(AT), ring.write(new Uint8Array(1))]).toEqual([
      1,
      true,
      1,
      true,
    ]);
    expect(ring.turn(AT)).toBe(2);
    await ring.end();
    expect(recordingsIn(place).map(({ bytes }) => bytes)).toEqual([3, 10]);
    expect(ring.write(head)).toBe(false);
  });
});
