/**
 * A day of one battery, recorded in four ways: by the server it speaks to, by a tap that overhears that, by a relay, and by the server behind the relay. The
 * rows are the same.
 */
import { describe, expect, it } from 'vitest';
import type { Instant, StoreRecord } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { type Frame, FrameDecoder } from '../src/protocol/frame.ts';
import { BACKFILL } from '../src/session/backfill/backfill.ts';
import { Batteries } from '../src/session/batteries.ts';
import type { FirewallPolicy } from '../src/session/firewall.ts';
import type { Output } from '../src/session/output.ts';
import { Session } from '../src/session/session.ts';
import { SimulatedBattery } from '../src/simulator/battery/battery.ts';
import type { SimulatedOutgoing } from '../src/simulator/battery/options.ts';
import { NO_PAUSES } from '../src/simulator/pauses.ts';
import { toldOf } from './dialogue.ts';

const START_MS = Date.UTC(2024, 5, 12, 0, 0, 0, 400);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nobody hears it in between: what it remembers is asked for later. */
const AWAY = [9 * HOUR_MS, 10 * HOUR_MS] as const;
/** Each connection is known by another number, as in four stores. */
const EVERYTHING: FirewallPolicy = { commands: new Map([['Resume', 'pass']]), share: 'all' };

const at = (ms: number): Instant => ({ wallMs: START_MS + ms, monoMs: ms });

/** One that records, across the connections of its battery. */
class Recorder {
  readonly records: StoreRecord[] = [];
  readonly #options: { isOverheard?: boolean; relay?: FirewallPolicy; asks?: boolean };
  readonly #batteries: Batteries;
  readonly #forms = new FormBook();
  #connection = 0;
  session: Session;

  constructor(options: { isOverheard?: boolean; relay?: FirewallPolicy; asks?: boolean } = {}) {
    this.#options = options;
    this.#batteries = new Batteries(10, { backfill: { ...BACKFILL, enabled: options.asks !== false } });
    this.session = this.connect(at(0));
  }

  connect(now: Instant): Session {
    const { asks: _, ...options } = this.#options;
    this.session = new Session(
      { connection: ++this.#connection, batteries: this.#batteries, forms: this.#forms, ...options },
      now,
    );
    return this.session;
  }

  /** Keeps what is to be kept. @returns what is to be sent */
  keep(outputs: readonly Output[]): readonly Output[] {
    for (const output of outputs) if (output.type === 'record') this.records.push(output.record);
    return outputs.filter(({ type }) => type !== 'record' && type !== 'problem');
  }

  /** Readings, entries of the battery's log, its messages and configurations; nothing of when they came a second time. */
  rows(): string[] {
    const rows = this.records.flatMap((record) => {
      if (record.type === 'event' && record.source === 'server') return [];
      if (!['reading', 'event', 'configuration'].includes(record.type)) return [];
      const { receivedMs: _, connection: __, ...told } = toldOf(record);
      return [JSON.stringify(told)];
    });
    return [...new Set(rows)].sort();
  }
}

/** Has a battery live through a day. @param hears takes what it sends, and gives what it is answered */
function day(
  connect: (now: Instant) => void,
  hears: (bytes: Uint8Array, now: Instant) => Uint8Array[],
  ends: (now: Instant) => void,
): SimulatedBattery {
  const battery = new SimulatedBattery({ seed: 'a day', startMs: START_MS, pauses: NO_PAUSES, clockDriftPpm: 5 });
  const send = (outgoing: readonly SimulatedOutgoing[], now: Instant): void => {
    for (const one of outgoing) {
      if (one.type !== 'send') continue;
      for (const answer of hears(one.bytes, now)) send(battery.receive(answer, now), now);
    }
  };
  const until = (end: number) => {
    while (battery.deadline <= end) {
      const now = at(battery.deadline);
      send(battery.wake(now), now);
    }
  };
  for (const [from, to] of [
    [0, AWAY[0]],
    [AWAY[1], DAY_MS],
  ] as const) {
    connect(at(from));
    send(battery.connected(at(from)), at(from));
    until(to);
    ends(at(to));
    battery.disconnected(at(to));
  }
  return battery;
}

function framesIn(bytes: Uint8Array): Frame[] {
  const decoder = new FrameDecoder();
  decoder.receive(bytes);
  const found: Frame[] = [];
  for (let next = decoder.next(); next !== null; next = decoder.next()) if (next.kind === 'frame') found.push(next);
  return found;
}

const sent = (outputs: readonly Output[]) =>
  outputs.flatMap((output) => (output.type === 'reply' || output.type === 'order' ? [output.frame] : []));

/** Orders leave at once. */
function said(recorder: Recorder, outputs: readonly Output[], now: Instant): Uint8Array[] {
  const frames = sent(recorder.keep(outputs));
  const hasOrder = outputs.some(({ type }) => type === 'order');
  return hasOrder ? [...frames, ...said(recorder, recorder.session.orderSent(now), now)] : frames;
}

describe('a day of a battery', () => {
  it('is the same whether it is spoken to, overheard or relayed', () => {
    const [plain, tapped] = [new Recorder(), new Recorder({ isOverheard: true })];
    const wake = (recorder: Recorder, now: Instant) => said(recorder, recorder.session.wake(now), now);
    day(
      (now) => {
        plain.connect(now);
        tapped.connect(now);
      },
      (bytes, now) => {
        expect(said(tapped, tapped.session.receive(bytes, now), now)).toEqual([]);
        const answers = [...wake(plain, now), ...said(plain, plain.session.receive(bytes, now), now)];
        for (const answer of answers)
          for (const frame of framesIn(answer)) tapped.keep(tapped.session.otherServerSaid(frame, now));
        expect(wake(tapped, now)).toEqual([]);
        return answers;
      },
      (now) => {
        plain.keep(plain.session.ended(now));
        tapped.keep(tapped.session.ended(now));
      },
    );

    const [relay, vendor] = [new Recorder({ relay: EVERYTHING, asks: false }), new Recorder()];
    /** What the vendor says to what goes there, and what of it comes to the battery. */
    const exchange = (outputs: readonly Output[], now: Instant): Uint8Array[] => {
      const upstream = outputs.flatMap((output) => (output.type === 'upstream' ? [output.frame] : []));
      const toBattery = said(relay, outputs, now);
      for (const frame of upstream) {
        for (const answer of said(vendor, vendor.session.receive(frame, now), now))
          for (const one of framesIn(answer)) toBattery.push(...exchange(relay.session.vendorSaid(one, now), now));
      }
      return toBattery;
    };
    day(
      (now) => {
        relay.connect(now);
        vendor.connect(now);
      },
      (bytes, now) => {
        vendor.keep(vendor.session.wake(now));
        return [...exchange(relay.session.wake(now), now), ...exchange(relay.session.receive(bytes, now), now)];
      },
      (now) => {
        relay.keep(relay.session.ended(now));
        vendor.keep(vendor.session.ended(now));
      },
    );

    const rows = plain.rows();
    const count = (kind: string) => rows.filter((row) => row.includes(`"kind":"${kind}"`)).length;
    // 23 hours every ten seconds; what was missed is there by the minute.
    expect(count('live')).toBeGreaterThan(8200);
    expect(count('history')).toBeGreaterThanOrEqual(58);
    expect(count('detail')).toBeGreaterThan(270);
    expect(rows.some((row) => row.includes('"type":"configuration"'))).toBe(true);
    expect(tapped.rows()).toEqual(rows);
    expect(vendor.rows()).toEqual(rows);
    expect(relay.rows()).toEqual(rows);
  });
});
