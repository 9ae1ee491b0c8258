/**
 * A battery that is controlled, in conversations: it has logged in, told its settings and its charge, and its vendor's configuration is known.
 */
import { type ControlChange, Private } from '../src/model.ts';
import { BACKFILL } from '../src/session/backfill/backfill.ts';
import { Batteries, type HeardBattery } from '../src/session/batteries.ts';
import type { BatteryControl, ControlPolicy } from '../src/session/control/battery-control.ts';
import type { ChangeConversation } from '../src/session/control/change-conversation.ts';
import type { FirewallPolicy } from '../src/session/firewall.ts';
import { VendorMemory } from '../src/session/relay/vendor-memory.ts';
import { type Dialogue, dialogue, NOON } from './dialogue.ts';
import { frameByHand } from './wire.ts';

export const SERIAL = 'AL2002021010101';
/** What the vendor gave, as it writes: with keys that the battery does not tell. */
export const GIVEN =
  '{"Status":"Success","SN":"AL2002021010101","Address":"1 Invented Street","GridCharge":false,"BatHighCap":"100.00","BatUseCap":"13.00","CtrDis":false,' +
  '"GridChargeWE":false,"BatHighCapWE":"0.00","Safe":"2","VPPMode":"0","CheckTime":"2024-06-11 11:17:53",' +
  '"TimeChaF1":"0","TimeChaE1":"0","TimeChaF2":"0","TimeChaE2":"0","TimeDisF1":"0","TimeDisE1":"0","TimeDisF2":"0","TimeDisE2":"0","EmsLanguage":0,"ChargeWeekend":"0"}';

/** What the battery tells, in its own words. */
export function told(changes: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({
    ...{ SN: SERIAL, Address: '1 Invented Street', EMSVersion: 'V1', GridCharge: 'false', CtrDis: 'false' },
    ...{ TimeChaF1: '0', TimeChaE1: '0', TimeChaF2: '0', TimeChaE2: '0' },
    ...{ TimeDisF1: '0', TimeDisE1: '0', TimeDisF2: '0', TimeDisE2: '0' },
    ...{ BatHighCap: '100', BatUseCap: '13', EmsLanguage: '0', Safe: '2' },
    ...changes,
  });
}

export const POLICY: ControlPolicy = {
  isEnabled: true,
  writesPerDay: 10,
  minIntervalMs: 300_000,
  experiments: false,
  answersReplies: true,
  dayStartMs: (ms) => ms - (ms % 86_400_000),
};

export const ASK = `{"SN":"${SERIAL}"}`;

export class ControlledHouse {
  batteries: Batteries;
  readonly #policy: ControlPolicy;
  talk: Dialogue;
  /** By how many seconds the battery's clock is ahead of UTC. */
  clockAhead = 3600;
  #connection = 7;
  readonly #relay: FirewallPolicy | undefined;

  /** @param relay what passes between the battery and the vendor; without it nothing does */
  constructor(policy: Partial<ControlPolicy> = {}, given: string | null = GIVEN, relay?: FirewallPolicy) {
    this.#relay = relay;
    // What it says may change: its getters are kept.
    this.#policy = Object.defineProperties({ ...POLICY }, Object.getOwnPropertyDescriptors(policy));
    this.batteries = this.#noBatteries();
    this.talk = dialogue({ batteries: this.batteries, connection: this.#connection, ...this.#relayed });
    this.tells(told());
    this.vendorGave(given, NOON.wallMs - 60_000);
    this.reads(57.6);
  }

  #noBatteries(): Batteries {
    return new Batteries(10, { control: this.#policy, backfill: { ...BACKFILL, enabled: false } });
  }

  /**
   * The server is killed, and another begins, which the battery connects to.
   * @param control what was kept of changes
   * @param reported what was kept of what the battery told
   */
  restarts(control: readonly ControlChange[], reported: { readonly text: string; readonly receivedMs: number }): this {
    const { serial, clock, vendor, live } = this.battery;
    const newest = live === null ? null : { time: live.time, receivedMs: this.talk.now.wallMs };
    this.batteries = this.#noBatteries();
    this.batteries.restore({
      ...{
        id: 'b3f1c2',
        serial,
        firstSeenMs: 0,
        epochs: clock.timeline.epochs,
        newest,
        openGaps: [],
        lastGapNumber: 0,
      },
      ...{ trust: { peers: [], lastRun: 0 }, control },
      reported: { ...reported, text: new Private(reported.text) },
    });
    Object.assign(this.battery, { vendor });
    return this.#connects();
  }

  /** What is known of its vendor’s, from now on; null: nothing. */
  vendorGave(text: string | null, receivedMs: number): this {
    const body = new Private(new TextEncoder().encode(text ?? ''));
    const newest = { receivedMs, source: 'relay', body, isConfirmed: false } as const;
    Object.assign(this.battery, {
      vendor: new VendorMemory({ configurations: text === null ? {} : { newest }, reported: null }),
    });
    return this;
  }

  get #relayed(): { readonly relay?: FirewallPolicy } {
    return this.#relay === undefined ? {} : { relay: this.#relay };
  }

  get battery(): HeardBattery {
    return this.batteries.get(SERIAL) as HeardBattery;
  }

  get control(): BatteryControl {
    return this.battery.control;
  }

  change(number = this.control.changes.lastNumber): ControlChange {
    return this.control.changes.of(number) as ControlChange;
  }

  /** Its state, and those before it, in their order. */
  steps(number = this.control.changes.lastNumber): string {
    return this.change(number)
      .steps.map(({ state }) => state)
      .join(' ');
  }

  /** The battery tells its settings, with nothing to be said of it but that. */
  tells(text: string): this {
    this.talk.quietly(() => this.talk.sends(4, text));
    return this;
  }

  /** A live reading. @param watts + discharging */
  reads(percent: number, watts = 500): this {
    const clock = new Date(this.talk.now.wallMs + this.clockAhead * 1000)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ')
      .replaceAll('-', '/');
    const body = `{"Time":"${clock}","SN":"${SERIAL}","Pbat":"${watts.toFixed(4)}","SOC":"${percent.toFixed(1)}"}`;
    this.talk.quietly(() => this.talk.sends(16, body));
    return this;
  }

  /** So many seconds with a live reading every ten. */
  lives(seconds: number, percent = 57.6, watts = 0): this {
    for (let left = seconds; left > 0; left -= 10) {
      this.talk.quietly(() => this.talk.after(10));
      this.reads(percent, watts);
    }
    return this;
  }

  /** Time passes, with a live reading now and then, so that the battery is there. */
  waits(seconds: number): this {
    for (let left = seconds; left > 0; left -= 200) {
      this.talk.quietly(() => this.talk.after(Math.min(200, left)));
      this.reads(57.6, 0);
    }
    return this;
  }

  /** What is due begins. @returns whether anything was */
  due(): boolean {
    const conversation: ChangeConversation | null = this.control.due(this.talk.now, true);
    if (conversation !== null) this.talk.begins(this.battery, conversation);
    this.control.takeRecords();
    return conversation !== null;
  }

  /** The connection ends, and another begins. */
  connectsAnew(): this {
    this.talk.quietly(() => this.talk.hangsUp());
    return this.#connects();
  }

  #connects(): this {
    this.#connection++;
    this.talk = dialogue({
      ...{ batteries: this.batteries, connection: this.#connection, at: this.talk.now },
      ...this.#relayed,
    });
    return this;
  }

  /** The order leaves, the battery accepts it, and fetches what it is given; it tells nothing of it yet. */
  fetches(): this {
    this.talk.quietly(() =>
      this.talk
        .orderLeaves()
        .battery(frameByHand(2, 8, this.answer()))
        .sends(3, ASK),
    );
    return this;
  }

  /** The whole conversation, where all goes well. @param now what the battery tells then */
  obeys(now: string): this {
    return this.fetches().tells(now);
  }

  /** `CmdIndex` of an order given now: milliseconds since midnight. */
  get index(): string {
    return String(this.talk.now.wallMs % 86_400_000);
  }

  answer(status = 'Success', index = this.index): string {
    return JSON.stringify({ Command: 'SetConfig', CmdIndex: index, Status: status });
  }
}
