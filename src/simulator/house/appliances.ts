/**
 * What the people of one house switch on: a base load, a refrigerator, kettles, an oven with its thermostat, washing.
 * Powers in watts, times in seconds of house time.
 */
import type { Random } from '../random.ts';
import { DAY_SECONDS, DayPlan, type PlannedUse } from '../timeline.ts';

const HOUR = 3600;
/** Watts. The captured kettle (2021/03/24 09:57) took about 2.1 kW. */
const KETTLE = 2100;
const OVEN = 2400;
const WASHING_HEAT = 2000;
const WASHING_TURN = 250;

export class SimulatedAppliances {
  readonly #random: Random;
  readonly #spans: DayPlan;
  readonly #base: number;

  constructor(random: Random) {
    this.#random = random;
    this.#base = random.fork('base').uniform(160, 340);
    this.#spans = new DayPlan((day) => this.#plan(day));
  }

  /** Watts at `localSeconds`. Time may not go back. */
  at(localSeconds: number): number {
    return this.#base + this.#spans.at(localSeconds);
  }

  #plan(day: number): PlannedUse[] {
    const random = this.#random.fork(`day/${day}`);
    const spans = [...fridge(random), ...peopleAwake(random), ...oven(random, random.normal(18.2, 0.5) * HOUR)];
    for (const hour of [6.9, 7.6, 9.95, 13, 15.5, 20.5]) {
      if (random.chance(0.6)) spans.push(span(random.normal(hour, 0.3) * HOUR, random.uniform(120, 240), KETTLE));
    }
    if (random.chance(0.5)) spans.push(...washing(random.normal(10.5, 1.5) * HOUR));
    return spans.filter(({ start, end }) => start >= 0 && end <= DAY_SECONDS);
  }
}

function span(start: number, seconds: number, value: number): PlannedUse {
  return { start, end: start + seconds, value };
}

function fridge(random: Random): PlannedUse[] {
  const spans: PlannedUse[] = [];
  for (let start = random.uniform(0, 2400); start < DAY_SECONDS; start += random.uniform(2100, 2900)) {
    spans.push(span(start, random.uniform(700, 1000), 110));
  }
  return spans;
}

/** Lights, screens and the like, in the morning and in the evening. */
function peopleAwake(random: Random): PlannedUse[] {
  return [
    span(random.normal(6.5, 0.3) * HOUR, 2 * HOUR, random.uniform(120, 260)),
    span(random.normal(17.3, 0.4) * HOUR, random.uniform(4.5, 5.5) * HOUR, random.uniform(200, 480)),
  ];
}

/** Ten minutes to get hot, then on and off. */
function oven(random: Random, start: number): PlannedUse[] {
  const spans = [span(start, 600, OVEN)];
  const cycles = random.whole(3, 9);
  for (let i = 0; i < cycles; i++) spans.push(span(start + 780 + i * 300, 110, OVEN));
  return spans;
}

function washing(start: number): PlannedUse[] {
  return [span(start, 1200, WASHING_HEAT), span(start + 1200, 3000, WASHING_TURN)];
}
