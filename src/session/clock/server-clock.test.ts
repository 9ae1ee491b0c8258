import { describe, expect, it } from 'vitest';
import { ServerClock, stepOf } from './server-clock.ts';

const MINUTE = 60_000;
const at = (monoMs: number, offMs = 0) => ({ wallMs: 1e12 + monoMs + offMs, monoMs });
const seen = (...moments: ReturnType<typeof at>[]) => {
  const clock = new ServerClock();
  for (const moment of moments) clock.see(moment);
  return clock;
};

describe('a server’s clock', () => {
  it('is believed where nothing speaks against it, and confirmed by nobody', () => {
    const clock = seen(at(0));
    expect([clock.isBelieved(at(0)), clock.isConfirmed]).toEqual([true, false]);
  });

  it('is confirmed by the system, until it is set', () => {
    const clock = seen(at(0));
    clock.told('synchronised');
    expect([clock.isBelieved(at(0)), clock.isConfirmed]).toEqual([true, true]);
    clock.see(at(1000, 1999));
    expect([clock.isConfirmed, clock.steps]).toEqual([true, 0]);
    clock.see(at(2000, 4100));
    expect([clock.isBelieved(at(2000)), clock.isConfirmed, clock.steps]).toEqual([false, false, 1]);
  });

  it.each([
    ['the system says that it is not synchronised', (clock: ServerClock) => clock.told('unsynchronised')],
    ['a battery seems to have been set forward', (clock: ServerClock) => clock.contradict(3600)],
    ['it was set', (clock: ServerClock) => clock.see(at(0, 7_200_000))],
  ])('is not believed for half an hour where %s', (_, happens) => {
    const clock = seen(at(0));
    happens(clock);
    expect(clock.isBelieved(at(30 * MINUTE - 1))).toBe(false);
    expect(clock.isBelieved(at(30 * MINUTE))).toBe(true);
    expect(clock.isConfirmed).toBe(false);
  });

  it('is believed where a battery shows what it should; not against the system’s word', () => {
    const clock = seen(at(0), at(1000, 7_200_000));
    clock.vouchFor();
    expect(clock.isBelieved(at(1000))).toBe(true);
    clock.contradict(3600);
    expect(clock.isBelieved(at(1000))).toBe(true);
    clock.told('unsynchronised');
    expect(clock.isBelieved(at(1000))).toBe(false);
    clock.see(at(2000));
    expect(clock.isBelieved(at(2000))).toBe(false);
  });

  it.each([
    [[3600], false],
    [[3600, 3620], false],
    [[-3600], true],
    [[3600, -3600], true],
    [[3600, 2340], true],
  ])('is believed where batteries seem to have been set by %j s: %s', (ahead, believed) => {
    const clock = seen(at(0));
    for (const seconds of ahead) clock.contradict(seconds);
    expect(clock.isBelieved(at(1000))).toBe(believed);
  });

  it('that the system denies is denied after a step, too', () => {
    const clock = seen(at(0));
    clock.told('unsynchronised');
    clock.see(at(10, 60_000));
    clock.vouchFor();
    expect(clock.isBelieved(at(10))).toBe(false);
  });

  it('steps by what the wall clock goes on more than the monotonic one', () => {
    expect(stepOf(at(0), at(10_000))).toBe(0);
    expect(stepOf(at(0), at(10_000, -5500))).toBe(-5.5);
  });
});
