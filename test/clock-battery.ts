/** A battery of the trial of clocks: its clock, its line and what it remembers. Seconds count by true time. */

import type { Output } from '../src/session/output.ts';
import type { Session } from '../src/session/session.ts';
import { START, type TrialServer } from './clock-server.ts';
import type { ArrivedReading } from './offline/derived-times.ts';
import { frameByHand } from './wire.ts';

/** What happens to a battery at a moment: its clock is set by so many seconds, or to a time; … */
export type BatteryHappening =
  | { readonly at: number; readonly what: 'battery set'; readonly by: number }
  /** Power cut: its clock begins at 2000-01-01. */
  | { readonly at: number; readonly what: 'battery reboots' }
  /** Its clock is what it was meant to be. */
  | { readonly at: number; readonly what: 'battery set right' }
  | { readonly at: number; readonly what: 'battery freezes' | 'battery thaws' }
  /** Its connection is gone, and is there again. */
  | { readonly at: number; readonly what: 'line cut' | 'line mended' };

export interface BatteryCourse {
  /** Between two live frames, in seconds. */
  readonly cadence: number;
  readonly driftPpm?: number;
  /** How late a frame sent at a moment comes, in seconds; 0 where it is not told. */
  readonly late?: (second: number) => number;
  readonly happenings: readonly BatteryHappening[];
  /** By how many seconds its clock is ahead of UTC in the beginning, and when it is right; ten hours where not told. */
  readonly ahead?: number;
}

/** A reading as it came. */
export interface Arrival extends ArrivedReading {
  readonly name: string;
}

const AHEAD = 36_000;
const REBOOTED = Date.UTC(2000, 0, 1) / 1000;
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

export class TrialBattery {
  readonly serial: string;
  readonly #number: number;
  readonly #course: BatteryCourse;
  readonly #server: TrialServer;
  readonly #due: BatteryHappening[];
  #session: Session | null = null;
  #connection = 0;
  #isCut = false;
  readonly #right: number;
  #ahead: number;
  #frozen: number | null = null;
  #onTheirWay: SentFrame[] = [];
  #rows: Row[] = [];
  /** What it sends when a Resume came. */
  #toSend: Row[] = [];
  /** When each was taken, by name. */
  readonly taken = new Map<string, number>();
  readonly acknowledged = new Set<string>();
  readonly orders: number[] = [];
  readonly arrivals: Arrival[] = [];

  /** @param number which of the batteries of the server it is, from 0 */
  constructor(number: number, course: BatteryCourse, server: TrialServer) {
    this.#number = number;
    this.serial = `AL20020210101${String(number + 1).padStart(2, '0')}`;
    this.#course = course;
    this.#server = server;
    this.#due = [...course.happenings].sort((one, other) => one.at - other.at);
    this.#right = course.ahead ?? AHEAD;
    this.#ahead = this.#right;
  }

  /** What it does by itself, whether the server hears it or not. */
  pass(second: number): void {
    for (let next = this.#due[0]; next !== undefined && next.at <= second; next = this.#due[0]) {
      this.#due.shift();
      this.#happens(next, second);
    }
    if (second % 60 === 30) this.#remember(second);
  }

  /** What is on its way is gone. */
  dropSent(): void {
    this.#onTheirWay.length = 0;
  }

  speak(second: number): void {
    const { cadence, late = () => 0 } = this.#course;
    if (second % cadence === 0) this.#onTheirWay.push(this.#frameOf('live', second, late(second)));
    if (second % DETAIL_SECONDS === DETAIL_AT) this.#onTheirWay.push(this.#frameOf('detail', second, late(second)));
    // One connection: nothing overtakes.
    while (this.#onTheirWay[0] !== undefined && this.#onTheirWay[0].at <= second) {
      const { frame, ...row } = this.#onTheirWay.shift() as SentFrame;
      if (this.#send(frame, [row.name], second)) this.#came(row, second);
    }
    this.#sendRows(second);
    if (this.#session !== null) this.#take(this.#session.wake(this.#server.now(second)), [], second);
  }

  hangUp(second: number): void {
    if (this.#session !== null) this.#take(this.#session.ended(this.#server.now(second)), [], second);
    this.#session = null;
    this.#toSend = [];
  }

  #frameOf(kind: 'live' | 'detail', second: number, late: number): SentFrame {
    const name = this.#nameAt(second);
    const batteryTime = this.#shown(second);
    const told = { serial: this.serial, stamp: batteryTime, name };
    const [command, body] = kind === 'live' ? [16, liveBody(told)] : [5, detailBody(told)];
    return { kind, at: second + late, frame: frameByHand(1, command, body), name, batteryTime };
  }

  #came({ kind, name, batteryTime }: Omit<SentFrame, 'frame' | 'at'>, second: number): void {
    const [run, connection] = [this.#server.run, this.#connection];
    this.arrivals.push({ ...this.#server.now(second), kind, name, batteryTime, run, connection });
  }

  #happens(happening: BatteryHappening, second: number): void {
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
        this.hangUp(second);
        this.#isCut = true;
        return;
      case 'line mended':
        this.#isCut = false;
    }
  }

  /** What its clock shows. */
  #shown(second: number): number {
    if (this.#frozen !== null) return this.#frozen;
    return Math.floor(START + second + this.#ahead + (second * (this.#course.driftPpm ?? 0)) / 1e6);
  }

  #nameAt(second: number): string {
    const name = nameOf(this.#number, this.taken.size + 1);
    this.taken.set(name, second);
    return name;
  }

  #remember(second: number): void {
    this.#rows = [...this.#rows.slice(-REMEMBERED), { stamp: this.#shown(second), name: this.#nameAt(second) }];
  }

  /** @returns whether it came */
  #send(frame: Uint8Array, names: readonly string[], second: number): boolean {
    if (this.#isCut || !this.#server.isUp) return false;
    if (this.#session === null) {
      const { session, connection } = this.#server.accept(second);
      this.#session = session;
      this.#connection = connection;
    }
    this.#take(this.#session.receive(frame, this.#server.now(second)), names, second);
    return true;
  }

  #take(outputs: readonly Output[], names: readonly string[], second: number): void {
    for (const output of outputs) {
      if (output.type === 'record') this.#server.keep(output.record);
      else if (output.type === 'reply') for (const name of names) this.acknowledged.add(name);
      else if (output.type === 'order') this.#hearOrder(output.frame, second);
      else if (output.type === 'close') this.#session = null;
    }
  }

  /** It sends what it remembers since that time, in the order in which it was. */
  #hearOrder(order: Uint8Array, second: number): void {
    const body = JSON.parse(new TextDecoder().decode(order.subarray(7, -2)));
    this.orders.push(second);
    this.#session?.orderSent(this.#server.now(second));
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
    if (!this.#send(frameByHand(1, 12, historyBody(this.serial, packet)), names, second)) return;
    for (const { stamp, name } of packet) this.#came({ kind: 'history', name, batteryTime: stamp }, second);
  }
}

/** The fields that tell a reading from all others of all batteries: what they hold is its name. */
export const NAMED = ['inverter_power_l1', 'grid_power_l1'] as const;
/** So many readings are told apart by the second of them, within what a house can have. */
const NAMES = 50_000;

/** The inverter’s power says which battery, the grid’s which of its readings; together they are unique. */
function nameOf(battery: number, reading: number): string {
  return `${300 + 100 * battery + Math.floor(reading / NAMES)} ${reading % NAMES}`;
}

function liveBody({ serial, stamp, name }: Row & { readonly serial: string }): string {
  const [date = '', time = ''] = new Date(stamp * 1000).toISOString().split(/[TZ.]/);
  const [PrealL1, PmeterL1] = name.split(' ');
  return JSON.stringify({
    Time: `${date.replaceAll('-', '/')} ${time}`,
    SN: serial,
    Ppv1: '0',
    PrealL1,
    PmeterL1,
    PmeterDC: '0',
    Pbat: '0.0000',
    SOC: '62.0',
  });
}

function detailBody(told: Row & { readonly serial: string }): string {
  const values = { Upv1: '262.4', Ua: '239.6', Fac: '50.01', Pbat: '0', SOC: '62.0' };
  return JSON.stringify({ ...JSON.parse(liveBody(told)), ...values });
}

function historyBody(serial: string, rows: readonly Row[]): string {
  const lines = rows.map(({ stamp, name }) => {
    const [date = '', time = ''] = new Date(stamp * 1000).toISOString().split(/[TZ.]/);
    const [inverter, grid] = name.split(' ');
    return [date.replaceAll('-', '/'), time, serial, '0', inverter, grid, '0', '0.0000', '62.0'].join();
  });
  return `Date,Time,SN,Ppv1,PrealL1,PmeterL1,PmeterDC,Pbat,SOC\n${lines.join('\n')}\n`;
}
