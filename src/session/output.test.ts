import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOON } from '../../test/dialogue.ts';
import { frameByHand } from '../../test/wire.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { Batteries } from './batteries.ts';
import type { Output } from './output.ts';
import { Session } from './session.ts';

/** Long enough not to occur by chance in a number or a word of ours. */
const anySecret = fc.stringMatching(/^[A-Z]{4}[0-9]{8,16}$/);

/** A session that says its serial number and its password wherever one can stand but in its configuration. */
function session(serial: string, password: string, max: number): Output[] {
  const live = `{"Time":"2024/06/12 12:04:10","SN":"${serial}","Ppv1":"1890"}`;
  const spoilt = frameByHand(1, 2, `{"UserName":"${serial}","Password":"${password}"}`);
  spoilt.fill(0, -1);
  const frames = [
    frameByHand(1, 2, `{"UserName":"${serial}","Password":"${password}","CompanyName":"AlphaESS"}`),
    frameByHand(1, 2, `{"UserName":"${serial}","Password":"${password}"`),
    spoilt,
    frameByHand(1, 3, `{"SN":"${serial}"}`),
    frameByHand(1, 16, live),
    frameByHand(1, 5, live),
    frameByHand(1, 12, `Date,Time,SN,Ppv1\n2024/06/12,11:14:22,${serial},1\n2024/06/12,11:15:22,${serial}\n`),
    frameByHand(1, 7, `{"SN":"${serial}","Password":"${password}"}`),
    frameByHand(2, 8, `{"SN":"${serial}","Password":"${password}"}`),
    Buffer.from(`GET /${serial}/${password} HTTP/1.1`),
  ];
  const heard = new Session({ connection: 7, batteries: new Batteries(max), forms: new FormBook() }, NOON);
  return frames.flatMap((frame) => heard.receive(frame, NOON));
}

describe('outputs', () => {
  it('never show a serial number or a password, however they are printed', () => {
    fc.assert(
      fc.property(anySecret, anySecret, fc.constantFrom(0, 10), (serial, password, max) => {
        const outputs = session(serial, password, max);
        const shown = [
          JSON.stringify(outputs),
          inspect(outputs, { depth: null, maxArrayLength: null, maxStringLength: null, showHidden: true }),
          outputs.flatMap((output) => Object.values(output).map(String)).join(),
        ].join();
        expect(shown).not.toContain(serial);
        expect(shown).not.toContain(password);
      }),
    );
  });

  it('tell a problem in a code and numbers', () => {
    const problems = session('AL2002021010101', 'invented-password-7', 10).filter(
      (output) => output.type === 'problem',
    );
    expect(problems.map(({ code, detail }) => [code, detail])).toEqual([
      ['BODY_PARTLY_READ', 'login, 62 bytes'],
      ['FRAME_CHECKSUM', '72 bytes'],
      ['BODY_PARTLY_READ', expect.stringMatching(/^history, \d+ bytes$/)],
      ['COMMAND_UNKNOWN', 'unknown 7, 57 bytes'],
      ['RESPONSE_UNEXPECTED', 'order reply, 57 bytes'],
      ['FRAME_HTTP', '49 bytes'],
    ]);
  });
});
