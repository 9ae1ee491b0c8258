/**
 * What happens, told behind the commit: one type for the page and for every output. What must be worked out first (values,
 * texts without what is private) is worked out when somebody asks for it, and once for all who do.
 */
import type { ControlState } from '../model.ts';
import type {
  BatteryState,
  ClockState,
  CurrentKind,
  Energies,
  Settings,
  ShownEvent,
  ShownGap,
  Snapshot,
} from './state.ts';

/** A reading of the kinds that tell what is now, newer than those before. */
export interface ReadingNews {
  readonly type: 'reading';
  readonly battery: string;
  readonly kind: CurrentKind;
  readonly snapshot: Snapshot;
  /** Unknown fields under the vendor's names, without those that seem private. */
  readonly other: Readonly<Record<string, string>>;
}

/** The state of a battery has changed: its connections, its staleness, its clock, its gaps. */
export interface BatteryNews {
  readonly type: 'battery';
  readonly battery: BatteryState;
}

/** Something happened; `battery` is null where it is not known whose it is. */
export interface EventNews {
  readonly type: 'event';
  readonly battery: string | null;
  readonly event: ShownEvent;
}

/** A gap was found, or its state has changed. */
export interface GapNews {
  readonly type: 'gap';
  readonly battery: string;
  readonly gap: ShownGap;
}

/** More is known of a battery's clock. */
export interface ClockNews {
  readonly type: 'clock';
  readonly battery: string;
  readonly clock: ClockState;
}

/** A battery has reported its configuration. */
export interface ConfigurationNews {
  readonly type: 'configuration';
  readonly battery: string;
}

/** A change of a battery's settings has gone on. */
export interface ChangeNews {
  readonly type: 'control';
  readonly battery: string;
  /** Its number. */
  readonly change: number;
  readonly state: ControlState;
}

/** The server's own state has changed. */
export interface ServerNews {
  readonly type: 'server_state';
  /** Whether what batteries send can be kept at present. */
  readonly storing: boolean;
  readonly connections: number;
}

/** What is told behind the commit. */
export type News =
  | ReadingNews
  | BatteryNews
  | EventNews
  | GapNews
  | ClockNews
  | ConfigurationNews
  | ChangeNews
  | ServerNews;

/** Energy of one battery as the page has it, told about once a minute to who wants it. */
export interface EnergyNews {
  readonly type: 'energy';
  readonly battery: string;
  /** As of when. */
  readonly timeMs: number;
  /** When the house's day began that `today` is of. */
  readonly dayStartMs: number;
  readonly today: Energies;
  /** Since this server first heard the battery. */
  readonly total: Energies;
}

/** The settings of a battery, as it last reported them. */
export interface SettingsNews {
  readonly type: 'settings';
  readonly battery: string;
  readonly settings: Settings;
}

/** Who is told. */
export interface NewsListener {
  /** At once, behind the commit of what it is about. Must not throw. */
  tell(news: News): void;
}
