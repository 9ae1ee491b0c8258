/**
 * What answers are made of.
 */
import type * as z from 'zod';
import type { HouseState } from '../now/house-state.ts';
import type { SinkStatus } from '../sinks/sink.ts';
import type { Auth } from './access/auth.ts';
import type * as doctorSchema from './doctor-schema.ts';
import type { FrameTap } from './live/frame-tap.ts';
import type { QueryPool } from './query/pool.ts';
import type { Bundling } from './routes/bundle.ts';
import type { Controlling } from './routes/control.ts';
import type { Experimenting } from './routes/experiment.ts';
import type { ForgettingDesk } from './routes/forget.ts';
import type { ImportingDesk } from './routes/imports.ts';
import type { Leaving } from './routes/leave.ts';
import type { Pricing } from './routes/prices.ts';
import type { RecordingControl } from './routes/recording.ts';
import type { Redating } from './routes/redate.ts';
import type { Relaying } from './routes/relay.ts';
import type { Scheduling } from './routes/schedules.ts';
import type { TapView } from './routes/tap.ts';
import type { Trusting } from './routes/trust.ts';
import type { StoreSize } from './store-size.ts';

/** What the battery port knows of a peer that got no further. */
interface RefusedPeer {
  /** Private. */
  readonly address: string;
  readonly code: string;
  readonly times: number;
  readonly lastMs: number;
}

/** What the server says of itself. */
export interface ServerFacts {
  readonly name: string;
  readonly version: string;
  readonly startedMs: number;
  readonly timeZone: string;
  /** Where batteries connect: `0.0.0.0:7777`. */
  batteryAddress(): string;
  /** How often each problem was seen since the start, by code. */
  counters(): Readonly<Record<string, number>>;
  /** Rows that are committed and not yet in their place. */
  waitingRows(): number;
  now(): number;
  /** The outputs that are shown. */
  sinks(): readonly { readonly name: string; readonly status: SinkStatus }[];
  /** Who was refused at the battery port, or is no battery; the newest first. */
  strangers(): readonly RefusedPeer[];
}

/** The server's own clock, as far as things may be removed by it. */
export interface OwnClock {
  /** Why it is not believed, in a sentence; null where it is. */
  doubt(): string | null;
  /** The owner's word. @returns whether it is believed now */
  confirm(): boolean;
}

/** Says what is wrong. */
export interface Examiner {
  /** @param shown whose addresses: of everybody, of this machine and its DNS alone, of nobody */
  findings(shown: 'all' | 'own' | 'none'): Promise<z.infer<typeof doctorSchema.doctor>>;
  /** Where the battery's name is to lead. @param areShown whether addresses are told */
  destination(areShown: boolean): z.infer<typeof doctorSchema.destination>;
  /** Ends what is under way. */
  stop(): void;
}

export interface Services {
  readonly doctor: Examiner;
  readonly clock: OwnClock;
  readonly facts: ServerFacts;
  readonly state: HouseState;
  readonly tap: FrameTap;
  readonly pool: QueryPool;
  readonly auth: Auth;
  readonly size: StoreSize;
  readonly trust: Trusting;
  readonly forgetting: ForgettingDesk;
  readonly redating: Redating;
  readonly importing: ImportingDesk;
  readonly bundling: Bundling;
  readonly relay: Relaying;
  /** null where nothing is tapped. */
  readonly tapped: () => TapView | null;
  readonly recording: RecordingControl;
  readonly control: Controlling;
  readonly leaving: Leaving;
  readonly experiments: Experimenting;
  readonly schedules: Scheduling;
  readonly prices: Pricing;
  /** Of the cookie: where the page is. */
  readonly basePath: string;
}
