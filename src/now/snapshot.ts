/**
 * The newest reading of a battery. It is kept as it came, since most are never looked at; what may be shown of it is worked
 * out when somebody asks.
 */
import type { Value } from '../model.ts';
import { columnsOf } from '../protocol/fields/fields.ts';
import { type Filled, NONE_HELD } from './held.ts';
import { shownValues } from './shown.ts';
import type { CurrentKind, HeldValue, Snapshot, Values } from './state.ts';

/**
 * What was worked out last, for the next who asks for the same: those who are told one piece of news ask one after the
 * other. Of every battery, it would fill the memory of a server that has many.
 */
export class LastValues {
  #of: KeptSnapshot | null = null;
  #values: Values = {};

  valuesOf(snapshot: KeptSnapshot): Values {
    if (this.#of !== snapshot) {
      this.#values = snapshot.workOut();
      this.#of = snapshot;
    }
    return this.#values;
  }
}

export class KeptSnapshot implements Snapshot {
  readonly timeMs: number;
  readonly columns: readonly Value[];
  readonly heldMs: Filled['heldMs'];
  readonly #kind: CurrentKind;
  readonly #secrets: readonly string[];
  readonly #last: LastValues;

  /**
   * @param columns in the order of `columnsOf(kind)`
   * @param secrets the serial number of its battery, which no value may show
   * @param heldMs of which moment a column is, where that is before
   */
  constructor(
    kind: CurrentKind,
    timeMs: number,
    columns: readonly Value[],
    secrets: readonly string[],
    last: LastValues,
    heldMs: Filled['heldMs'] = NONE_HELD,
  ) {
    this.heldMs = heldMs;
    this.timeMs = timeMs;
    this.#kind = kind;
    this.columns = columns;
    this.#secrets = secrets;
    this.#last = last;
  }

  get held(): readonly HeldValue[] {
    const fields = columnsOf(this.#kind);
    return Array.from(this.heldMs, ([column, timeMs]) => ({ field: fields[column]?.name ?? '', timeMs }));
  }

  get values(): Values {
    return this.#last.valuesOf(this);
  }

  /** The values, for {@link LastValues}. */
  workOut(): Values {
    return shownValues(this.#kind, this.columns, this.#secrets);
  }
}
