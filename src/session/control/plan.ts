/**
 * What a wish makes of a battery's settings, and whether that may be: the battery itself checks nothing (confirmed on a sister interface: 135 became 15).
 */
import type { ControlWish, SettingTexts } from '../../model.ts';
import type { PlainObject } from '../../protocol/body/plain-object.ts';
import { canonicalText } from '../settings/comparison.ts';
import { isSettable } from '../settings/owner-settings.ts';
import type { ConfigurationText } from './configuration-text.ts';
import { settingName } from './owner-words.ts';
import { type Refusal, refused } from './refusal.ts';
import { overlap, windowsCovering, windowTexts } from './windows.ts';

/** What there is to plan with. */
export interface Situation {
  readonly nowMs: number;
  /** The settings that are to be given, before the wish. */
  readonly present: ConfigurationText;
  /** What the battery itself told last (1,1,4). */
  readonly reported: PlainObject;
  /** State of charge, percent; null where nothing is known of it now. */
  readonly percent: number | null;
  /** By how many seconds the battery's clock is ahead of UTC; null where it is not known. */
  readonly aheadSeconds: number | null;
}

const LEAST_PERCENT = 10;
const MINUTE_KEY = /^Time(?:Cha|Dis)[FE]M\d$/;
const WINDOW_KEY = /^Time(Cha|Dis)([FE])(WE)?([12])$/;
/** The settings that the scheme for weekends has, too. */
const SCHEME_KEY = /^(?:GridCharge|CtrDis|BatHighCap|BatUseCap|Time(?:Cha|Dis)[FE])/;

/** Whether newer firmware has windows in a form that nobody has seen: then none are written. */
export function hasMinuteWindows(keys: Iterable<string>): boolean {
  return [...keys].some((key) => MINUTE_KEY.test(key));
}

/** Whether other settings hold on some days; null where that is not known. */
export function hasWeekendScheme(present: ConfigurationText): boolean | null {
  const mask = present.get('ChargeWeekend');
  return mask === null ? null : /[1-9]/.test(mask);
}

/** What a verb or settings make of the battery's: with all that is to be written, the scheme for weekends too where it is in use. */
export function wantedTexts(
  wish: Exclude<ControlWish, { kind: 'restore' }>,
  untilMs: number | null,
  situation: Situation,
): SettingTexts | Refusal {
  const wanted = wish.kind === 'settings' ? wish.settings : verbTexts(wish, untilMs as number, situation);
  if ('detail' in wanted) return wanted as Refusal;
  const texts = withWeekend(wanted as SettingTexts, situation.present);
  return refusalOf(texts, situation) ?? texts;
}

function verbTexts(
  wish: Extract<ControlWish, { kind: 'hold' | 'charge' }>,
  untilMs: number,
  situation: Situation,
): SettingTexts | Refusal {
  const { percent, aheadSeconds, nowMs } = situation;
  if (percent === null) return refused(`${wish.kind}: the battery has not told its charge yet`);
  if (aheadSeconds === null) return refused(`${wish.kind}: the battery’s clock is not known yet`);
  const limit = wish.kind === 'hold' ? holdLimit(percent, situation) : chargeLimit(wish.limit, percent);
  if (typeof limit !== 'number') return limit;
  const pair = windowsCovering(nowMs / 1000 + aheadSeconds, untilMs / 1000 + aheadSeconds);
  return { GridCharge: '1', BatHighCap: String(limit), ...windowTexts('Cha', pair) };
}

/** At or below the present charge: above, it would charge from the grid. */
function holdLimit(percent: number, { present }: Situation): number | Refusal {
  if (percent < LEAST_PERCENT)
    return refused(
      `hold: at ${percent} % it would charge from the grid, since no limit below ${LEAST_PERCENT} % can be set`,
    );
  const lowest = Number(present.get('BatUseCap'));
  if (Math.floor(percent) < lowest)
    return refused(
      `hold: the charge of ${percent} % is below its lowest charge of ${lowest} %, so that it does not discharge anyway`,
    );
  const limit = Number(present.get('BatHighCap'));
  return limit >= LEAST_PERCENT && limit >= lowest && limit <= percent ? limit : Math.floor(percent);
}

function chargeLimit(limit: number, percent: number): number | Refusal {
  return limit <= percent
    ? refused(`charge: ${limit} % is not above the present charge of ${percent} %: that is a hold`)
    : limit;
}

function withWeekend(texts: SettingTexts, present: ConfigurationText): SettingTexts {
  if (hasWeekendScheme(present) !== true) return texts;
  const both = Object.entries(texts).flatMap(([key, text]) => {
    if (!SCHEME_KEY.test(key)) return [];
    const [, kind, edge, , n] = WINDOW_KEY.exec(key) ?? [];
    return [[kind === undefined ? `${key}WE` : `Time${kind}${edge}WE${n}`, text]];
  });
  return { ...texts, ...Object.fromEntries(both) };
}

/** Why these must not be written; null where they may. */
function refusalOf(texts: SettingTexts, { present, reported }: Situation): Refusal | null {
  const keys = Object.keys(texts);
  const unknown = keys.find((key) => !present.has(key));
  if (unknown !== undefined) return refused(`${settingName(unknown)}: this battery has no such setting`);
  if (keys.some((key) => WINDOW_KEY.test(key)) && hasMinuteWindows([...reported.keys(), ...present.keys()]))
    return refused(
      'windows: this battery has minutes in its windows (TimeChaFM1 …), in a form that nobody has seen. Set one window to 07:15 in the vendor’s app while the relay runs, and share that capture',
    );
  const isMidnight = (key: string) => WINDOW_KEY.test(key) && texts[key] === '24';
  const odd = keys.find((key) => !isSettable(key, texts[key] as string) || isMidnight(key));
  if (odd !== undefined) return refused(`${settingName(odd)}: ${texts[odd]} is nothing that it can be`);
  const value = (key: string) => texts[key] ?? canonicalText(key, present.get(key));
  return percentRefusal(texts, value, present) ?? windowRefusal(texts, value);
}

function percentRefusal(
  texts: SettingTexts,
  value: (key: string) => string | null,
  present: ConfigurationText,
): Refusal | null {
  for (const scheme of ['', 'WE']) {
    const [limitKey, lowestKey] = [`BatHighCap${scheme}`, `BatUseCap${scheme}`];
    const [limit, lowest] = [Number(value(limitKey)), Number(value(lowestKey))];
    if (texts[limitKey] !== undefined && limit < LEAST_PERCENT)
      return refused(`charge_limit: ${limit} % is below ${LEAST_PERCENT} %`);
    const least = Math.min(LEAST_PERCENT, Number(present.get(lowestKey)));
    if (texts[lowestKey] !== undefined && lowest < least)
      return refused(`lowest_charge: ${lowest} % is below ${least} %`);
    const isTouched = texts[limitKey] !== undefined || texts[lowestKey] !== undefined;
    if (isTouched && lowest > limit)
      return refused(`lowest_charge: ${lowest} % is above the charge limit of ${limit} %`);
  }
  return null;
}

function windowRefusal(texts: SettingTexts, value: (key: string) => string | null): Refusal | null {
  for (const kind of ['Cha', 'Dis'])
    for (const scheme of ['', 'WE']) {
      if (texts[`Time${kind}F${scheme}1`] === undefined) continue;
      const [one, other] = [1, 2].map((n) => ({
        from: Number(value(`Time${kind}F${scheme}${n}`)),
        end: Number(value(`Time${kind}E${scheme}${n}`)),
      })) as [{ from: number; end: number }, { from: number; end: number }];
      if (overlap(one, other))
        return refused(`${kind === 'Cha' ? 'charge_windows' : 'discharge_windows'}: the two windows overlap`);
    }
  return null;
}
