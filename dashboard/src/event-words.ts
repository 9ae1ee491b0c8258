/**
 * What an event says, in words: ours by their names, those of the battery's log by what their codes seem to mean. What has no
 * words is shown as it came.
 */
import { eventTexts } from './event-texts.ts';
import type { LogEvent } from './types.ts';

export interface EventWording {
  readonly title: string;
  /** What more is known; some may be as it came. */
  readonly more: readonly string[];
  /** Whether the title is inferred: no table of the vendor's codes is public. */
  readonly isInferred: boolean;
  /** What to do about it; null: nothing. */
  readonly advice: string | null;
}

/** The server says it in words; on the page a mark does. */
const INFERRED = / \(inferred\)$/;
/** The battery's own words of an entry: its time, which stands beside, and its code. */
const LOG_ENTRY = /^\S+ \S+ \d{1,6}$/;
const CONNECTION = /^connection (\d+)(.*)$/s;

export function wordsOfEvent({ source, name, code, meaning, text, time }: LogEvent): EventWording {
  const undated = time === null ? [eventTexts.unknownTime] : [];
  if (source === 'server') {
    const [, connection, rest = ''] = CONNECTION.exec(text) ?? [];
    const more = connection === undefined ? text : `${eventTexts.connection(connection)}${rest}`;
    return {
      title: eventTexts.ours[name] ?? name,
      more: told([more, ...undated]),
      isInferred: false,
      advice: eventTexts.advice[name] ?? null,
    };
  }
  if (code === null) {
    const title = eventTexts.messages[name] ?? eventTexts.message(name);
    return { title, more: told([text, ...undated]), isInferred: false, advice: null };
  }
  const title = meaning?.replace(INFERRED, '') ?? eventTexts.unknownCode;
  const more = [eventTexts.code(code), LOG_ENTRY.test(text) ? '' : text, ...undated];
  return { title: capital(title), more: told(more), isInferred: meaning !== null, advice: null };
}

function told(parts: readonly string[]): string[] {
  return parts.filter((part) => part !== '');
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
