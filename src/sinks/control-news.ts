/**
 * What outputs are told of control, and how a command that came in by one is handed on.
 */

/** How a battery is set, as it told itself: never what was only asked of it. */
export interface ControlNews {
  readonly type: 'control';
  readonly battery: string;
  /** Why nothing can be changed now; null where it can. */
  readonly unavailable: string | null;
  /** null where the battery was given something and has not told what it has. */
  readonly mode: 'normal' | 'hold' | 'charge' | null;
  /** When the mode ends, Unix ms. */
  readonly untilMs: number | null;
  /** Percent. */
  readonly chargeLimit: number | null;
  readonly lowestCharge: number | null;
  readonly gridCharge: boolean | null;
  /** null where nothing was ever changed. */
  readonly last: LastChange | null;
}

/** The newest change of a battery's settings. */
export interface LastChange {
  /** null of a command that became no change. */
  readonly number: number | null;
  readonly wish: string | null;
  /** Of a change its state (session/control); of a command that became none `refused` or `ignored`. */
  readonly state: string;
  /** Why, where that is not the usual. */
  readonly reason: string | null;
  /** `page`, `token`, `local`, `mqtt`, `schedule` or `server`. */
  readonly by: string;
  /** Of its newest step, Unix ms. */
  readonly atMs: number;
}

/** The way in for commands. */
export interface ControlDoor {
  /**
   * @param body as the interface takes it (`POST …/control`), or `{undo: true}`, or `{undo: 12}`
   * @returns when it is taken, and on disk
   * @throws Error whose message says why it is not
   */
  take(battery: string, body: Readonly<Record<string, unknown>>): Promise<void>;
}
