/**
 * A simulated battery and a real session with control, in one time that the test sets: nothing waits, nothing is on a socket.
 */
import { type ControlChange, type ControlWish, type Instant, Private } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { BACKFILL } from '../src/session/backfill/backfill.ts';
import { Batteries, type HeardBattery } from '../src/session/batteries.ts';
import type { Refusal } from '../src/session/control/refusal.ts';
import type { Output } from '../src/session/output.ts';
import { VendorMemory } from '../src/session/relay/vendor-memory.ts';
import { Session } from '../src/session/session.ts';
import { SimulatedBattery } from '../src/simulator/battery/battery.ts';
import { inventIdentity } from '../src/simulator/battery/identity.ts';
import type { SimulatedOutgoing } from '../src/simulator/battery/options.ts';
import { SimulatedSettings } from '../src/simulator/battery/settings.ts';
import { Random } from '../src/simulator/random.ts';
import type { SettingFaultName } from '../src/simulator/setting-faults.ts';
import { POLICY } from './controlled.ts';

export const SEED = 'controlled';
/** 20:00 of the house: it takes some hundred watts from the battery, and the sun does not shine. */
const START_MS = Date.UTC(2026, 5, 15, 10);
const TICK_MS = 1000;
const RETRY_MS = 5000;
const AUTHOR = { kind: 'page', name: '' } as const;

export class SimulatedControl {
  readonly battery: SimulatedBattery;
  /** When each order to fetch its configuration left, Unix ms. */
  readonly ordered: number[] = [];
  readonly #batteries = new Batteries(1, { control: POLICY, backfill: { ...BACKFILL, enabled: false } });
  readonly #forms = new FormBook();
  #session: Session | null = null;
  #connection = 0;
  #elapsedMs = 0;
  #retryMs = 0;

  constructor(...faults: readonly SettingFaultName[]) {
    this.battery = new SimulatedBattery({ seed: SEED, startMs: START_MS, historySeconds: 0, faults: new Set(faults) });
  }

  get now(): Instant {
    return { wallMs: START_MS + this.#elapsedMs, monoMs: 5000 + this.#elapsedMs };
  }

  get heard(): HeardBattery {
    return this.#batteries.get(this.battery.sn) as HeardBattery;
  }

  get changes(): readonly ControlChange[] {
    return this.heard.control.changes.all;
  }

  change(number: number): ControlChange {
    return this.heard.control.changes.of(number) as ControlChange;
  }

  propose(wish: ControlWish, minutes: number | null): ControlChange | Refusal {
    const untilMs = minutes === null ? null : this.now.wallMs + minutes * 60_000;
    return this.heard.control.propose(wish, { author: AUTHOR, untilMs }, this.now);
  }

  /** What the vendor gave is known once the battery has been heard. */
  acquainted(): this {
    this.passes(60);
    const newest = {
      receivedMs: START_MS,
      source: 'relay',
      body: new Private(givenByVendor()),
      isConfirmed: false,
    } as const;
    Object.assign(this.heard, { vendor: new VendorMemory({ configurations: { newest }, reported: null }) });
    return this;
  }

  /** So many seconds. */
  passes(seconds: number): this {
    const end = this.#elapsedMs + seconds * 1000;
    while (this.#elapsedMs < end) {
      const tick = (Math.floor(this.#elapsedMs / TICK_MS) + 1) * TICK_MS;
      const soonest = Math.min(this.battery.deadline, this.#session?.deadline ?? Number.POSITIVE_INFINITY) - 5000;
      this.#elapsedMs = Math.min(end, tick, Math.max(this.#elapsedMs, soonest));
      this.#goesOn();
    }
    return this;
  }

  #goesOn(): void {
    if (this.#session === null && this.#elapsedMs >= this.#retryMs) this.#connects();
    if (this.battery.deadline <= this.now.monoMs) this.#does(this.battery.wake(this.now));
    const { deadline = null } = this.#session ?? {};
    if (deadline !== null && deadline <= this.now.monoMs) this.#hears(this.#session?.wake(this.now) ?? []);
    const control = this.#batteries.get(this.battery.sn)?.control;
    const conversation = control?.due(this.now, this.#session !== null) ?? null;
    if (conversation !== null) this.#hears(this.#session?.start(this.heard, conversation, this.now) ?? []);
  }

  #connects(): void {
    const connection = ++this.#connection;
    this.#session = new Session({ connection, batteries: this.#batteries, forms: this.#forms }, this.now);
    this.#does(this.battery.connected(this.now));
  }

  /** What the battery wants done. */
  #does(outgoing: readonly SimulatedOutgoing[]): void {
    for (const one of outgoing) {
      if (one.type === 'send') this.#hears(this.#session?.receive(one.bytes, this.now) ?? []);
      else if (one.type === 'disconnect') this.#hangsUp();
    }
  }

  /** What the session wants done. */
  #hears(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.type === 'close') this.#hangsUp();
      if (output.type !== 'reply' && output.type !== 'order') continue;
      if (output.type === 'order') {
        this.ordered.push(this.now.wallMs);
        this.#hears(this.#session?.orderSent(this.now) ?? []);
      }
      this.#does(this.battery.receive(output.frame, this.now));
    }
  }

  #hangsUp(): void {
    const session = this.#session;
    this.#session = null;
    this.#retryMs = this.#elapsedMs + RETRY_MS;
    session?.ended(this.now);
    this.battery.disconnected(this.now);
  }
}

/** All that this battery tells, as a vendor’s configuration has it, and what only that has. */
export function givenByVendor(): Uint8Array {
  const identity = inventIdentity(new Random(SEED).fork('battery/0').fork('identity'), 0);
  const told = JSON.parse(new SimulatedSettings(identity).body()) as Record<string, string>;
  const more = { GridCharge: false, BatHighCap: '100.00', BatUseCap: '13.00', VPPMode: '0', ChargeWeekend: '0' };
  return new TextEncoder().encode(JSON.stringify({ Status: 'Success', ...told, ...more }));
}
