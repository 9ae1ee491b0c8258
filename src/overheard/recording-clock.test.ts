import { describe, expect, it } from 'vitest';
import { frameByHand } from '../../test/wire.ts';
import type { CaptureItem } from '../capture/capture-reader.ts';
import { pieces } from '../protocol/pieces.ts';
import { RecordingClock } from './recording-clock.ts';

const AT = Date.UTC(2024, 5, 12, 11, 4, 20);
const LIVE = (time: string) => frameByHand(1, 16, `{"Time":"${time}","SN":"AL2002021010101","Ppv1":"1"}`);

function item(bytes: Uint8Array, ms: number | null): CaptureItem {
  const [piece] = [...pieces(bytes)];
  if (piece === undefined) return expect.unreachable();
  return { kind: 'piece', piece, ms, missing: null, isFragment: false, connection: null, direction: null };
}

const ENDED: CaptureItem = { kind: 'ended', ms: null, connection: null, direction: null };
const LOGIN = frameByHand(1, 2, '{"UserName":"AL2002021010101"}');

describe('the moments of a recording', () => {
  it('are its own where they are UTC; the second clock counts from the first', () => {
    const clock = new RecordingClock(null);
    expect(clock.last).toBeNull();
    expect(clock.of(item(LOGIN, 5000), 'utc')).toEqual({ wallMs: 5000, monoMs: 0 });
    expect(clock.of(item(LOGIN, 7000), 'utc')).toEqual({ wallMs: 7000, monoMs: 2000 });
    expect(clock.of(ENDED, 'utc')).toEqual({ wallMs: 7000, monoMs: 2000 });
    expect(clock.last).toEqual({ wallMs: 7000, monoMs: 2000 });
  });

  it('never go back, though packets were recorded in another order', () => {
    const clock = new RecordingClock(null);
    clock.of(item(LOGIN, 5000), 'utc');
    expect(clock.of(item(LOGIN, 4000), 'utc')).toEqual({ wallMs: 5000, monoMs: 0 });
  });

  it.each(['local', 'time of day'] as const)('are not known where they are %s, unless the first is given', (are) => {
    expect(new RecordingClock(null).of(item(LOGIN, 5000), are)).toBeNull();
    const clock = new RecordingClock(AT);
    expect(clock.of(item(LOGIN, 5000), are)?.wallMs).toBe(AT);
    expect(clock.of(item(LOGIN, 15_000), are)).toEqual({ wallMs: AT + 10_000, monoMs: 10_000 });
  });

  it('are not known where there are none', () => {
    expect(new RecordingClock(null).of(item(LOGIN, null), 'utc')).toBeNull();
  });

  it('are told by the battery’s clock where there are none, from the one that is given', () => {
    const clock = new RecordingClock(AT);
    const at = (bytes: Uint8Array) => (clock.of(item(bytes, null), 'utc')?.wallMs ?? Number.NaN) - AT;
    expect(at(LOGIN)).toBe(0);
    expect(at(LIVE('2024/06/12 12:04:20'))).toBe(0);
    expect(at(LIVE('2024/06/12 12:04:30'))).toBe(10_000);
    expect(at(LOGIN)).toBe(10_000);
    expect(at(LIVE('2024/06/12 12:04:25'))).toBe(10_000);
    expect(at(LIVE('no time'))).toBe(10_000);
    expect(at(frameByHand(1, 16, 'no message'))).toBe(10_000);
    const wrong = LIVE('2024/06/12 13:04:30');
    wrong[20] = 0x23;
    expect(at(wrong)).toBe(10_000);
    expect(clock.of(ENDED, 'utc')?.wallMs).toBe(AT + 10_000);
  });
});
