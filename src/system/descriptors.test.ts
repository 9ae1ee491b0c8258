import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Note } from '../log/log.ts';
import { Descriptors, thisSystem } from './descriptors.ts';

let failure: string | null;
let said: Note[];
let now: number;
let descriptors: Descriptors;

function watching(limit: number | null): Descriptors {
  const tryOpen = () => {
    if (failure !== null) throw Object.assign(new Error(failure), { code: failure });
  };
  return new Descriptors(
    { tryOpen, limit },
    (note) => void said.push(note),
    () => now,
  );
}

beforeEach(() => {
  failure = null;
  said = [];
  now = 0;
  descriptors = watching(1024);
});

/** Looked at each second. */
function pass(seconds: number): void {
  for (let n = 0; n < seconds; n++) {
    now += 1000;
    descriptors.look();
  }
}

const CURE = 'find out what opens so many connections, or raise the limit (ulimit -n, LimitNOFILE= of systemd)';

describe('file descriptors', () => {
  it('that are there are not spoken of', () => {
    pass(100);
    expect(said).toEqual([]);
  });

  it('that are spent are said once, and that they are free once it stays so', () => {
    failure = 'EMFILE';
    pass(5);
    // They come and go.
    failure = null;
    pass(9);
    failure = 'EMFILE';
    pass(1);
    failure = null;
    pass(9);
    expect(said).toEqual([
      {
        level: 'error',
        code: 'DESCRIPTORS_SPENT',
        text: `no file descriptor is left that this process has, of the 1024 it may have: new connections are dropped until one is free; ${CURE}`,
      },
    ]);
    pass(100);
    expect(said.slice(1)).toEqual([
      {
        level: 'info',
        code: 'DESCRIPTORS_FREE',
        text: 'connections are taken again, after 15 s without a file descriptor',
      },
    ]);
    failure = 'EMFILE';
    pass(1);
    expect(said).toHaveLength(3);
  });

  it('may be all that the machine has, or of an unknown number', () => {
    failure = 'ENFILE';
    pass(1);
    descriptors = watching(null);
    failure = 'EMFILE';
    pass(1);
    expect(said.map(({ text }) => text.split(':')[0])).toEqual([
      'no file descriptor is left that this machine has',
      'no file descriptor is left that this process has',
    ]);
  });

  it('are not what is missing where another thing is', () => {
    failure = 'EACCES';
    pass(3);
    expect(said).toEqual([]);
  });

  it('are looked at every second, until the end', () => {
    vi.useFakeTimers();
    failure = 'EMFILE';
    descriptors.start();
    vi.advanceTimersByTime(999);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(said).toHaveLength(1);
    descriptors.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    watching(1).stop();
  });

  it('can be had here, in a number that is known on Linux', () => {
    const system = thisSystem();
    system.tryOpen();
    if (process.platform === 'linux') expect(system.limit).toBeGreaterThan(10);
  });
});
