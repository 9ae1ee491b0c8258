/**
 * The vendor's side of one connection of a battery: which of the battery's frames go to the vendor, and what becomes of the vendor's. What passes is for the
 * firewall to say; this does it.
 */
import type { Instant } from '../../model.ts';
import { LOGIN } from '../../protocol/commands.ts';
import { encodeFrame, type Frame } from '../../protocol/frame.ts';
import type { Message } from '../../protocol/messages.ts';
import type { HeardBattery } from '../batteries.ts';
import type { Consequence, Heard, Reply } from '../conversation.ts';
import type { Conversations } from '../conversations.ts';
import {
  type CommandPolicy,
  type FirewallPolicy,
  type FirewallState,
  judgeBattery,
  judgeVendor,
  SET_CONFIG,
  SYNC_TIME,
  type VendorOrder,
  type Verdict,
} from '../firewall.ts';
import type { Outputs } from '../outputs.ts';
import { bytesRecord, serialOf, serverEvent } from '../records.ts';
import { OPENING_MS, OpeningConversation } from './opening-conversation.ts';
import { SettingsConversation } from './settings-conversation.ts';
import { VendorOrderConversation, type WarnVendor } from './vendor-order.ts';

/** So many blocked frames a minute are kept and said; the rest is counted. */
const MOST_SAID = 30;
const MINUTE_MS = 60_000;
/** What a command may be called in an event. */
const PLAIN_NAME = /^[\w.-]{1,40}$/;

export interface VendorSideParts {
  readonly connection: number;
  readonly policy: FirewallPolicy;
  readonly outputs: Outputs;
  readonly conversations: Conversations;
}

type VendorConversation = VendorOrderConversation | SettingsConversation | OpeningConversation;

type BecameAction = ReturnType<HeardBattery['vendor']['asked']>;

/** `away`: it could not be reached, and is tried again later. */
export type VendorReach = 'connecting' | 'up' | 'away';

export class VendorSide {
  readonly #parts: VendorSideParts;
  #underWay: VendorConversation[] = [];
  #said = { sinceMono: Number.NEGATIVE_INFINITY, count: 0 };
  /** Until there is something to forward nobody tries. */
  #reach: VendorReach = 'connecting';
  #saidReach: VendorReach | null = null;

  constructor(parts: VendorSideParts) {
    this.#parts = parts;
  }

  /** Whether the vendor can be reached. */
  reaches(reach: VendorReach, now: Instant): void {
    this.#reach = reach;
    this.#sayReach(reach, now);
    if (reach !== 'away') return;
    for (const one of this.#underWay) if (one instanceof OpeningConversation) one.vendorAway();
    this.#parts.conversations.wake(now);
  }

  /** That it is being tried again is no news. */
  #sayReach(reach: VendorReach, now: Instant): void {
    const { outputs, connection } = this.#parts;
    if (reach === 'connecting' || reach === this.#saidReach || outputs.battery === null) return;
    this.#saidReach = reach;
    outputs.note(`vendor_${reach}`, `connection ${connection}`, now);
  }

  /**
   * The battery asks for its configuration, and that is no part of a conversation.
   * @returns what it is answered; null where that is not for the vendor to say
   */
  opens(battery: HeardBattery, now: Instant): Reply | null {
    const policy = this.#settingsPolicy;
    const mayBeGiven = policy === 'owner' || policy === 'pass';
    if (!this.#sharesConfiguration || this.#reach === 'away' || !mayBeGiven) return null;
    this.#begin(battery, new OpeningConversation({ battery, policy, ...this.#say }, now), now);
    return 'withheld';
  }

  get #settingsPolicy(): CommandPolicy {
    return this.#parts.policy.commands.get(SET_CONFIG) ?? 'owner';
  }

  get #sharesConfiguration(): boolean {
    const { share } = this.#parts.policy;
    return share === 'all' || share.has('configuration');
  }

  /** The battery's frame was kept and answered. @param heard what a conversation made of it */
  heardBattery(message: Message, frame: Frame, heard: Heard | null, now: Instant): void {
    const { policy, outputs, connection } = this.#parts;
    const bytes = encodeFrame(frame.type, frame.command, frame.body);
    this.#keepWindow(frame, bytes, 'from_battery', now);
    const resumesForUs = outputs.battery?.backfillConversation.connection === connection;
    const state = { ...this.#state(now), isOurs: heard !== null && heard.isForVendor !== true, resumesForUs };
    if (judgeBattery(frame, policy, state).action !== 'pass') return;
    outputs.add({
      type: 'upstream',
      frame: bytes,
      isLogin: message.type === 'login',
      battery: outputs.battery?.serial ?? null,
      // The battery waits as long for what the vendor says to that.
      ...(message.type === 'configuration_request' ? { waitMs: OPENING_MS } : {}),
    });
  }

  /** The vendor sent a whole frame with a good checksum. */
  heardVendor(frame: Frame, now: Instant): void {
    const { policy, outputs } = this.#parts;
    const bytes = encodeFrame(frame.type, frame.command, frame.body);
    this.#keepWindow(frame, bytes, 'from_vendor', now);
    const verdict = judgeVendor(frame, policy, this.#state(now));
    outputs.battery?.vendor.judged(verdict.action);
    if (verdict.rule === 'answer_awaited') this.#answer(frame, bytes, now);
    else if (verdict.action !== 'consume') this.#order(verdict, frame, bytes, now);
    if (outputs.battery !== null) outputs.settings(outputs.battery, now);
  }

  #state(now: Instant): FirewallState {
    this.#underWay = this.#underWay.filter(({ state }) => state !== 'idle');
    const { battery } = this.#parts.outputs;
    return {
      awaitsVendor: (command) => this.#underWay.some((conversation) => conversation.awaits(command)),
      lets: (command) => battery?.vendor.isLet(command, now) === true,
      underWay: this.#underWay.flatMap(({ command }) => command ?? []),
      hasBattery: battery !== null,
      isOurs: false,
      resumesForUs: false,
    };
  }

  #answer(frame: Frame, bytes: Uint8Array, now: Instant): void {
    // The vendor answers in the order in which it was asked.
    const awaiting = this.#underWay.find((one) => one.awaits(frame.command));
    awaiting?.answered(frame, bytes, now);
    this.#parts.conversations.wake(now);
  }

  #order(verdict: Verdict, frame: Frame, bytes: Uint8Array, now: Instant): void {
    const { outputs } = this.#parts;
    const { action, rule, order } = verdict;
    const { battery } = outputs;
    const became = battery?.vendor.asked({ atMs: now.wallMs, command: nameOf(order, battery), action, rule });
    const isSettings = order?.command === SET_CONFIG;
    if (battery === null || order === null || action === 'block' || (action === 'hold' && !isSettings))
      this.#refuse(verdict, frame, bytes, now);
    else if (isSettings) this.#beginSettings(battery, order, bytes, became as BecameAction, now);
    else this.#beginOrder(battery, order, frame, bytes, now);
  }

  #beginOrder(battery: HeardBattery, order: VendorOrder, frame: Frame, bytes: Uint8Array, now: Instant): void {
    const conversation = new VendorOrderConversation(order, bytes, this.#say, now, (sent) =>
      battery.clock.vendorSet.ordered(sent),
    );
    if (order.command === SYNC_TIME) {
      this.#keepClock(frame, bytes, 'from_vendor', now);
      this.#parts.outputs.problem('VENDOR_SET_CLOCK', '');
      battery.vendor.clockSetMs = now.wallMs;
    }
    this.#begin(battery, conversation, now);
  }

  #beginSettings(
    battery: HeardBattery,
    order: VendorOrder,
    frame: Uint8Array,
    became: BecameAction,
    now: Instant,
  ): void {
    const { outputs } = this.#parts;
    const asked = { battery, order, frame, policy: this.#settingsPolicy, mayReport: this.#sharesConfiguration, became };
    const conversation = new SettingsConversation({ ...asked, ...this.#say }, now);
    outputs.add({ type: 'upstream', frame: conversation.question, isLogin: false, battery: battery.serial });
    this.#begin(battery, conversation, now);
  }

  #begin(battery: HeardBattery, conversation: VendorConversation, now: Instant): void {
    this.#underWay.push(conversation);
    this.#parts.conversations.start(battery, conversation, now);
  }

  /** Kept and said, up to so many a minute: what is to be believed of the vendor must not fill the disk. */
  #refuse({ action, rule, order }: Verdict, frame: Frame, bytes: Uint8Array, now: Instant): void {
    const { outputs } = this.#parts;
    if (now.monoMs - this.#said.sinceMono >= MINUTE_MS) this.#said = { sinceMono: now.monoMs, count: 0 };
    if (this.#said.count++ >= MOST_SAID) return;
    const code = action === 'hold' ? 'VENDOR_HELD' : 'VENDOR_BLOCKED';
    const name = nameOf(order, outputs.battery) ?? `1,${frame.type},${frame.command}`;
    outputs.record(bytesRecord('unknown', code, bytes, frame, outputs.hearing(now), 'from_vendor'));
    outputs.problem(code, `${name}, ${rule}`);
    outputs.note(action === 'hold' ? 'vendor_held' : 'vendor_blocked', name, now);
  }

  readonly #note = (name: string, text: string, now: Instant): Consequence => ({
    type: 'record',
    record: serverEvent(name, text, this.#parts.outputs.hearing(now)),
  });

  readonly #warn: WarnVendor = (code, detail, now) => [
    { type: 'problem', code, battery: serialOf(this.#parts.outputs.hearing(now)), detail },
    this.#note(code.toLowerCase(), detail, now),
  ];

  readonly #say = { note: this.#note, warn: this.#warn };

  /** All that is said in the minute after SyncTime: nobody has recorded yet how a battery is told the time. */
  #keepWindow(frame: Frame, bytes: Uint8Array, direction: 'from_battery' | 'from_vendor', now: Instant): void {
    const isWindow = this.#underWay.some((one) => one instanceof VendorOrderConversation && one.isWindow);
    if (isWindow && frame.command !== LOGIN) this.#keepClock(frame, bytes, direction, now);
  }

  #keepClock(frame: Frame, bytes: Uint8Array, direction: 'from_battery' | 'from_vendor', now: Instant): void {
    const { outputs } = this.#parts;
    outputs.record(bytesRecord('conversation', 'VENDOR_SET_CLOCK', bytes, frame, outputs.hearing(now), direction));
  }
}

/** A command as it may be shown: what the vendor sends may be anything, the serial number of the battery too. */
function nameOf(order: VendorOrder | null, battery: HeardBattery | null): string | null {
  if (order === null) return null;
  const isPrivate = battery !== null && order.command.includes(battery.serial.reveal());
  return PLAIN_NAME.test(order.command) && !isPrivate ? order.command : 'a command without a plain name';
}
