import { describe, expect, it } from 'vitest';
import { bytesOf, crcByHand, fixture, frameByHand, hexOf, joined } from '../../test/wire.ts';
import type { Piece } from '../protocol/pieces.ts';
import { Describer, likelyDirection } from './described.ts';
import { type CutPiece, FrameCutter } from './frame-cutter.ts';

const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));
const CONFIG = frameByHand(1, 4, fixture('1-1-4.config.json'));
const SECRETS = ['AL2002021010101', '3 Example Lane', 'Ballyexample', 'X99 ZZ99', '0209100123', 'EXINV5000000023'];

function cut(bytes: Uint8Array, cutter = new FrameCutter()): CutPiece[] {
  return [...cutter.take(bytes, 0), ...cutter.end()];
}

function describeAll(bytes: Uint8Array, isPrivate = false) {
  const describer = new Describer(isPrivate);
  return cut(bytes).map((piece) => describer.describe(piece, 'from_battery'));
}

describe('a frame', () => {
  it('without its private values has a checksum that fits, and says what it was', () => {
    const [found] = describeAll(LIVE);
    const shown = found?.bytes as Uint8Array;
    expect(found).toMatchObject({ name: 'live', checksum: 'right', reason: null });
    expect(hexOf(shown.subarray(-2))).toBe(crcByHand(shown.subarray(0, -2)).toString(16).padStart(4, '0'));
    expect(found?.resealed).toBe(crcByHand(shown.subarray(0, -2)));
    const spoilt = Uint8Array.from(LIVE);
    spoilt[spoilt.length - 1] = (spoilt.at(-1) as number) ^ 1;
    expect(describeAll(spoilt)[0]).toMatchObject({
      checksum: 'wrong',
      reason: 'FRAME_CHECKSUM',
      resealed: found?.resealed,
    });
  });

  it('without anything private is as it was sent', () => {
    const ping = frameByHand(1, 0, '');
    expect(describeAll(ping)[0]).toMatchObject({ resealed: null, body: null });
    expect(describeAll(ping)[0]?.bytes).toEqual(ping);
  });

  it('is whole where that is wanted', () => {
    expect(describeAll(CONFIG, true)[0]?.bytes).toEqual(CONFIG);
    expect(JSON.stringify(describeAll(CONFIG, true)[0]?.body)).toContain('3 Example Lane');
  });

  it('of a serial number like no other is known by what came before', () => {
    const serial = '4Q4419027X1';
    const named = frameByHand(1, 16, `{"SN":"${serial}","SOC":"5"}`);
    const later = frameByHand(1, 9, `{"MsgType":"System","MsgContent":"unit ${serial} up"}`);
    const [, found] = describeAll(joined([named, later]));
    expect(JSON.stringify(found?.body)).not.toContain(serial);
    expect(Buffer.from(found?.bytes as Uint8Array).toString('latin1')).not.toContain(serial);
  });
});

it('nothing private is in any part of a message, wherever the rest was lost', () => {
  for (const frame of [CONFIG, LIVE, frameByHand(1, 2, fixture('1-1-2.login.json'))]) {
    for (let at = 1; at < frame.length; at++) {
      const describer = new Describer(false);
      const cutter = new FrameCutter();
      const first = cut(frame.subarray(0, at), cutter);
      cutter.skip(3);
      const second = cut(frame.subarray(at + 3), cutter);
      const shown = [...first, ...second]
        .map((piece) => Buffer.from(describer.describe(piece, 'from_battery').bytes).toString('latin1'))
        .join('|');
      for (const secret of [...SECRETS, 'invented-password-7']) {
        // What a third of it can tell.
        for (const part of [secret, secret.slice(-Math.ceil(secret.length / 2))]) {
          if (part.length > 5) expect(shown, `lost at ${at}`).not.toContain(part);
        }
      }
    }
  }
});

it('nothing private is in the rest of a message with which a recording begins', () => {
  for (let at = 1; at < CONFIG.length; at++) {
    const shown = describeAll(CONFIG.subarray(at)).map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
    for (const secret of SECRETS) {
      expect(shown.join('|'), `from ${at} on`).not.toContain(secret.slice(-Math.ceil(secret.length / 2)));
    }
  }
});

describe('which way a frame went', () => {
  const way = (type: number | null, command: number | null) => likelyDirection({ type, command } as Piece);
  it('is told by what it is', () => {
    expect([way(1, 16), way(2, 16), way(1, 8), way(2, 8), way(1, 7), way(null, null)]).toEqual([
      'from_battery',
      'to_battery',
      'to_battery',
      'from_battery',
      'from_battery',
      'from_battery',
    ]);
  });
});

it('what is no frame is named so', () => {
  expect(describeAll(bytesOf('16030100'))[0]).toMatchObject({ name: 'no frame', checksum: 'none', body: null });
});
