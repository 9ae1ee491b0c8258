/**
 * News that are made of what was kept, and worked out where somebody wants to know, once.
 */
import type { Rest } from '../model.ts';
import type { EventNews, ReadingNews } from './news.ts';
import { type KeptEvent, shownEvent, shownRest } from './shown.ts';
import type { CurrentKind, ShownEvent, Snapshot } from './state.ts';

/** The battery that it is of. */
interface NewsSubject {
  readonly id: string;
  /** Its serial number, which no text may show. */
  readonly secrets: readonly string[];
}

export class HeardReading implements ReadingNews {
  readonly type = 'reading';
  readonly kind: CurrentKind;
  readonly snapshot: Snapshot;
  readonly #subject: NewsSubject;
  readonly #rest: Rest | null;
  #other: ReadingNews['other'] | null = null;

  constructor(subject: NewsSubject, kind: CurrentKind, snapshot: Snapshot, rest: Rest | null) {
    this.kind = kind;
    this.snapshot = snapshot;
    this.#subject = subject;
    this.#rest = rest;
  }

  get battery(): string {
    return this.#subject.id;
  }

  get other(): ReadingNews['other'] {
    this.#other ??= shownRest(this.#rest, this.#subject.secrets);
    return this.#other;
  }
}

export class HeardEvent implements EventNews {
  readonly type = 'event';
  readonly #subject: NewsSubject | null;
  readonly #kept: KeptEvent;
  #event: ShownEvent | null = null;

  /** @param subject null where it is not known */
  constructor(subject: NewsSubject | null, kept: KeptEvent) {
    this.#subject = subject;
    this.#kept = kept;
  }

  get battery(): string | null {
    return this.#subject?.id ?? null;
  }

  get event(): ShownEvent {
    this.#event ??= shownEvent(this.#kept, this.#subject?.secrets ?? []);
    return this.#event;
  }
}
