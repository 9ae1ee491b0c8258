import { describe, expect, it } from 'vitest';
import { inTurns, onePartATurn, partsInTurns } from './turns.ts';

let nowMs = 0;
const clock = () => nowMs;

/** Work of so many steps, a millisecond each. */
function* busy(steps: number, said: string[] = []): Generator<string> {
  for (let step = 0; step < steps; step++) {
    nowMs++;
    yield 'x';
  }
  said.push('done');
}

describe('work on many', () => {
  it('is done in its order, to its end', async () => {
    const done: number[] = [];
    function* steps() {
      for (let n = 0; n < 1000; n++) yield done.push(n);
    }
    await inTurns(steps());
    expect(done).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  });

  it('lets others have their turn between', async () => {
    const said: string[] = [];
    const working = inTurns(busy(30, said), clock);
    setImmediate(() => said.push('another'));
    await working;
    expect(said).toEqual(['another', 'done']);
    await inTurns(busy(3, said), clock);
    expect(said).toEqual(['another', 'done', 'done']);
  });

  it('fails as its steps do', async () => {
    function* steps() {
      yield 1;
      throw new Error('broken');
    }
    await expect(inTurns(steps())).rejects.toThrow('broken');
    await expect(collected(steps2())).rejects.toThrow('broken');
    function* steps2(): Generator<string> {
      yield 'a';
      throw new Error('broken');
    }
  });
});

async function collected(pieces: Iterable<string>): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of partsInTurns(pieces)) parts.push(part);
  return parts;
}

describe('a text of many pieces', () => {
  it('is the same text, in fewer parts', async () => {
    const pieces = Array.from({ length: 5000 }, (_, n) => `${n},`);
    const parts = await collected(pieces);
    expect(parts.join('')).toBe(pieces.join(''));
    expect(parts.length).toBeLessThan(pieces.length / 10);
  });

  it('of nothing has no parts', async () => {
    expect(await collected([])).toEqual([]);
    expect(await collected([''])).toEqual([]);
  });

  it('lets others have their turn between, and ends where nobody reads on', async () => {
    const said: string[] = [];
    setImmediate(() => said.push('another'));
    for await (const part of partsInTurns(busy(1000, said), clock)) {
      expect(part).toMatch(/^x+$/);
      if (said.length > 0) break;
    }
    expect(said).toEqual(['another']);
  });
});

it('parts that are there already come one a turn', async () => {
  const said: string[] = [];
  const others = setImmediate(function again() {
    said.push('others');
    if (said.length < 5) setImmediate(again);
  });
  for await (const part of onePartATurn(['a', 'b', 'c'])) said.push(part);
  clearImmediate(others);
  expect(said).toEqual(['a', 'others', 'b', 'others', 'c', 'others']);
});
