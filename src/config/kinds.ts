/**
 * Kinds of settings: what may be written, what it means, and how it is said what was expected. A default is written as an owner
 * would write it, and read by the same rule.
 */
import * as z from 'zod';

/** Where a port is listened on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What is said of a setting, or of a section of them, besides what it must be. */
export interface About {
  /** For its line in the README. */
  readonly word: string;
  /** What may stand there, where it is nothing by itself. */
  readonly example?: string;
  /** Nothing shows its value. */
  readonly secret?: true;
  /** It names a file or a folder: in a configuration file one that is relative to that file. */
  readonly isPath?: true;
  /** It stands for the setting before it, of which only one can be given: the README names it there. */
  readonly isAlternative?: true;
  /** What a flag of it takes, where commands have one. */
  readonly flag?: string;
  /** Of names: how one of them is called in the environment, `*` being the name. */
  readonly each?: string;
}

export const ABOUT = z.registry<About>();

/** A setting, or a section, with a word on it. */
export function about<Type extends z.ZodType>(word: string, type: Type, more: Omit<About, 'word'> = {}): Type {
  const any: z.ZodType = type;
  ABOUT.add(any, { word, ...more });
  return type;
}

/** A secret, as it is or in a file of its own. */
export function secret<Name extends string>(name: Name, what: string, file: string) {
  const settings = {
    [name]: about(what, optional(), { secret: true, example: '…' }),
    [`${name}_file`]: about('a file with nothing else in it', optional(), {
      example: file,
      isPath: true,
      isAlternative: true,
    }),
  };
  return settings as Record<Name | `${Name}_file`, ReturnType<typeof optional>>;
}

const ADDRESS = /^(\[[^\]]+\]|[^:[\]]+):(\d{1,5})$/;
const NAME_OR_IPV4 = /^[\w.-]*[a-z.][\w.-]*$/i;
const DURATION = /^(\d{1,5}) ?d$/;
const SIZE = /^(\d{1,6}) ?(kB|MB|GB)$/;
const SIZE_UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };
const SPAN = /^(\d{1,6}) ?([smhd])$/;
const SPAN_UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const LARGEST_PORT = 65_535;

/** `HOST:PORT` as an address; null where it is none. IPv6 stands in brackets. */
export function parseAddress(text: string): ListenAddress | null {
  const match = ADDRESS.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > LARGEST_PORT) return null;
  return { host: (match[1] as string).replace(/^\[|\]$/g, ''), port };
}

/**
 * What is wrong with a text that is no address to listen on or to connect to.
 * @param example one that is right; its parts stand in for what is missing
 * @returns `expected HOST:PORT, …`
 */
export function addressExpected(text: string, example: string): string {
  const { port = 0 } = parseAddress(example) ?? {};
  const host = example.slice(0, example.lastIndexOf(':'));
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  if (scheme !== undefined) return `expected HOST:PORT without ${scheme}, such as ${example}`;
  if (/^:?\d{1,5}$/.test(text) && Number(text.replace(':', '')) <= LARGEST_PORT)
    return `expected HOST:PORT, such as ${host}:${text.replace(':', '')}`;
  if (NAME_OR_IPV4.test(text)) return `expected HOST:PORT, such as ${text}:${port}`;
  if (/^\[[^\]]+\]$/.test(text)) return `expected HOST:PORT, such as ${text}:${port}`;
  if (/:\d+$/.test(text) && /^[^:[\]]+:|^\[[^\]]+\]:/.test(text) && Number(/\d+$/.exec(text)?.[0]) > LARGEST_PORT)
    return `expected a port up to ${LARGEST_PORT}, such as ${text.replace(/\d+$/, String(port))}`;
  if (/^[\da-f]*:[\da-f:.]*$/i.test(text)) return `expected an IPv6 address in brackets, such as [::1]:${port}`;
  return `expected HOST:PORT, such as ${example}`;
}

/** A text that `parse` understands; what it does not is an issue with `expected`. */
export function parsed<T>(parse: (text: string) => T | undefined, expected: string | ((text: string) => string)) {
  const words = (text: string) => (typeof expected === 'string' ? expected : expected(text));
  return z.union([z.string(), z.number()], { error: () => words('') }).transform((value, context): T => {
    const result = parse(String(value));
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: words(String(value)) });
    return z.NEVER;
  });
}

export const address = (fallback: string) =>
  parsed(
    (text) => parseAddress(text) ?? undefined,
    (text) => addressExpected(text, fallback),
  ).prefault(fallback);

/** In days; null for ever. */
export const days = (fallback: string) =>
  parsed<number | null>(
    (text) => (text === 'forever' ? null : DURATION.test(text) ? Number(DURATION.exec(text)?.[1]) : undefined),
    'expected a number of days such as 90d, or forever',
  ).prefault(fallback);

/** -1 where a text is no span. */
function secondsOf(text: string): number {
  const match = SPAN.exec(text);
  return match === null ? -1 : Number(match[1]) * (SPAN_UNITS[match[2] as string] as number);
}

/** In seconds. */
export const duration = (fallback: string, least: number) =>
  parsed((text) => {
    const seconds = secondsOf(text);
    return seconds >= least ? seconds : undefined;
  }, `expected a time of at least ${least} s, such as 90s, 5m, 12h or 1d`).prefault(fallback);

/** In seconds; null for `off`. */
export const interval = (fallback: string, least: number) =>
  parsed<number | null>((text) => {
    if (text === 'off') return null;
    const seconds = secondsOf(text);
    return seconds >= least ? seconds : undefined;
  }, `expected a time of at least ${least} s, such as 12h or 1d, or off`).prefault(fallback);

export const wholeNumber = (largest: number) =>
  parsed(
    (text) => (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= largest ? Number(text) : undefined),
    `expected a whole number from 1 to ${largest}`,
  );

/** A number with or without a fraction. */
export const decimal = (fallback: string, least: number, most: number) =>
  parsed((text) => {
    const number = /^-?\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= most ? number : undefined;
  }, `expected a number from ${least} to ${most}, such as ${fallback}`).prefault(fallback);

export const count = (fallback: string, largest: number) => wholeNumber(largest).prefault(fallback);

/** In bytes. */
export const size = (fallback: string) =>
  parsed((text) => {
    const match = SIZE.exec(text);
    return match === null ? undefined : Number(match[1]) * (SIZE_UNITS[match[2] as string] as number);
  }, 'expected a size such as 64MB').prefault(fallback);

/** `NAME:ROLE:SHA256`, as `alphaess-local password --token NAME --print` says it. */
const TOKEN = /^([\w. -]{1,40}):(view|control):([0-9a-f]{64})$/;
export const token = z.string('expected NAME:ROLE:SHA256').transform((text, context) => {
  const [, name = '', role, sha256 = ''] = TOKEN.exec(text) ?? [];
  if (role === 'view' || role === 'control') return { name, role, sha256 } as const;
  context.addIssue({ code: 'custom', message: 'expected NAME:ROLE:SHA256, the role being view or control' });
  return z.NEVER;
});

export const tokenName = z.string().regex(/^[\w. -]{1,40}$/, 'expected the name of a program such as grafana');

/** `FILE` or `ROLE:FILE`: where the token of a program is, and what that may do. */
export const tokenFile = z.string().transform((text, context) => {
  const [, role = 'view', file = ''] = /^(view|control):(.*)$/.exec(text) ?? ['', 'view', text];
  if (file !== '') return { role: role as 'view' | 'control', file };
  context.addIssue({ code: 'custom', message: 'expected a file such as /run/secrets/grafana, or control:FILE' });
  return z.NEVER;
});

/** `/` or `/some/path/`; slashes at the ends may be left out. */
export const basePath = z
  .string()
  .regex(/^[\w./~-]*$/, 'expected a path such as /alphaess/')
  .transform((text) => `/${text.replace(/^\/+|\/+$/g, '')}/`.replace(/^\/\/$/, '/'))
  .prefault('/');

/** The parts between commas. */
export function split(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

/** A list of what `one` describes; a single one is what people write first. */
export const list = <T extends z.ZodType>(one: T) =>
  z.preprocess((value) => (typeof value === 'string' ? split(value) : value), z.array(one));

export const truth = (fallback: 'true' | 'false') =>
  z
    .union([z.boolean(), z.enum(['true', 'false'])], { error: 'expected true or false' })
    .transform((value) => value === true || value === 'true')
    .prefault(fallback);

/** A text where nobody says is none. */
export const optional = (type = z.string().min(1)) => type.nullable().default(null);

/** Signs that mean something in an address must be encoded in its password: better to give that apart. */
export const url = (schemes: string, example: string) => {
  const form = new RegExp(`^(?:${schemes})://[^\\s/]+`);
  const isAddress = (text: string) => form.test(text) && URL.canParse(text);
  return optional(z.string().refine(isAddress, `expected an address such as ${example}`));
};

/** Levels of a topic, without wildcards. */
export const topicName = z.string().regex(/^[\w.-]+(?:\/[\w.-]+)*$/, 'expected a topic such as house/alphaess');
export const topic = (fallback: string) => topicName.default(fallback);

/** What a field is at least and at most, in its unit. */
const RANGE = /^(-?\d{1,9}(?:\.\d{1,4})?) ?\.\. ?(-?\d{1,9}(?:\.\d{1,4})?)$/;
export const range = parsed((text) => {
  const [, min, max] = RANGE.exec(text) ?? [];
  return Number(min) < Number(max) ? { min: Number(min), max: Number(max) } : undefined;
}, 'expected the least and the most, such as -200000..200000');
