/**
 * A battery, a server and what may become of their clocks, in lock step: the program sets the moment, the battery sends, and it
 * waits for the answer. Then what can be read back is compared with what was answered, by content. Seconds count by true time.
 */
import type { ArrivedReading } from '../src/app/derived-times.ts';
import { type ClockEpoch, type Instant, READING_KINDS, type StoreRecord } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import { Batteries } from '../src/session/batteries.ts';
import type { SystemWord } from '../src/session/clock/server-clock.ts';
import type { Output } from '../src/session/output.ts';
import { Session } from '../src/session/session.ts';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { SERIAL, settle } from './records.ts';
import { frameByHand } from './wire.ts';

/** What happens at a moment: the battery's clock is set by so many seconds, or to a time; the server's wall clock is off by so many; … */
export type Happening =
  | { readonly at: number; readonly what: 'battery set'; readonly by: number }
  /** Power cut: its clock begins at 2000-01-01. */
  | { readonly at: number; readonly what: 'battery reboots' }
  /** Its clock is what it was meant to be. */
  | { readonly at: number; readonly what: 'battery set right' }
  | { readonly at: number; readonly what: 'battery freezes' | 'battery thaws' }
  /** Its connection is gone, and is there again. */
  | { readonly at: number; readonly what: 'line cut' | 'line mended' }
  | { readonly at: number; readonly what: 'server off by'; readonly seconds: number }
  /** Nobody listens meanwhile, and its monotonic clock stands. */
  | { readonly at: number; readonly what: 'server sleeps'; readonly seconds: number }
  | { readonly at: number; readonly what: 'server stops' }
  | { readonly at: number; readonly what: 'server starts'; readonly off?: number }
  | { readonly at: number; readonly what: 'system says'; readonly word: SystemWord };

export interface Course {
  /** Between two live frames, in seconds. */
  readonly cadence: number;
  readonly seconds: number;
  readonly driftPpm?: number;
  /** How late a frame sent at a moment comes, in seconds; 0 where it is not told. */
  readonly late?: (second: number) => number;
  readonly happenings: readonly Happening[];
  /** By how many seconds the battery's clock is ahead of UTC in the beginning, and when it is right; ten hours where not told. */
  readonly ahead?: number;
  /** By how many the server's wall clock is ahead in the beginning. */
  readonly off?: number;
  /** From when on, and until when, dates are compared. */
  readonly compared?: readonly [from: number, to: number];
}

export interface Outcome {
  readonly acknowledged: number;
  /** Acknowledged, and not there. */
  readonly lost: readonly string[];
  /** There more than once. */
  readonly doubled: readonly string[];
  /** More than three seconds from the truth: what, when it was, how far off it is. */
  readonly misdated: readonly (readonly [name: string, second: number, off: number])[];
  readonly orders: readonly number[];
  /** Readings as they came, where each is kept, and what is known of the clock in the end. */
  readonly arrivals: readonly Arrival[];
  readonly times: ReadonlyMap<string, number | null>;
  readonly epochs: readonly ClockEpoch[];
}

/** A reading as it came. */
export interface Arrival extends ArrivedReading {
  readonly name: string;
}

/** 2026-06-15 09:00 UTC. */
const START = Date.UTC(2026, 5, 15, 9) / 1000;
const AHEAD = 36_000;
const REBOOTED = Date.UTC(2000, 0, 1) / 1000;
const COMMIT_SECONDS = 60;
const FOLD_SECONDS = 300;
const DETAIL_SECONDS = 300;
/** Not with the live frame of that second. */
const DETAIL_AT = 7;
/** As many as a battery remembers. */
const REMEMBERED = 100_000;

interface SentFrame extends Pick<Arrival, 'kind' | 'name' | 'batteryTime'> {
  readonly at: number;
  readonly frame: Uint8Array;
}

interface Row {
  readonly stamp: number;
  readonly name: string;
}

export class Trial {
  readonly #course: Course;
  readonly #folder: string;
  #store: SqliteStore | null = null;
  #batteries = new Batteries(1);
  #session: Session | null = null;
  #connection = 0;
  #records: StoreRecord[] = [];
  #isCut = false;
  #off = 0;
  #asleep = 0;
  #sleepsUntil = 0;
  #ran = 0;
  readonly #right: number;
  #ahead: number;
  #frozen: number | null = null;
  #rows: Row[] = [];
  /** What the battery sends when a Resume came. */
  #toSend: Row[] = [];
  #names = 0;
  /** When each was taken, by name. */
  readonly #taken = new Map<string, number>();
  readonly #acknowledged = new Set<string>();
  readonly #orders: number[] = [];
  readonly #arrivals: Arrival[] = [];
  #epochs: readonly ClockEpoch[] = [];
  #run = 0;
  #word: SystemWord = 'unknown';

  constructor(course: Course, folder: string) {
    this.#course = course;
    this.#folder = folder;
    this.#right = course.ahead ?? AHEAD;
    this.#ahead = this.#right;
    this.#off = course.off ?? 0;
  }

  run(): Outcome {
    const { seconds, cadence, happenings, late = () => 0 } = this.#course;
    const due = [...happenings].sort((one, other) => one.at - other.at);
    const onTheirWay: SentFrame[] = [];
    this.#startServer(0);
    for (let second = 0; second < seconds; second++) {
      for (let next = due[0]; next !== undefined && next.at <= second; next = due[0]) {
        due.shift();
        this.#happens(next, second);
      }
      if (second % 60 === 30) this.#remember(second);
      if (second < this.#sleepsUntil) {
        this.#asleep++;
        onTheirWay.length = 0;
        continue;
      }
      if (second % cadence === 0) onTheirWay.push(this.#frameOf('live', second, late(second)));
      if (second % DETAIL_SECONDS === DETAIL_AT) onTheirWay.push(this.#frameOf('detail', second, late(second)));
      // One connection: nothing overtakes.
      while (onTheirWay[0] !== undefined && onTheirWay[0].at <= second) {
        const { frame, ...row } = onTheirWay.shift() as SentFrame;
        if (this.#send(frame, [row.name], second)) this.#came(row, second);
      }
      this.#sendRows(second);
      if (this.#session !== null) this.#take(this.#session.wake(this.#now(second)), [], second);
      if (second % COMMIT_SECONDS === 0) this.#commit();
      if (second % FOLD_SECONDS === 0) this.#store?.fold(1000);
      if (second % FOLD_SECONDS === 0) this.#store?.work(1000);
    }
    this.#stopServer(seconds);
    return this.#compare();
  }

  #frameOf(kind: 'live' | 'detail', second: number, late: number): SentFrame {
    const name = this.#nameAt(second);
    const batteryTime = this.#shown(second);
    const [command, body] = kind === 'live' ? [16, liveBody(batteryTime, name)] : [5, detailBody(batteryTime, name)];
    return { kind, at: second + late, frame: frameByHand(1, command, body), name, batteryTime };
  }

  #came({ kind, name, batteryTime }: Omit<SentFrame, 'frame' | 'at'>, second: number): void {
    const [run, connection] = [this.#run, this.#connection];
    this.#arrivals.push({ ...this.#now(second), kind, name, batteryTime, run, connection });
  }

  // ---- what happens -----------------------------------------------------------------------------------------------

  #happens(happening: Happening, second: number): void {
    switch (happening.what) {
      case 'battery set':
        this.#ahead += happening.by;
        return;
      case 'battery reboots':
        this.#ahead = REBOOTED - START - second;
        return;
      case 'battery set right':
        this.#ahead = this.#right;
        return;
      case 'battery freezes':
        this.#frozen = this.#shown(second);
        return;
      case 'battery thaws':
        this.#ahead = (this.#frozen as number) - START - second;
        this.#frozen = null;
        return;
      case 'line cut':
        this.#hangUp(second);
        this.#isCut = true;
        return;
      case 'line mended':
        this.#isCut = false;
        return;
      case 'server off by':
        this.#off = happening.seconds;
        return;
      case 'server sleeps':
        this.#sleepsUntil = second + happening.seconds;
        return;
      case 'server stops':
        this.#stopServer(second);
        return;
      case 'server starts':
        if (happening.off !== undefined) this.#off = happening.off;
        this.#startServer(second);
        return;
      case 'system says':
        this.#word = happening.word;
        this.#batteries.serverClock.see(this.#now(second));
        this.#batteries.serverClock.told(happening.word);
    }
  }

  /** Its monotonic clock stands while it sleeps. */
  #now(second: number): Instant {
    return { wallMs: (START + second + this.#off) * 1000, monoMs: (second - this.#ran - this.#asleep) * 1000 };
  }

  #startServer(second: number): void {
    this.#run++;
    this.#ran = second - 5;
    this.#asleep = 0;
    this.#store = SqliteStore.open({ folder: this.#folder, timeZone: 'UTC' });
    this.#batteries = new Batteries(1);
    for (const battery of this.#store.batteries()) this.#batteries.restore(battery);
    this.#batteries.serverClock.see(this.#now(second));
    this.#batteries.serverClock.told(this.#word);
  }

  #stopServer(second: number): void {
    this.#hangUp(second);
    const store = this.#store as SqliteStore;
    this.#commit();
    settle(store);
    this.#epochs = store.batteries(1)[0]?.epochs ?? [];
    store.close();
    this.#store = null;
  }

  #hangUp(second: number): void {
    if (this.#session !== null) this.#take(this.#session.ended(this.#now(second)), [], second);
    this.#session = null;
    this.#toSend = [];
  }

  // ---- the battery -------------------------------------------------------------------------------------------------

  /** What its clock shows. */
  #shown(second: number): number {
    if (this.#frozen !== null) return this.#frozen;
    return Math.floor(START + second + this.#ahead + (second * (this.#course.driftPpm ?? 0)) / 1e6);
  }

  #nameAt(second: number): string {
    const name = String(++this.#names);
    this.#taken.set(name, second);
    return name;
  }

  #remember(second: number): void {
    this.#rows = [...this.#rows.slice(-REMEMBERED), { stamp: this.#shown(second), name: this.#nameAt(second) }];
  }

  /** @returns whether it came */
  #send(frame: Uint8Array, names: readonly string[], second: number): boolean {
    if (this.#isCut || this.#store === null) return false;
    if (this.#session === null) {
      const forms = new FormBook();
      const options = { connection: ++this.#connection, batteries: this.#batteries, forms };
      this.#session = new Session(options, this.#now(second));
    }
    this.#take(this.#session.receive(frame, this.#now(second)), names, second);
    return true;
  }

  #take(outputs: readonly Output[], names: readonly string[], second: number): void {
    for (const output of outputs) {
      if (output.type === 'record') this.#records.push(output.record);
      else if (output.type === 'reply') for (const name of names) this.#acknowledged.add(name);
      else if (output.type === 'order') this.#hearOrder(output.frame, second);
      else if (output.type === 'close') this.#session = null;
    }
  }

  /** It sends what it remembers since that time, in the order in which it was. */
  #hearOrder(order: Uint8Array, second: number): void {
    const body = JSON.parse(new TextDecoder().decode(order.subarray(7, -2)));
    this.#orders.push(second);
    this.#session?.orderSent(this.#now(second));
    const after = Date.parse(`${body.Parameter1.replaceAll('/', '-').replace(' ', 'T')}Z`) / 1000;
    const from = this.#rows.findIndex(({ stamp }) => stamp > after);
    this.#toSend = from < 0 ? [] : this.#rows.slice(from, from + Number(body.Parameter2) + 1);
    const reply = JSON.stringify({ CmdIndex: body.CmdIndex, Command: body.Command, Status: 'Success' });
    this.#send(frameByHand(2, 8, reply), [], second);
  }

  #sendRows(second: number): void {
    if (this.#toSend.length === 0) return;
    const packet = this.#toSend.splice(0, 10);
    const names = packet.map(({ name }) => name);
    if (!this.#send(frameByHand(1, 12, historyBody(packet)), names, second)) return;
    for (const { stamp, name } of packet) this.#came({ kind: 'history', name, batteryTime: stamp }, second);
  }

  // ---- the store ---------------------------------------------------------------------------------------------------

  #commit(): void {
    if (this.#store !== null && this.#records.length > 0) this.#store.commit(this.#records.splice(0));
  }

  #compare(): Outcome {
    const reader = new SqliteReader(this.#folder);
    const rows = READING_KINDS.flatMap((kind) => {
      const column = columnsOf(kind).findIndex(({ name }) => name === NAMED);
      return Array.from(reader.readings(kind), ({ time, values }) => ({ name: String(values[column]), time }));
    });
    reader.close();
    const [from, to] = this.#course.compared ?? [0, Number.POSITIVE_INFINITY];
    const byName = Map.groupBy(rows, ({ name }) => name);
    const misdated = [...byName].flatMap(([name, all]) => {
      const second = this.#taken.get(name) as number;
      const off = Math.max(...all.map(({ time }) => Math.abs((time ?? 0) - START - second)));
      return off > 3 && second >= from && second < to ? [[name, second, off] as const] : [];
    });
    return {
      acknowledged: this.#acknowledged.size,
      lost: [...this.#acknowledged].filter((name) => !byName.has(name)),
      doubled: [...byName].filter(([, all]) => all.length > 1).map(([name]) => name),
      misdated,
      orders: this.#orders,
      arrivals: this.#arrivals,
      times: new Map(rows.map(({ name, time }) => [name, time])),
      epochs: this.#epochs,
    };
  }
}

/** Where the name of a reading stands. */
const NAMED = 'grid_power_l1';

function liveBody(stamp: number, name: string): string {
  const [date = '', time = ''] = new Date(stamp * 1000).toISOString().split(/[TZ.]/);
  return JSON.stringify({
    Time: `${date.replaceAll('-', '/')} ${time}`,
    SN: SERIAL,
    Ppv1: '0',
    PrealL1: '300',
    PmeterL1: name,
    PmeterDC: '0',
    Pbat: '0.0000',
    SOC: '62.0',
  });
}

function detailBody(stamp: number, name: string): string {
  const values = { Upv1: '262.4', Ua: '239.6', Fac: '50.01', PrealL1: '300', PmeterL1: name, Pbat: '0', SOC: '62.0' };
  return JSON.stringify({ ...JSON.parse(liveBody(stamp, name)), ...values });
}

function historyBody(rows: readonly Row[]): string {
  const lines = rows.map(({ stamp, name }) => {
    const [date = '', time = ''] = new Date(stamp * 1000).toISOString().split(/[TZ.]/);
    return [date.replaceAll('-', '/'), time, SERIAL, '0', '300', name, '0', '0.0000', '62.0'].join();
  });
  return `Date,Time,SN,Ppv1,PrealL1,PmeterL1,PmeterDC,Pbat,SOC\n${lines.join('\n')}\n`;
}
