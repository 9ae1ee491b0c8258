/**
 * Option values that several commands take.
 */
import { InvalidArgumentError, Option } from 'commander';
import { addressExpected } from '../config/kinds.ts';
import { type ListenAddress, parseAddress } from '../config/load.ts';
import { settingAt } from '../config/settings.ts';

/** A server on this machine that listens where servers do by default. */
const SERVER_HERE: ListenAddress = {
  host: '127.0.0.1',
  port: (parseAddress(String(settingAt('battery.listen').fallback)) as ListenAddress).port,
};

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const DURATION = /^(\d+(?:\.\d+)?) ?([smhd])?$/;
const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;
/** `now`, `now-1h`, `now + 30m` */
const FROM_NOW = /^now(?: ?([+-]) ?(\d+(?:\.\d+)? ?[smhd]))?$/;

/** `30`, `30s`, `5m`, `12h`, `7d` as seconds. */
export function durationSeconds(text: string): number {
  const match = DURATION.exec(text);
  if (match === null) throw new InvalidArgumentError('Expected a duration such as 30s, 5m, 12h or 7d.');
  return Number(match[1]) * (UNITS[match[2] ?? 's'] as number);
}

/** How a time is written, for a command's help. */
export const TIMES = 'a day, or a time such as 2021-03-23T23:00Z (without a zone it is UTC), now or now-1h';

/** `2021-03-23T23:01:52Z`, with a space for the `T` as well, a day, or `now-1h`; without a zone it is UTC. As Unix milliseconds. */
export function momentMs(given: string, nowMs = Date.now()): number {
  const [, sign, span] = FROM_NOW.exec(given) ?? [];
  if (span !== undefined) return nowMs + (sign === '-' ? -1 : 1) * durationSeconds(span) * 1000;
  if (given === 'now') return nowMs;
  const text = given.replace(/^(\S{10}) (?=\d)/, '$1T').replace(/ (?=Z$|[+-])/, '');
  const ms =
    MOMENT.test(text) && isDay(text.slice(0, 10))
      ? Date.parse(/T.*(Z|[+-]\d\d:\d\d)$|^[^T]*$/.test(text) ? text : `${text}Z`)
      : Number.NaN;
  if (Number.isNaN(ms))
    throw new InvalidArgumentError(
      'Expected a time such as 2021-03-23T23:01:52Z, a day such as 2021-03-23, or now-1h.',
    );
  return ms;
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** `HOST:PORT`. */
export function address(text: string): ListenAddress {
  const parsed = parseAddress(text);
  const { host, port } = SERVER_HERE;
  if (parsed === null)
    throw new InvalidArgumentError(`${addressExpected(text, `${host}:${port}`).replace('expected', 'Expected')}.`);
  return parsed;
}

/** What commands that speak as a battery say in their help. */
export const KEPT =
  'What is sent is kept as a battery’s is: give it a server with a data folder of its own (serve --data DIR).';

/** Which server a command speaks to as a battery. */
export function toOption(): Option {
  const { host, port } = SERVER_HERE;
  return new Option('--to <host:port>', 'the server').argParser(address).default(SERVER_HERE, `${host}:${port}`);
}

/** A whole number from `least` up, or to `most`. */
export function wholeNumber(least: number, most?: number): (text: string) => number {
  const range = most === undefined ? `from ${least} up` : `from ${least} to ${most}`;
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= (most ?? number)))
      throw new InvalidArgumentError(`Expected a whole number ${range}.`);
    return number;
  };
}

/** A number, with or without a sign. */
export function decimal(text: string): number {
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Expected a number.');
  return Number(text);
}
