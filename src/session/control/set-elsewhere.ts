/**
 * What somebody else has set of what a change has set: the vendor, its app, a display. It is shown, and never fought.
 */
import type { ControlChange } from '../../model.ts';
import type { PlainObject } from '../../protocol/body/plain-object.ts';
import { anyTextOf } from '../../protocol/body/text.ts';
import { CONFIGURATION, CONFIGURATION_REQUEST } from '../../protocol/commands.ts';
import { canonicalText } from '../settings/comparison.ts';
import { reportedIn } from './change-conversation.ts';
import { bodyOf } from './changes.ts';

/**
 * Keys of what a change has set that the battery tells otherwise, and did not tell so when it was given them: what it makes of that by itself is nobody's wish.
 * A window is one thing: of one whose end was moved, both hours are somebody else's.
 * @param reported how the battery last told that it is set
 */
export function setElsewhere(change: Pick<ControlChange, 'after' | 'frames'>, reported: PlainObject | null): string[] {
  const keys = Object.keys(change.after);
  const answered = answerTo(change);
  const isElsewhere = (key: string) => {
    const told = reported?.get(key);
    if (told === undefined) return false;
    const text = canonicalText(key, told);
    return text !== change.after[key] && (answered === null || text !== canonicalText(key, answered.get(key) ?? null));
  };
  const things = new Set(keys.filter(isElsewhere).map(thingOf));
  return keys.filter((key) => things.has(thingOf(key)));
}

/** The first 1,1,4 after it was given its configuration; null where none came on that connection. */
function answerTo({ frames }: Pick<ControlChange, 'frames'>): PlainObject | null {
  const heads = frames.map(({ isOurs, bytes }) => ({ isOurs, command: bytes.reveal()[2] }));
  const given = heads.findLastIndex(({ isOurs, command }) => isOurs && command === CONFIGURATION_REQUEST);
  if (given < 0) return null;
  const answer = frames.find((_, n) => n > given && heads[n]?.isOurs === false && heads[n]?.command === CONFIGURATION);
  return answer === undefined ? null : reportedIn(anyTextOf(bodyOf(answer.bytes.reveal())));
}

/** `TimeChaF1` and `TimeChaE1` are one window. */
function thingOf(key: string): string {
  return key.replace(/^(Time(?:Cha|Dis))[FE]/, '$1');
}
