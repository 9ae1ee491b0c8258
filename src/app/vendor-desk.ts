/**
 * What the vendor wants of each battery, for the owner to see, and his word on it.
 */
import { counted } from '../counted.ts';
import type { ControlChange, Instant, StoreRecord } from '../model.ts';
import type { Relay, RelayTotals } from '../relay/relay.ts';
import type { Switchboard } from '../server/switchboard.ts';
import type { HeardBattery } from '../session/batteries.ts';
import { type FirewallPolicy, SET_CONFIG, VENDOR_COMMANDS } from '../session/firewall.ts';
import { serverEvent, vendorRecords } from '../session/records.ts';
import type { AllowedConfiguration, HeldConfiguration } from '../session/relay/vendor-settings.ts';
import type { RelayView, VendorDecision, VendorView } from '../web/routes/relay.ts';

/** What cannot be done, in a sentence. */
class VendorError extends Error {
  override readonly name = 'VendorError';
}

export interface VendorDeskParts {
  readonly switchboard: Pick<Switchboard, 'find' | 'idOf'>;
  /** null where nothing is relayed. */
  readonly relay: Pick<Relay, 'relayed' | 'totals'> | null;
  readonly policy: FirewallPolicy | undefined;
  /** `HOST:PORT`; null where nothing is relayed. */
  readonly upstream: string | null;
  /** Keeps these, for good. */
  keep(records: readonly StoreRecord[]): void;
  now(): Instant;
}

const MINUTE_MS = 60_000;

const NOTES = { allowed: 'vendor_settings_allowed', confirmed: 'vendor_settings_confirmed' } as const;
const REFUSALS: Readonly<Record<Exclude<AllowedConfiguration, keyof typeof NOTES>, string>> = {
  nothing: 'nothing is held',
  untold: 'the battery has not told its settings yet, so nobody can say what would change',
  dangerous:
    'this would change what is dangerous to change: it needs relay.policy SetConfig: pass, and the id of the battery as confirm',
};

export class VendorDesk {
  readonly #parts: VendorDeskParts;

  constructor(parts: VendorDeskParts) {
    this.#parts = parts;
  }

  /** How many connections are relayed, and how many of them reach the vendor; null where nothing is relayed. */
  get relayed(): { readonly connections: number; readonly up: number; readonly totals: RelayTotals } | null {
    const { relay } = this.#parts;
    if (relay === null) return null;
    const { relayed, totals } = relay;
    const up = relayed.filter(({ upstream }) => upstream.state === 'up').length;
    return { connections: relayed.length, up, totals };
  }

  relay(): RelayView {
    const { relay, upstream, switchboard } = this.#parts;
    const connections = (relay?.relayed ?? []).map(({ connection, battery, hasLogin, upstream: status }) => ({
      connection,
      battery: battery === null ? null : switchboard.idOf(battery.reveal()),
      hasLogin,
      ...status,
    }));
    return { upstream, connections, commands: upstream === null ? [] : this.#commands() };
  }

  #commands(): RelayView['commands'] {
    const said = this.#parts.policy?.commands ?? new Map();
    const known = VENDOR_COMMANDS.map(({ name, policy, why }) => ({ name, policy: said.get(name) ?? policy, why }));
    const others = [...said].filter(([name]) => !VENDOR_COMMANDS.some((one) => one.name === name));
    return [...known, ...others.map(([name, policy]) => ({ name, policy, why: 'by your configuration' }))];
  }

  /** null of a battery that has not spoken yet. */
  of(id: string): VendorView | null {
    const battery = this.#parts.switchboard.find(id);
    if (battery === null) return null;
    const { requests, counts, blocked, settings, clockSetMs } = battery.vendor;
    const { held } = settings;
    const postponed = postponedView(battery.control.changes.holding);
    return { requests, counts, blocked, clockSetMs, held: held === null ? null : heldView(held), postponed };
  }

  /** @throws VendorError */
  decide(id: string, decision: VendorDecision): void {
    const battery = this.#parts.switchboard.find(id);
    if (battery === null) throw new VendorError('the battery has not spoken since the server was started');
    if (decision.action === 'let') this.#let(battery, decision.command, decision.minutes);
    else if (decision.action === 'allow') this.#allow(id, battery, decision.confirm);
    else if (!battery.vendor.settings.refuseHeld()) throw new VendorError('nothing is held');
    else this.#note(battery, 'vendor_settings_refused', '');
  }

  #let(battery: HeardBattery, command: string, minutes: number): void {
    if (command === SET_CONFIG) throw new VendorError('allow what is held, instead');
    battery.vendor.let(command, this.#parts.now().monoMs + minutes * MINUTE_MS);
    this.#note(battery, 'vendor_let', `${command}, for ${counted(minutes, 'minute')}`);
  }

  /** What is dangerous to change needs both the owner's file and his typed word. */
  #allow(id: string, battery: HeardBattery, confirm: string | undefined): void {
    const isInFile = this.#parts.policy?.commands.get(SET_CONFIG) === 'pass';
    const { settings } = battery.vendor;
    const { held } = settings;
    const allowed = settings.allowHeld(isInFile && confirm === id);
    if (allowed === 'allowed' || allowed === 'confirmed') this.#note(battery, NOTES[allowed], keysOf(held));
    else throw new VendorError(REFUSALS[allowed]);
  }

  #note(battery: HeardBattery, name: string, text: string): void {
    const now = this.#parts.now();
    this.#parts.keep([...vendorRecords(battery, now), serverEvent(name, text, { connection: 0, battery, now })]);
  }
}

function keysOf(held: HeldConfiguration | null): string {
  return held?.comparison?.differences.map(({ key }) => key).join(', ') ?? '';
}

function heldView({ sinceMs, comparison }: HeldConfiguration): NonNullable<VendorView['held']> {
  return {
    sinceMs,
    finding: comparison?.finding ?? 'unknown',
    differences: comparison?.differences ?? [],
    unconfirmed: comparison?.unconfirmed ?? [],
  };
}

/** What the vendor wants of a verb's settings. */
function postponedView(holding: ControlChange | null): VendorView['postponed'] {
  if (holding?.vendorWants === undefined) return null;
  const { wish, untilMs, after, vendorWants } = holding;
  const differences = Object.entries(vendorWants)
    .filter(([key, to]) => after[key] !== undefined && after[key] !== to)
    .map(([key, to]) => ({ key, from: after[key] ?? null, to, owner: 'owner' as const }));
  if (differences.length === 0) return null;
  return { verb: wish.kind, untilMs: untilMs as number, differences };
}
