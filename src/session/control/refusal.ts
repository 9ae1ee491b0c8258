/**
 * Why a wish is not taken. The codes are those of docs/errors.md.
 */

/**
 * `CONTROL_REFUSED`: it must not be, or cannot. `CONTROL_UNAVAILABLE`: not now, or not of this battery. `CONTROL_UNCONFIRMED`: only if its owner says so knowingly.
 * `CONTROL_BUDGET_SPENT`: so many writes are not left today.
 */
export type RefusalCode = 'CONTROL_REFUSED' | 'CONTROL_UNAVAILABLE' | 'CONTROL_UNCONFIRMED' | 'CONTROL_BUDGET_SPENT';

export class Refusal {
  readonly code: RefusalCode;
  /** A sentence that names what is wrong, without private values. */
  readonly detail: string;

  constructor(code: RefusalCode, detail: string) {
    this.code = code;
    this.detail = detail;
  }
}

export function refused(detail: string): Refusal {
  return new Refusal('CONTROL_REFUSED', detail);
}

export function unavailable(detail: string): Refusal {
  return new Refusal('CONTROL_UNAVAILABLE', detail);
}
