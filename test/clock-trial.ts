/**
 * Batteries, a server and what may become of their clocks, in lock step: the program sets the moment, each battery sends, and it
 * waits for the answer. Then what can be read back is compared with what was answered, by content. Seconds count by true time.
 */
import { type ClockEpoch, READING_KINDS } from '../src/model.ts';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { type Arrival, type BatteryCourse, type BatteryHappening, NAMED, TrialBattery } from './clock-battery.ts';
import { type ServerHappening, START, TrialServer } from './clock-server.ts';

export type Happening = BatteryHappening | ServerHappening;

/** Of the server, and of how long it is. */
export interface ServerCourse {
  readonly seconds: number;
  readonly happenings: readonly ServerHappening[];
  /** By how many seconds the server's wall clock is ahead in the beginning. */
  readonly off?: number;
}

/** Of a battery and its server. */
export interface Course extends Omit<ServerCourse, 'happenings'>, Omit<BatteryCourse, 'happenings'> {
  readonly happenings: readonly Happening[];
}

/** Of one battery. */
export interface Outcome {
  readonly acknowledged: number;
  /** Acknowledged, and not there. */
  readonly lost: readonly string[];
  /** There more than once. */
  readonly doubled: readonly string[];
  /** There, and of another battery. */
  readonly strange: readonly string[];
  /** More than three seconds from the truth: what, when it was, how far off it is. */
  readonly misdated: readonly (readonly [name: string, second: number, off: number])[];
  readonly orders: readonly number[];
  /** Readings as they came, where each is kept, and what is known of the clock in the end. */
  readonly arrivals: readonly Arrival[];
  readonly times: ReadonlyMap<string, number | null>;
  readonly epochs: readonly ClockEpoch[];
}

/** More is not at its time. */
const NEAR_SECONDS = 3;

interface KeptRow {
  readonly serial: string;
  readonly name: string;
  readonly time: number | null;
}

/** One battery that speaks to a server of its own. */
export function tryCourse(course: Course, folder: string): Outcome {
  const happenings = course.happenings.filter(isOfServer);
  const own = course.happenings.filter((one) => !isOfServer(one));
  return new Trial({ ...course, happenings }, [{ ...course, happenings: own }], folder).run()[0] as Outcome;
}

export const isOfServer = (one: Happening): one is ServerHappening => /^(server|system) /.test(one.what);

/** Several batteries that speak to one server: what becomes of its clock befalls all of them. */
export class Trial {
  readonly #course: ServerCourse;
  readonly #folder: string;
  readonly #server: TrialServer;
  readonly #batteries: readonly TrialBattery[];

  constructor(course: ServerCourse, batteries: readonly BatteryCourse[], folder: string) {
    this.#course = course;
    this.#folder = folder;
    this.#server = new TrialServer(folder, batteries.length, course.off ?? 0);
    this.#batteries = batteries.map((own, number) => new TrialBattery(number, own, this.#server));
  }

  /** @returns of each battery */
  run(): readonly Outcome[] {
    const due = [...this.#course.happenings].sort((one, other) => one.at - other.at);
    this.#server.start(0);
    for (let second = 0; second < this.#course.seconds; second++) {
      for (let next = due[0]; next !== undefined && next.at <= second; next = due[0]) {
        due.shift();
        if (next.what === 'server stops') this.#hangUp(second);
        this.#server.happens(next, second);
      }
      this.#pass(second);
    }
    this.#hangUp(this.#course.seconds);
    if (this.#server.isUp) this.#server.stop();
    return this.#compare();
  }

  #hangUp(second: number): void {
    for (const battery of this.#batteries) battery.hangUp(second);
  }

  #pass(second: number): void {
    for (const battery of this.#batteries) battery.pass(second);
    if (this.#server.sleepsThrough(second)) {
      for (const battery of this.#batteries) battery.dropSent();
      return;
    }
    for (const battery of this.#batteries) battery.speak(second);
    this.#server.work(second);
  }

  #compare(): readonly Outcome[] {
    const rows = this.#rows();
    const bySerial = Map.groupBy(rows, ({ serial }) => serial);
    return this.#batteries.map((battery) => outcomeOf(battery, bySerial.get(battery.serial) ?? [], this.#server));
  }

  #rows(): KeptRow[] {
    const reader = new SqliteReader(this.#folder);
    const rows = READING_KINDS.flatMap((kind) => {
      const columns = NAMED.map((field) => columnsOf(kind).findIndex(({ name }) => name === field));
      return Array.from(reader.readings(kind), ({ owner, time, values }) => ({
        serial: owner.serial.reveal(),
        name: columns.map((column) => String(values[column])).join(' '),
        time,
      }));
    });
    reader.close();
    return rows;
  }
}

function outcomeOf(battery: TrialBattery, rows: readonly KeptRow[], server: TrialServer): Outcome {
  const { serial, taken, acknowledged, orders, arrivals } = battery;
  const byName = Map.groupBy(rows, ({ name }) => name);
  const misdated = [...byName].flatMap(([name, all]) => {
    const second = taken.get(name) ?? Number.NaN;
    const off = Math.max(...all.map(({ time }) => Math.abs((time ?? 0) - START - second)));
    return off > NEAR_SECONDS ? [[name, second, off] as const] : [];
  });
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((name) => !byName.has(name)),
    doubled: [...byName].filter(([, all]) => all.length > 1).map(([name]) => name),
    strange: [...byName.keys()].filter((name) => !taken.has(name)),
    misdated,
    ...{ orders, arrivals },
    times: new Map(rows.map(({ name, time }) => [name, time])),
    epochs: server.epochsOf(serial),
  };
}
