/**
 * The sun over one roof: height by hour and day of the year, kinds of days, and clouds that pass.
 *
 * A plain model: noon is at 12:00 house time, and the air takes what a power of the sun's height takes. The clouds are
 * what matters: captured rows fall from 4,428 W to 582 W and rise to 4,197 W within two minutes (2021/03/24 11:00–11:02).
 */
import type { Random } from '../random.ts';
import { DAY_SECONDS, DayPlan, type PlannedUse } from '../timeline.ts';

const RADIANS = Math.PI / 180;
const YEAR_DAYS = 365.25;
/** Seconds in which a cloud's edge crosses the roof. */
const EDGE_SECONDS = 12;

interface DayKind {
  readonly haze: readonly [number, number];
  readonly gapSeconds: number;
  readonly depth: readonly [number, number];
}

/** Kinds of days, with how much light their haze lets through and how often and how deep clouds pass. */
const DAYS: readonly [DayKind, ...DayKind[]] = [
  { haze: [0.94, 1], gapSeconds: 9000, depth: [0.1, 0.4] },
  { haze: [0.9, 1], gapSeconds: 700, depth: [0.3, 0.88] },
  { haze: [0.9, 1], gapSeconds: 2500, depth: [0.2, 0.88] },
  { haze: [0.25, 0.5], gapSeconds: 1500, depth: [0.1, 0.6] },
];

/** What falls on the three groups of panels, as a share of what they are rated for: two strings and the AC side. */
export interface SimulatedLight {
  readonly string1: number;
  readonly string2: number;
  readonly ac: number;
}

/** The sine of the sun's height below which its light fades, whichever way a roof looks. */
const DUSK = 0.12;
const DARK: SimulatedLight = { string1: 0, string2: 0, ac: 0 };
/** How many hours before (−) or after (+) noon each group has its best hour: roofs look a little east or west. */
const BEST_HOUR = { string1: -0.35, string2: 0.2, ac: 0.9 };

export class SimulatedSun {
  readonly #random: Random;
  readonly #latitude: number;
  readonly #clouds: DayPlan;
  #day = Number.NaN;
  #haze = 1;
  #shade = 0;
  #sines = 0;
  #cosines = 0;

  /** @param latitude degrees, negative in the south */
  constructor(random: Random, latitude: number) {
    this.#random = random;
    this.#latitude = latitude;
    this.#clouds = new DayPlan((day) => this.#planClouds(day));
  }

  /** The light at `localSeconds`, `dt` seconds after the last call. */
  step(localSeconds: number, dt: number): SimulatedLight {
    const day = Math.floor(localSeconds / DAY_SECONDS);
    if (day !== this.#day) this.#begin(day);
    const passing = this.#clouds.at(localSeconds);
    this.#shade += (passing - this.#shade) * (1 - Math.exp(-dt / EDGE_SECONDS));
    const hour = (localSeconds - day * DAY_SECONDS) / 3600 - 12;
    const height = this.#height(hour);
    if (height <= 0) return DARK;
    const clear = this.#haze * (1 - this.#shade) * Math.min(1, height / DUSK);
    return {
      string1: clear * this.#onPanels(hour - BEST_HOUR.string1),
      string2: clear * this.#onPanels(hour - BEST_HOUR.string2),
      ac: clear * this.#onPanels(hour - BEST_HOUR.ac),
    };
  }

  /** The sine of the sun's height, `hour` hours after noon. */
  #height(hour: number): number {
    return this.#sines + this.#cosines * Math.cos(hour * 15 * RADIANS);
  }

  #onPanels(hour: number): number {
    return Math.max(0, this.#height(hour)) ** 1.2;
  }

  #begin(day: number): void {
    const declination = -23.44 * RADIANS * Math.cos((2 * Math.PI * ((day % YEAR_DAYS) + 10)) / YEAR_DAYS);
    this.#day = day;
    this.#sines = Math.sin(this.#latitude * RADIANS) * Math.sin(declination);
    this.#cosines = Math.cos(this.#latitude * RADIANS) * Math.cos(declination);
    const [low, high] = this.#kindOf(day).haze;
    this.#haze = this.#random.fork(`haze/${day}`).uniform(low, high);
  }

  #kindOf(day: number): DayKind {
    return this.#random.fork(`day/${day}`).pick(DAYS);
  }

  #planClouds(day: number): PlannedUse[] {
    const kind = this.#kindOf(day);
    const random = this.#random.fork(`clouds/${day}`);
    const spans: PlannedUse[] = [];
    let start = random.wait(kind.gapSeconds);
    while (start < DAY_SECONDS) {
      const end = start + random.uniform(30, 500);
      spans.push({ start, end, value: random.uniform(...kind.depth) });
      start = end + random.wait(kind.gapSeconds);
    }
    return spans;
  }
}
