/**
 * What is said of a value that is not as its schema describes it: words of ours where a schema has none of its own. The validation
 * library's reach nobody.
 */
import type * as z from 'zod';

/** By the library's names of types. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'names and values',
  record: 'names and values',
  map: 'names and values',
  date: 'a time',
  null: 'nothing',
  undefined: 'nothing',
};

/** An issue, before the library gives it words. */
type Issue = z.core.$ZodRawIssue;

/** `expected a text`: given to `safeParse` as its `error`. */
export function expectedWords(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeWords(issue.expected)}`;
    case 'invalid_value':
      return `expected ${alternatives(issue.values.map(String))}`;
    case 'too_small':
      return `expected ${limitWords(issue.origin, 'at least', issue.minimum, issue.inclusive)}`;
    case 'too_big':
      return `expected ${limitWords(issue.origin, 'at most', issue.maximum, issue.inclusive)}`;
    case 'unrecognized_keys':
      return `there is no ${issue.keys.join(', ')}`;
    case 'invalid_format':
      return 'expected a text of another form';
    default:
      return 'expected another value';
  }
}

function typeWords(type: string): string {
  return TYPES[type] ?? 'another value';
}

/** `debug, info or warn` */
function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function limitWords(origin: string, side: 'at least' | 'at most', limit: number | bigint, inclusive = true): string {
  const beyond = inclusive ? `${side} ${limit}` : `${side === 'at least' ? 'more' : 'less'} than ${limit}`;
  if (origin === 'string') return `a text of ${beyond} characters`;
  if (origin === 'array' || origin === 'set') return `a list of ${beyond}`;
  return beyond;
}
