/**
 * One result of a benchmark.
 */
export interface Figure {
  readonly name: string;
  /** null where it could not be measured; the note says why. */
  readonly value: number | null;
  readonly unit: string;
  /** What is promised. */
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly note?: string;
}

/** Whether the promise is kept; true where there is none. */
export function isKept({ value, atLeast, atMost }: Figure): boolean {
  return value === null || ((atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost));
}
