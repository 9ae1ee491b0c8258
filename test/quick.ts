/**
 * `TESTS=quick npm run test:faults`, as the project's CI does: of long tests the part that finds most. Without it, all.
 */
const QUICK = process.env.TESTS === 'quick';

/** Of many cases of one kind: in a quick run the first and the last. */
export function someOf<T>(cases: readonly T[]): readonly T[] {
  return QUICK ? cases.filter((_, n) => n === 0 || n === cases.length - 1) : cases;
}

/** How often a random trial is run: in a quick run a sixth, at least once. */
export function timesOf(whole: number): number {
  return QUICK ? Math.ceil(whole / 6) : whole;
}
