import { expect, it } from 'vitest';
import { fixture, frameByHand } from '../../test/wire.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { FrameDecoder } from '../protocol/frame.ts';
import { MessageReader } from '../protocol/messages.ts';
import { serialsIn } from './serials.ts';

function serialsOf(command: number, body: string, type = 1): string[] {
  const decoder = new FrameDecoder();
  decoder.receive(frameByHand(type, command, body));
  const frame = decoder.next();
  if (frame?.kind !== 'frame') return expect.unreachable();
  return serialsIn(new MessageReader(new FormBook()).read(frame));
}

it('are those of its readings, each', () => {
  expect(serialsOf(16, fixture('1-1-16.live.json'))).toEqual(['AL2002021010101']);
  expect(serialsOf(16, '{"Time":"2024/06/12 12:04:00","Ppv1":"5"}')).toEqual([]);
});

it('are that of a login, and of what cannot be read but for it', () => {
  expect(serialsOf(2, '{"UserName":"AL1","Password":"p","CompanyName":"c"}')).toEqual(['AL1']);
  expect(serialsOf(7, '{"SN":"AL2002021010101"}')).toEqual(['AL2002021010101']);
});

it('are none where it names none, or has no place for one', () => {
  expect(serialsOf(0, '')).toEqual([]);
  expect(serialsOf(7, 'no JSON')).toEqual([]);
  expect(serialsOf(2, '{"Password":"p"}')).toEqual([]);
});
