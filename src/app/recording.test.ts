import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folder } from '../../test/server.ts';
import { RecordingDesk, recordingsFolder, tappedBy } from './recording.ts';

const STATUS = { isRecording: false, isPrivate: false, sinceMs: null, untilMs: null, frames: 0, dropped: 0 };

describe('recordings, for the owner,', () => {
  it('are shown with their files, and begun and ended by the recorder', async () => {
    const place = recordingsFolder(folder());
    mkdirSync(place);
    writeFileSync(`${place}/recording-20240612T110410Z-1.pcapng`, 'abc');
    writeFileSync(`${place}/private-20240612T110410Z-1.pcapng`, 'abc');
    const asked: string[] = [];
    const recorder = {
      status: STATUS,
      start: async (minutes: number, isPrivate: boolean) => void asked.push(`${minutes} ${isPrivate}`),
      stop: async () => void asked.push('stop'),
    };
    const desk = new RecordingDesk(recorder, place);
    await desk.start(5, true);
    await desk.stop();
    expect(asked).toEqual(['5 true', 'stop']);
    expect(desk.status()).toMatchObject({ ...STATUS, files: [{ bytes: 3 }, { bytes: 3 }] });
    expect(String(desk.file('recording-20240612T110410Z-1.pcapng'))).toBe('abc');
    expect(desk.file('private-20240612T110410Z-1.pcapng')).toBeNull();
  });

  it('hear what others hear', () => {
    const heard: string[] = [];
    const tap = (name: string) => ({
      received: (connection: number) => void heard.push(`${name} received ${connection}`),
      sent: (connection: number) => void heard.push(`${name} sent ${connection}`),
      fromVendor: (connection: number) => void heard.push(`${name} from vendor ${connection}`),
      toVendor: (connection: number) => void heard.push(`${name} to vendor ${connection}`),
    });
    const both = tappedBy(tap('a'), tap('b'));
    const bytes = Uint8Array.of(1);
    both.received(1, bytes);
    both.sent(2, bytes);
    both.fromVendor?.(3, bytes);
    both.toVendor?.(4, bytes);
    expect(heard).toEqual([
      ...['a received 1', 'b received 1', 'a sent 2', 'b sent 2', 'a from vendor 3', 'b from vendor 3'],
      ...['a to vendor 4', 'b to vendor 4'],
    ]);
  });
});
