/**
 * Two fingers on a chart: what was under them when they came stays under them.
 */

/** Where two fingers are, pixels from the left edge of what is drawn. */
export type FingerPair = readonly [number, number];

/** Nearer to each other than this they say nothing of a width. */
const NEAREST_PIXELS = 12;

/** How what is drawn is to be moved and stretched: a place x is then at `shift + x * stretch`. */
export interface Stretching {
  readonly shift: number;
  readonly stretch: number;
}

export function stretchingOf(before: FingerPair, after: FingerPair): Stretching {
  const [from, to] = [apart(before), apart(after)];
  const stretch = (to[1] - to[0]) / (from[1] - from[0]);
  const middle = (pair: FingerPair) => (pair[0] + pair[1]) / 2;
  return { shift: middle(to) - middle(from) * stretch, stretch };
}

function apart(pair: FingerPair): FingerPair {
  const [left, right] = pair[0] <= pair[1] ? pair : [pair[1], pair[0]];
  const lack = Math.max(0, NEAREST_PIXELS - (right - left)) / 2;
  return [left - lack, right + lack];
}

/** What is then between the edges of what is drawn, as parts of its width: 0 to 1 before. */
export function edgesAfter({ shift, stretch }: Stretching, width: number): readonly [number, number] {
  return [-shift / stretch / width, (width - shift) / stretch / width];
}
