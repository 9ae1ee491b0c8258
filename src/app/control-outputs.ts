/**
 * Control for outputs: tells them how batteries are set, as these told it themselves, and takes commands that come in by them.
 */
import * as z from 'zod';
import type { ControlAuthor, ControlChange, StoreRecord } from '../model.ts';
import { expectedWords } from '../problems/expected.ts';
import type { ControlDoor, ControlNews, LastChange } from '../sinks/control-news.ts';
import { controlRequest } from '../web/control-schema.ts';
import { type ControlDesk, ControlError, type ControlView } from './control-desk.ts';

export interface ControlOutputsParts {
  tell(news: ControlNews): void;
  /** Whether an output wants to be told. */
  isWanted(): boolean;
  /** Told of mistakes of ours. */
  failed(error: unknown): void;
}

type VerifiedMode = Pick<ControlNews, 'mode' | 'untilMs'>;
type Desk = Pick<ControlDesk, 'of' | 'find' | 'list' | 'change' | 'undo'>;

/** What is ignored since it came at a wrong moment. */
class TooEarly extends Error {
  override readonly name = 'TooEarly';
  readonly isIgnored = true;
}

/** What changes at once is told once, so long after. */
const TELL_MS = 250;
const AUTHOR: ControlAuthor = { kind: 'mqtt', name: '' };
/** The newest of these is what `{undo: true}` is about. */
const UNDONE: readonly ControlChange['state'][] = ['undone', 'superseded'];

/** As the interface takes it. What must be typed knowingly is not taken from a message. */
const REQUEST = controlRequest.omit({ override: true, confirm: true, experiment: true });
const UNDO = z.strictObject({
  undo: z.union([z.literal(true), z.int().min(1)], 'expected true, or the number of a change'),
});

export class ControlOutputs implements ControlDoor {
  readonly #parts: ControlOutputsParts;
  /** Ids of batteries of which something has changed. */
  readonly #due = new Set<string>();
  /** The mode that each told last that it has. */
  readonly #modes = new Map<string, VerifiedMode>();
  #desk: Desk | null = null;
  #idOf: (serial: string) => string = (serial) => serial;
  #hasPassword: () => boolean = () => false;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: ControlOutputsParts) {
    this.#parts = parts;
  }

  /**
   * Outputs are built before what they control.
   * @param hasPassword whether the page asks who somebody is: without a password nothing is changed, by whatever way it is asked for
   */
  connect(desk: Desk, idOf: (serial: string) => string, hasPassword: () => boolean): void {
    this.#desk = desk;
    this.#idOf = idOf;
    this.#hasPassword = hasPassword;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#desk = null;
  }

  /** What was kept: of these batteries it is told anew how they are set. */
  committed(records: readonly StoreRecord[]): void {
    if (this.#desk === null || !this.#parts.isWanted()) return;
    for (const record of records) {
      const battery = 'battery' in record ? record.battery : null;
      if (battery !== null) this.#due.add(this.#idOf(battery.reveal()));
    }
    if (this.#due.size > 0) this.#timer ??= setTimeout(() => void this.#tellDue(), TELL_MS);
  }

  async #tellDue(): Promise<void> {
    this.#timer = null;
    const due = [...this.#due];
    this.#due.clear();
    try {
      for (const id of due) await this.#tell(id);
    } catch (error) {
      this.#parts.failed(error);
    }
  }

  async #tell(battery: string): Promise<void> {
    const view = await this.#desk?.of(battery);
    if (view === undefined || view === null || this.#desk === null) return;
    const mode = await this.#modeOf(battery, view);
    this.#modes.set(battery, mode);
    const { settings, last } = view;
    this.#parts.tell({
      type: 'control',
      battery,
      unavailable: this.#hasPassword() ? (view.isOpening ? OPENING : view.unavailable) : NO_PASSWORD,
      ...mode,
      chargeLimit: numberOr(settings.get('charge_limit')),
      lowestCharge: numberOr(settings.get('lowest_charge')),
      gridCharge: typeof settings.get('grid_charge') === 'boolean' ? settings.get('grid_charge') === true : null,
      last: last === null ? null : lastChange(last),
    });
  }

  /** What the battery has told that it has. While it is being given something else: what it had. */
  async #modeOf(battery: string, { mode, untilMs, holding }: ControlView): Promise<VerifiedMode> {
    if (holding === null) return { mode, untilMs };
    const change = (await this.#desk?.find(battery, holding)) ?? null;
    if (change?.steps.some(({ state }) => state === 'echoed' || state === 'done') === true) return { mode, untilMs };
    return (change?.state === 'fetched' ? this.#modes.get(battery) : undefined) ?? { mode: null, untilMs: null };
  }

  async take(battery: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const desk = this.#desk;
    if (desk === null) throw new TooEarly('the server is about to begin, or to end');
    if (!this.#hasPassword()) throw new ControlError('CONTROL_UNAVAILABLE', NO_PASSWORD);
    const view = await desk.of(battery);
    if (view === null) throw new ControlError('CONTROL_UNAVAILABLE', `there is no battery ${battery}`);
    if (view.isOpening) throw new TooEarly(OPENING);
    if ('undo' in body) {
      const { undo } = valid(UNDO, body);
      await desk.undo(battery, undo === true ? newestOf((await desk.list(battery)) ?? []) : undo, AUTHOR);
      return;
    }
    const { verb, until, charge_limit: chargeLimit, settings } = valid(REQUEST, body);
    const untilMs = until === undefined ? undefined : Date.parse(until);
    await desk.change(battery, { verb, untilMs, chargeLimit, settings }, AUTHOR);
  }
}

const NO_PASSWORD = 'no password is set: nothing is changed without one; set it with alphaess-local password';
const OPENING = 'the battery has only just connected: wait for its first reading';

/** @throws ControlError that names what is wrong */
function valid<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const { success, data, error } = schema.safeParse(body, { error: expectedWords });
  if (success) return data;
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new ControlError('CONTROL_REFUSED', `${where === '' ? '' : `${where}: `}${issue?.message}`);
}

/** @param changes the newest first */
function newestOf(changes: readonly ControlChange[]): number {
  const found = changes.find(
    ({ wish, state, givenMs }) => wish.kind !== 'restore' && givenMs.length > 0 && !UNDONE.includes(state),
  );
  if (found === undefined) throw new ControlError('CONTROL_CHANGE_NOT_FOUND', 'there is nothing to undo');
  return found.number;
}

function lastChange({ number, wish, author, state, steps }: ControlChange): LastChange {
  const step = steps.at(-1);
  return {
    number,
    wish: wish.kind === 'restore' ? (wish.of === null ? 'normal' : 'undo') : wish.kind,
    state,
    reason: step === undefined || step.note === '' ? null : step.note,
    by: author.kind,
    atMs: step?.atMs ?? 0,
  };
}

function numberOr(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
