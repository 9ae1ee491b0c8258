/**
 * A battery's clock is set while a verb holds: its windows are hours of that clock, and may not cover the rest of the verb any more.
 */
import type { ControlChange, SettingTexts } from '../../model.ts';
import { covers, type HourWindow, type WindowPair, windowsCovering, windowTexts } from './windows.ts';

/** A clock that drifts by seconds across an hour moves no window, and the end is kept by undoing at its minute, s. */
const TOLERANCE_SECONDS = 300;

/**
 * What a verb has to set now, its windows anew; null where those that it has cover the rest of it, but for five minutes at either end.
 * @param aheadSeconds by which the battery's clock is ahead of UTC
 */
export function movedWindows(
  { after, untilMs }: Pick<ControlChange, 'after' | 'untilMs'>,
  nowMs: number,
  aheadSeconds: number,
): SettingTexts | null {
  const from = nowMs / 1000 + aheadSeconds;
  const until = (untilMs as number) / 1000 + aheadSeconds;
  if (until - from <= 2 * TOLERANCE_SECONDS) return null;
  const needed = windowsCovering(from + TOLERANCE_SECONDS, until - TOLERANCE_SECONDS);
  if (covers([windowIn(after, 1), windowIn(after, 2)], needed)) return null;
  const pair: WindowPair = windowsCovering(from, until);
  const weekend = 'TimeChaFWE1' in after ? windowTexts('Cha', pair, 'WE') : {};
  return { ...after, ...windowTexts('Cha', pair), ...weekend };
}

function windowIn(texts: SettingTexts, n: 1 | 2): HourWindow {
  return { from: Number(texts[`TimeChaF${n}`]), end: Number(texts[`TimeChaE${n}`]) };
}
