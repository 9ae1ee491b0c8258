import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Turns } from './turns.ts';

let now: number;
let attacked: boolean;
/** Who was checked, in that order. */
let checked: string[];
/** Ends the check of each. */
let ends: Map<string, (result: string) => void>;
let turns: Turns;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  now = 0;
  attacked = false;
  checked = [];
  ends = new Map();
  turns = new Turns(
    () => now,
    () => attacked,
  );
});

afterEach(() => {
  vi.useRealTimers();
});

const settled = () => new Promise(setImmediate);

async function asks(name: string, attempts = 1, known = false): Promise<{ result: Promise<unknown> }> {
  const result = turns.take({ attempts, known }, () => {
    checked.push(name);
    return new Promise<string>((resolve) => ends.set(name, resolve));
  });
  result.catch(() => {});
  await settled();
  return { result };
}

async function end(name: string): Promise<void> {
  ends.get(name)?.('done');
  await settled();
}

/** Time passes, by both clocks. */
async function wait(ms: number): Promise<void> {
  now += ms;
  vi.advanceTimersByTime(ms);
  await settled();
}

const tooMany = { code: 'ATTEMPTS_TOO_MANY', headers: { 'retry-after': '50' } };

describe('checks', () => {
  it('are two at one time, and hand back what they find', async () => {
    const { result } = await asks('a');
    await asks('b');
    await asks('c');
    expect(checked).toEqual(['a', 'b']);
    await end('a');
    expect(checked).toEqual(['a', 'b', 'c']);
    expect(await result).toBe('done');
  });

  it('that fail let the next begin', async () => {
    const failing = turns.take({ attempts: 1, known: false }, () => Promise.reject(new Error('no memory')));
    await expect(failing).rejects.toThrow('no memory');
    await asks('a');
    await asks('b');
    expect(checked).toEqual(['a', 'b']);
  });

  it('are first for those who are known, then for those with the fewest wrong attempts, then as they came', async () => {
    await asks('a');
    await asks('b');
    await asks('guesser', 5);
    await asks('stranger');
    await asks('other stranger');
    await asks('known guesser', 3, true);
    await asks('known', 1, true);
    for (const name of ['a', 'b', 'known', 'known guesser', 'stranger', 'other stranger']) await end(name);
    expect(checked.slice(2)).toEqual(['known', 'known guesser', 'stranger', 'other stranger', 'guesser']);
  });

  it('are refused where fifty wait, to the one who did most wrong and came last', async () => {
    await asks('a');
    await asks('b');
    const guessers = [];
    for (let count = 0; count < 50; count++) guessers.push(await asks(`guesser ${count}`, 2));
    const stranger = await asks('stranger');
    await expect(guessers[49]?.result).rejects.toMatchObject(tooMany);
    const worse = await asks('worse', 3);
    await expect(worse.result).rejects.toMatchObject(tooMany);
    const same = await asks('same', 2);
    await expect(same.result).rejects.toMatchObject(tooMany);
    await end('a');
    expect(checked.at(-1)).toBe('stranger');
    await end('stranger');
    expect(await stranger.result).toBe('done');
    expect(checked.at(-1)).toBe('guesser 0');
  });
});

describe('during an attack', () => {
  beforeEach(() => {
    attacked = true;
  });

  it('one stranger a second is checked', async () => {
    await asks('a');
    await asks('b');
    await asks('c');
    expect(checked).toEqual(['a']);
    await end('a');
    await wait(999);
    expect(checked).toEqual(['a']);
    await wait(1);
    expect(checked).toEqual(['a', 'b']);
    await wait(1000);
    expect(checked).toEqual(['a', 'b', 'c']);
    await wait(5000);
    await asks('d');
    expect(checked).toEqual(['a', 'b', 'c']);
    await end('b');
    expect(checked).toEqual(['a', 'b', 'c', 'd']);
  });

  it('those who are known are checked at once', async () => {
    await asks('a');
    await asks('b');
    await asks('known', 1, true);
    expect(checked).toEqual(['a', 'known']);
  });

  it('that is over, all are checked at once again', async () => {
    await asks('a');
    await asks('b');
    attacked = false;
    await end('a');
    expect(checked).toEqual(['a', 'b']);
    await asks('c');
    expect(checked).toEqual(['a', 'b', 'c']);
  });
});
