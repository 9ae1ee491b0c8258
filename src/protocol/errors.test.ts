import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../test/wire.ts';
import type { Problem } from '../problems/problem.ts';
import { PROBLEMS, problemOfHeader } from './errors.ts';
import { MAX_BODY_LENGTH } from './frame.ts';

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const verdict = (bytes: Uint8Array, length = 0) => problemOfHeader(bytes, 0, length, MAX_BODY_LENGTH);

describe('the problems', () => {
  const all: [string, Problem][] = Object.entries(PROBLEMS);

  it.each(all)('%s says who erred, in one sentence without a full stop, for a log line', (code, problem) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
    expect(['battery', 'peer', 'network', 'vendor', 'nobody']).toContain(problem.culprit);
    expect(problem.sentence).toMatch(/^[a-z][^.\n]{20,160}[^.\n]$/);
  });

  it.each(all)('%s gives advice in whole sentences', (_code, problem) => {
    expect(problem.advice).toMatch(/^[A-Z][^\n]{5,}\.$/);
  });

  it('are told apart by their sentences', () => {
    expect(new Set(all.map(([, problem]) => problem.sentence)).size).toBe(all.length);
  });

  it('name the cleartext protocol where a peer speaks TLS', () => {
    expect(PROBLEMS.FRAME_TLS.sentence).toContain('this firmware does not speak the cleartext protocol');
  });
});

describe('problemOfHeader', () => {
  it.each([
    ['an empty request', '01 01 00 00000000'],
    ['a response', '01 02 10 00000014'],
    ['an undocumented command', '01 01 ff 00000000'],
  ])('finds nothing wrong with %s', (_what, hex) => {
    expect(verdict(bytesOf(hex))).toBeNull();
  });

  it('lets the longest body pass and nothing beyond', () => {
    const header = bytesOf('01 01 10 00000000');
    expect(verdict(header, MAX_BODY_LENGTH)).toBeNull();
    expect(verdict(header, MAX_BODY_LENGTH + 1)).toBe('FRAME_TOO_LONG');
    expect(verdict(header, 0xffff_ffff)).toBe('FRAME_TOO_LONG');
  });

  it('takes no first byte but 1 for a frame', () => {
    for (let first = 0; first < 256; first++) {
      expect(verdict(Uint8Array.of(first, 1, 16, 0, 0, 0, 0))).toBe(first === 1 ? null : 'FRAME_HEADER');
    }
  });

  it('takes no second byte but 1 to 4 for a frame', () => {
    for (let second = 0; second < 256; second++) {
      const expected = [1, 2, 3, 4].includes(second) ? null : 'FRAME_HEADER';
      expect(verdict(Uint8Array.of(1, second, 16, 0, 0, 0, 0))).toBe(expected);
    }
  });

  it.each([
    ['TLS 1.0 record of a ClientHello', '16 03 01 0200 01 00', 'FRAME_TLS'],
    ['TLS 1.3 record of a ClientHello', '16 03 03 00f4 01 00', 'FRAME_TLS'],
    ['SSL 3 record', '16 03 00 0100 01 00', 'FRAME_TLS'],
    ['handshake byte of no TLS version', '16 02 01 0200 01 00', 'FRAME_HEADER'],
    ['TLS alert, which nobody begins with', '15 03 01 0002 02 28', 'FRAME_HEADER'],
    ['SSH banner', '5353482d322e30', 'FRAME_HEADER'],
    ['zeros', '00 00 00 00000000', 'FRAME_HEADER'],
    ['Modbus/TCP request', '00 01 00 00 00 06 55', 'FRAME_HEADER'],
  ])('calls a %s by its name', (_what, hex, expected) => {
    expect(verdict(bytesOf(hex))).toBe(expected);
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'PRI', 'PROPFIND'])(
    'calls a request with the method %s HTTP',
    (method) => {
      expect(verdict(ascii(`${method} / HTTP/1.1`))).toBe('FRAME_HTTP');
    },
  );

  it.each([
    'get / HTTP',
    'Get / HTTP',
    'GE / HTTP',
    ' GET /HT',
    'G3T / HT',
    'GET/HTTP',
    'GET\t/ HTT',
    '@@@ @@@',
    '[[[ [[[',
  ])('does not call %j HTTP', (text) => {
    expect(verdict(ascii(text))).toBe('FRAME_HEADER');
  });

  it('judges by seven bytes alone, whatever stands around them', () => {
    const around = fc.uint8Array({ maxLength: 10 });
    const seven = fc.oneof(
      fc.uint8Array({ minLength: 7, maxLength: 7 }),
      fc.array(fc.constantFrom(0x01, 0x02, 0x03, 0x16, 0x20, 0x41, 0x5a, 0x5b), { minLength: 7, maxLength: 7 }),
    );
    fc.assert(
      fc.property(around, seven, around, fc.nat(0xffff_ffff), (before, bytes, after, length) => {
        const all = Uint8Array.from([...before, ...bytes, ...after]);
        const alone = verdict(Uint8Array.from(bytes), length);
        expect(problemOfHeader(all, before.length, length, MAX_BODY_LENGTH)).toBe(alone);
      }),
    );
  });

  it('does not fall over bytes that are not there', () => {
    for (let length = 0; length < 7; length++)
      expect(verdict(ascii('AAAAAAA').subarray(0, length))).toBe('FRAME_HEADER');
  });
});
