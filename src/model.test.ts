import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Private, READING_KINDS, REDACTED } from './model.ts';

const SECRET = 'AL2002021010101';
const secret = new Private(SECRET);

/** What a console writes, in plain text. */
function printed(print: (to: Console) => void): string {
  const stream = new PassThrough();
  print(new Console({ stdout: stream, stderr: stream, colorMode: false }));
  return String(stream.read() ?? '');
}

describe('a private value', () => {
  it('is given to whoever asks for it by name', () => {
    expect(secret.reveal()).toBe(SECRET);
    const object = { serial: SECRET };
    expect(new Private(object).reveal()).toBe(object);
    expect(new Private(null).reveal()).toBeNull();
  });

  const nested = { battery: { serials: [secret], map: new Map([[secret, secret]]), set: new Set([secret]) } };
  it.each<[string, () => string]>([
    ['String()', () => String(secret)],
    ['a template', () => `${secret}`],
    ['concat', () => 'x'.concat(String(secret), secret.toString())],
    ['join', () => [secret, secret].join()],
    ['toString()', () => secret.toString()],
    ['valueOf()', () => String(secret.valueOf())],
    ['JSON.stringify', () => JSON.stringify(secret)],
    ['JSON.stringify of what holds it', () => JSON.stringify({ a: [{ b: secret }], c: new Private({ SECRET }) })],
    ['JSON.stringify with a replacer', () => JSON.stringify({ secret }, (_key, value) => value)],
    ['inspect', () => inspect(secret)],
    ['inspect of what holds it', () => inspect(nested, { depth: null })],
    ['inspect that shows what is hidden', () => inspect(nested, { depth: null, showHidden: true, showProxy: true })],
    ['inspect without regard to its own words', () => inspect(secret, { customInspect: false, showHidden: true })],
    ['inspect with getters', () => inspect(secret, { customInspect: false, getters: true, showHidden: true })],
    ['format %s', () => format('%s', secret)],
    ['format %o', () => format('%o', nested)],
    ['format %O', () => format('%O', nested)],
    ['format %j', () => format('%j', { secret })],
    ['format %d', () => format('%d %i %f', secret, secret, secret)],
    ['format without a place for it', () => format('battery', secret, nested)],
    ['console.log', () => printed((to) => to.log('battery', secret, nested))],
    ['console.error', () => printed((to) => to.error('battery %s', secret))],
    ['console.dir', () => printed((to) => to.dir(nested, { depth: null, showHidden: true }))],
    ['console.table', () => printed((to) => to.table([{ secret }]))],
    ['an error', () => inspect(new Error(`no battery ${secret}`, { cause: secret }))],
    ['its own properties', () => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret), { ...secret }])],
    ['a clone', () => inspect(structuredClone(secret), { showHidden: true })],
  ])('does not show in %s', (_how, write) => {
    const written = write();
    expect(written).not.toBe('');
    expect(written).not.toContain(SECRET);
  });

  it('leaves its mark where it would have stood', () => {
    expect(`${secret}`).toBe('[private]');
    expect(JSON.stringify({ secret })).toBe('{"secret":"[private]"}');
    expect(inspect({ secret })).toBe('{ secret: [private] }');
    expect(format('%s', secret)).toBe('[private]');
    expect(REDACTED).toBe('[private]');
  });

  it('never shows, whatever it is', () => {
    const value = fc.string({ minLength: 4 }).map((text) => `<<${text}>>`);
    fc.assert(
      fc.property(
        fc.oneof(
          value,
          value.map((text) => ({ text })),
        ),
        (given) => {
          const hidden = new Private(given);
          const shown = [`${hidden}`, JSON.stringify({ hidden }), inspect([hidden], { showHidden: true, depth: null })];
          expect(shown).toEqual(['[private]', '{"hidden":"[private]"}', expect.stringMatching(/^\[\s*\[private\]/)]);
        },
      ),
    );
  });

  it('cannot be written to from outside', () => {
    expect(Reflect.ownKeys(secret)).toEqual([]);
    const forged: unknown = Object.assign(Object.create(Private.prototype), { value: SECRET });
    expect(() => (forged as Private<string>).reveal()).toThrow(TypeError);
  });
});

describe('the kinds of reading', () => {
  it('are three, in the order of how often they come', () => {
    expect(READING_KINDS).toEqual(['live', 'detail', 'history']);
  });
});
