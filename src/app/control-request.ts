/**
 * What an owner asks of a battery, in the words of the interface, as a wish of the core's.
 */
import type { ControlWish } from '../model.ts';
import { type OwnerSettings, textsOf } from '../session/control/owner-words.ts';
import { Refusal, refused } from '../session/control/refusal.ts';

export interface ControlRequest {
  readonly verb?: 'hold' | 'charge' | 'normal' | undefined;
  /** Of a verb, Unix ms. */
  readonly untilMs?: number | undefined;
  /** Of `charge`, percent; without: 100. */
  readonly chargeLimit?: number | undefined;
  readonly settings?: OwnerSettings | undefined;
  /** One write more than the budget and the interval have. */
  readonly isOverride?: boolean | undefined;
  /** What is known of the battery's configuration may be out of date. */
  readonly isConfirmed?: boolean | undefined;
  /** The id of the battery, typed: a change that was never seen to work. */
  readonly experiment?: string | undefined;
}

export interface WishOfRequest {
  readonly wish: ControlWish;
  readonly untilMs: number | null;
}

const LONGEST_MS = 7 * 86_400_000;
const SHORTEST_MS = 60_000;

/**
 * @param defaultEndMs when a verb ends where the request does not say
 * @param aheadSeconds by which the battery's clock is ahead of the house's; null where it is not known
 */
export function wishOf(
  { verb, untilMs, chargeLimit, settings }: ControlRequest,
  nowMs: number,
  defaultEndMs: number,
  aheadSeconds: number | null,
): WishOfRequest | Refusal {
  if ((verb === undefined) === (settings === undefined)) return refused('expected a verb, or settings');
  if (settings !== undefined) {
    if (untilMs !== undefined) return refused('until: settings have no end; a verb has');
    const texts = textsOf(settings, aheadSeconds);
    if (texts instanceof Refusal) return texts;
    return Object.keys(texts).length === 0
      ? refused('settings: none is named')
      : { wish: { kind: 'settings', settings: texts }, untilMs: null };
  }
  if (chargeLimit !== undefined && verb !== 'charge') return refused(`charge_limit: ${verb} has none`);
  if (verb === 'normal') return { wish: { kind: 'restore', of: null }, untilMs: null };
  const endMs = untilMs ?? nowMs + defaultEndMs;
  if (endMs < nowMs + SHORTEST_MS) return refused('until: that is over already, or in less than a minute');
  if (endMs > nowMs + LONGEST_MS) return refused('until: a verb ends within seven days');
  const wish = verb === 'hold' ? ({ kind: 'hold' } as const) : ({ kind: 'charge', limit: chargeLimit ?? 100 } as const);
  return { wish, untilMs: endMs };
}
