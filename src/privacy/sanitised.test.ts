import { describe, expect, it } from 'vitest';
import { bytesOf, crcByHand, fixture, frameByHand, hexOf, joined } from '../../test/wire.ts';
import { sanitised, sanitisedFragment } from './sanitised.ts';

const LOGIN = frameByHand(1, 2, fixture('1-1-2.login.json'));
const PING = frameByHand(1, 0, '');

describe('bytes without private values', () => {
  it('have a checksum that fits in each frame that was changed', () => {
    const { bytes, isResealed } = sanitised(joined([PING, LOGIN, bytesOf('ff')]), []);
    expect(isResealed).toBe(true);
    const login = bytes.subarray(PING.length, PING.length + LOGIN.length);
    expect(Buffer.from(login).toString('latin1')).toContain('"UserName":"***************"');
    expect(hexOf(login.subarray(-2))).toBe(crcByHand(login.subarray(0, -2)).toString(16).padStart(4, '0'));
    expect(bytes.subarray(0, PING.length)).toEqual(PING);
    expect(bytes.at(-1)).toBe(0xff);
  });

  it('are as they were where nothing was private', () => {
    expect(sanitised(PING, [])).toEqual({ bytes: PING, isResealed: false });
  });
});

describe('bytes from the middle of a message', () => {
  const shown = (text: string) => Buffer.from(sanitisedFragment(Buffer.from(text, 'latin1'), [])).toString('latin1');
  it.each([
    ['ample Lane","ZipCode":"X99 ZZ99","SOC":"5"}', '************"ZipCode":"********","SOC":"5"}'],
    ['ess":"3 Example Lane","SOC":"5"}', '**********************"SOC":"5"}'],
    ['ample Lane"}', '**********"}'],
    ['GET / HTTP/1.1', 'GET / HTTP/1.1'],
  ])('%j are shown as %j', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });
});
