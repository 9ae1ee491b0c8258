/** A battery and a server whose clocks the tests of a battery’s clock set. */
import type { ClockEpoch, EpochReason, Instant } from '../src/model.ts';
import type { ClockChange } from '../src/session/clock/change.ts';
import { BatteryClock } from '../src/session/clock/clock.ts';
import { ServerClock } from '../src/session/clock/server-clock.ts';

/** 2024-06-12 00:00:00 UTC. */
export const START = Date.UTC(2024, 5, 12) / 1000;
export const HOUR = 3600;
export const DAY = 86_400;
export const AWAY = 20 * HOUR;
export const FOREVER = 1e12;

/** A battery and the server it talks to: seconds count from START, by true time. */
export class House {
  server = new ServerClock();
  clock = new BatteryClock([], null, this.server);
  /** By how many seconds the battery's clock is fast, and the server's. */
  ahead = HOUR;
  serverAhead = 0;
  readonly changes: ClockChange[] = [];

  /** A live frame of that second comes, so much later. */
  frame(second: number, late = 0): ClockChange | null {
    return this.told(second + this.ahead, second + late);
  }

  /** A frame with a time that the clock does not show. */
  told(batterySecond: number, arrival: number): ClockChange | null {
    const change = this.clock.sample(START + Math.floor(batterySecond), this.at(arrival));
    if (change !== null) this.changes.push(change);
    return change;
  }

  at(second: number): Instant {
    return { wallMs: (START + second + this.serverAhead) * 1000, monoMs: second * 1000 };
  }

  /** Frames every ten seconds, from one second (inclusive) to another. */
  frames(from: number, to: number, every = 10): this {
    for (let second = from; second < to; second += every) this.frame(second);
    return this;
  }

  /** The server is started anew, knowing what it kept. */
  restarted(heardSecond: number | null): this {
    const heardMs = heardSecond === null ? null : this.at(heardSecond).wallMs;
    this.server = new ServerClock();
    this.clock = new BatteryClock(this.clock.timeline.epochs, heardMs, this.server);
    return this;
  }

  get offset(): number | undefined {
    return this.clock.epoch?.offsetSeconds;
  }

  get reasons(): (readonly [EpochReason, number])[] {
    return this.clock.timeline.epochs.map(({ reason, offsetSeconds }) => [reason, offsetSeconds] as const);
  }
}

/** Heard for ten minutes, every ten seconds. */
export const trusted = () => new House().frames(0, 600);

export const epoch = (number: number, second: number, offsetSeconds: number, reason: EpochReason): ClockEpoch => ({
  number,
  sinceMs: (START + second) * 1000,
  possibleSinceMs: (START + second) * 1000,
  offsetSeconds,
  driftPpm: 0,
  reason,
});
