import { describe, expect, it } from 'vitest';
import { TransactionalMap } from './transactional-map.ts';

describe('a drafted map', () => {
  it('knows what is set at once, but as settled only when it is', () => {
    const map = new TransactionalMap<string, number>();
    map.set('a', 1);
    expect(map.get('a')).toBe(1);
    expect(map.settled().size).toBe(0);
    map.settle();
    expect([...map.settled()]).toEqual([['a', 1]]);
  });

  it('forgets what is dropped, and falls back on what was settled', () => {
    const map = new TransactionalMap<string, number>();
    map.set('a', 1);
    map.settle();
    map.set('a', 2);
    map.set('b', 3);
    expect(map.get('a')).toBe(2);
    map.drop();
    expect([map.get('a'), map.get('b')]).toEqual([1, undefined]);
    map.settle();
    expect([...map.settled()]).toEqual([['a', 1]]);
  });

  it('settles the latest of several', () => {
    const map = new TransactionalMap<string, number>();
    map.set('a', 1);
    map.set('a', 2);
    map.settle();
    map.settle();
    expect(map.settled().get('a')).toBe(2);
  });

  it('knows nothing of what was deleted, which is settled only when that is', () => {
    const map = new TransactionalMap<string, number>();
    map.set('a', 1);
    map.settle();
    map.delete('a');
    expect([map.get('a'), map.settled().get('a')]).toEqual([undefined, 1]);
    map.drop();
    expect(map.get('a')).toBe(1);
    map.set('a', 2);
    map.delete('a');
    map.settle();
    expect([map.get('a'), map.settled().size]).toEqual([undefined, 0]);
  });

  it('has what was set again after it was deleted', () => {
    const map = new TransactionalMap<string, number>();
    map.set('a', 1);
    map.settle();
    map.delete('a');
    map.set('a', 2);
    expect(map.get('a')).toBe(2);
    map.settle();
    expect([...map.settled()]).toEqual([['a', 2]]);
  });
});
