import { beforeEach, expect, it } from 'vitest';
import { SetupCode } from './setup-code.ts';

const HERE = '192.168.1.9';

let now: number;
let said: string[];
let code: SetupCode;

beforeEach(() => {
  now = 0;
  said = [];
  code = new SetupCode({ say: (one) => said.push(one), monoMs: () => now });
});

const wrongFrom = (address: string, text = 'AAAA-AAAA') => {
  let attempts = 0;
  expect(() =>
    code.take(text, address, (count) => {
      attempts = count;
    }),
  ).toThrow(expect.objectContaining({ code: attempts === 0 ? expect.any(String) : 'LOGIN_WRONG' }));
  return attempts;
};
const taken = (text: string, address = HERE) => code.take(text, address, () => expect.unreachable());

it('is said at most once a minute, the same one, in two groups that nobody misreads', () => {
  code.tell();
  now = 59_999;
  code.tell();
  now = 60_000;
  code.tell();
  expect(said).toEqual([said[0], said[0]]);
  expect(said[0]).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/);
});

it.each([
  ['as it was said', (text: string) => text],
  ['in small letters, with spaces', (text: string) => ` ${text.toLowerCase().replace('-', ' ')} `],
  ['without the dash', (text: string) => text.replace('-', '')],
])('is taken %s', (_how, written) => {
  code.tell();
  taken(written(said[0] as string));
});

it('is taken once: then there is another, which is said when it is asked for', () => {
  code.tell();
  taken(said[0] as string);
  expect(wrongFrom('10.0.0.1', said[0])).toBe(1);
  code.tell();
  expect(said).toHaveLength(2);
  expect(said[1]).not.toBe(said[0]);
  taken(said[1] as string);
});

it('who guesses waits, and keeps nobody else from it', () => {
  code.tell();
  for (let time = 1; time <= 5; time++) expect(wrongFrom(HERE)).toBe(time);
  expect(() => taken(said[0] as string)).toThrow(expect.objectContaining({ code: 'ATTEMPTS_TOO_MANY' }));
  taken(said[0] as string, '192.168.1.10');
});

it.each(['', '-', 'Ä', 'x'.repeat(40)])('“%s” is none', (text) => {
  expect(wrongFrom(HERE, text)).toBe(1);
});
