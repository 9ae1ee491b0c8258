/**
 * What the sessions of batteries are made with: the configuration and the store, in the core's words.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/load.ts';
import type { Battery, Instant } from '../model.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { PeerNames } from '../server/peers.ts';
import { Switchboard } from '../server/switchboard.ts';
import { Batteries } from '../session/batteries.ts';
import { ServerClock } from '../session/clock/server-clock.ts';
import type { ControlPolicy } from '../session/control/battery-control.ts';
import type { FirewallPolicy } from '../session/firewall.ts';
import { PATIENCE, Session } from '../session/session.ts';
import type { StoreError } from '../store/store.ts';
import { BatteryLoader, type BatteryLoaderParts } from './battery-loader.ts';

/** Where the owner does not say how many batteries there are: so many are shown at once, and so many in all. */
const AT_ONCE = 8;
const MOST_BATTERIES = 10_000;

/** What is known of batteries from before. */
interface StoredBatteries {
  idOf(serial: string): string | undefined;
  shortIdOf(serial: string): string;
  loginDigest(login: string): string;
}

export class SessionOpener {
  readonly batteries: Batteries;
  readonly switchboard: Switchboard;
  readonly #known: StoredBatteries;
  readonly #peers: PeerNames;
  readonly #forms = new FormBook();
  readonly #relay: FirewallPolicy | undefined;
  readonly #patience: typeof PATIENCE;

  /**
   * @param kept how many batteries are known from before
   * @param relay what passes between batteries and the vendor; without it nothing does
   * @param control whether and how their owner may change how they are set; without it he may not
   */
  constructor(
    battery: Config['battery'],
    known: StoredBatteries,
    kept: number,
    serverClock = new ServerClock(),
    relay?: FirewallPolicy,
    control?: ControlPolicy,
  ) {
    const { backfill: enabled, backfill_piece: pieceSeconds, backfill_first: firstSeconds } = battery;
    const staleMs = battery.stale_after * 1000;
    this.#known = known;
    this.#relay = relay;
    this.#peers = new PeerNames(battery.trusted_networks);
    this.#patience = { ...PATIENCE, staleMs, silenceMs: battery.silent_after * 1000 };
    this.batteries = new Batteries(battery.max_batteries ?? MOST_BATTERIES, {
      backfill: { enabled, pieceSeconds, firstSeconds },
      staleMs,
      ranges: new Map(Object.entries(battery.limits)),
      kept,
      serverClock,
      ...(control === undefined ? {} : { control }),
      isListed: (serial) => isListed(serial, known.idOf(serial), battery),
      ...(battery.max_batteries === null ? { atOnce: AT_ONCE } : {}),
    });
    this.switchboard = new Switchboard({ batteries: this.batteries, idOf: (serial) => known.shortIdOf(serial) });
  }

  /** What is kept of a battery that is about to speak. */
  loaded(battery: Battery): void {
    this.batteries.restore(battery);
  }

  /**
   * @param address of the peer, as the socket says it
   * @param isOverheard whether it speaks with another server, and is only listened to
   */
  open(connection: number, now: Instant, address: string, isOverheard = false): Session {
    const { batteries } = this;
    const peer = this.#peers.of(address);
    const hashLogin = (login: string) => this.#known.loginDigest(login);
    const relay = this.#relay === undefined ? {} : { relay: this.#relay };
    const known = { connection, batteries, forms: this.#forms, patience: this.#patience, peer, hashLogin, isOverheard };
    return new Session({ ...known, ...relay }, now);
  }
}

/** Whether the owner lets a serial number in. @param id of a battery heard before */
function isListed(serial: string, id: string | undefined, { serials, learn }: Config['battery']): boolean {
  if (serials.length > 0) return serials.includes(serial) || (id !== undefined && serials.includes(id));
  return learn || id !== undefined;
}

interface BatteryWatcher {
  /** What is kept of a battery that is about to speak. */
  loaded(battery: Battery): void;
}

/** @param watchers told of each, after the sessions. @param reports told where one cannot be read */
export function batteryLoader(
  store: BatteryLoaderParts['store'],
  sessions: SessionOpener,
  reports: { refused(error: StoreError): void },
  watchers: readonly BatteryWatcher[],
): BatteryLoader {
  return new BatteryLoader({
    store,
    isLoaded: (serial) => sessions.batteries.get(serial) !== null,
    loaded: (battery) => {
      for (const watcher of [sessions, ...watchers]) watcher.loaded(battery);
    },
    failed: (error) => reports.refused(error),
    pause: sleep,
  });
}
