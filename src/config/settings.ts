/**
 * The settings as a list, found by walking their schema: how each is called in the environment and on the command line, what form
 * it has, whether it is a secret, what it is where nobody says.
 */
import * as z from 'zod';
import { ABOUT, type About } from './kinds.ts';
import { schemaWith } from './schema.ts';

/** One setting; a section has settings in it and is none. */
export interface Setting extends About {
  readonly path: readonly string[];
  /** Its name in the environment. */
  readonly variable: string;
  /** A list is separated by commas in the environment, a map is `key=value` between them. */
  readonly form: 'text' | 'list' | 'map';
  /** As an owner would write it; null where it is nothing. */
  readonly fallback: unknown;
  /** Names in the environment of single entries of a map, with what the entry is called; null where they have none. */
  readonly entryVariable: RegExp | null;
  readonly type: z.ZodType;
}

export interface Section {
  readonly path: readonly string[];
  readonly word: string | null;
}

export const PREFIX = 'ALPHAESS_LOCAL_';

/** What a network is, and which time zone the machine has, changes no name. */
const ANY = { problemOfNetwork: () => null, isTimeZone: () => true, isMeasured: () => true, systemTimeZone: '' };

/** All settings and sections, in the order of the schema: a section before what is in it. */
export const ENTRIES: readonly (Setting | Section)[] = entriesIn(schemaWith(ANY), []);

export const SETTINGS: readonly Setting[] = ENTRIES.filter((entry): entry is Setting => 'variable' in entry);

/** Names that mean a secret wherever they stand. */
export const SECRET_NAMES: ReadonlySet<string> = new Set(
  SETTINGS.filter(({ secret }) => secret === true).map(({ path }) => path.at(-1) as string),
);

/** Sections that hold a secret: written as something else than a section, they may be one. */
export const SECTIONS_WITH_SECRETS: ReadonlySet<string> = new Set(
  SETTINGS.filter(({ secret }) => secret === true).flatMap(({ path }) =>
    path.slice(0, -1).map((_, depth) => path.slice(0, depth + 1).join('.')),
  ),
);

/** The setting at a path such as `battery.listen`. @throws Error where there is none */
export function settingAt(key: string): Setting {
  const found = SETTINGS.find(({ path }) => path.join('.') === key);
  if (found === undefined) throw new Error(`there is no setting ${key}`);
  return found;
}

/** The settings of a section such as `pvoutput`, those of sections in it too. */
export function settingsIn(section: string): readonly Setting[] {
  return SETTINGS.filter(({ path }) => path[0] === section);
}

function entriesIn(schema: z.ZodType, path: readonly string[]): (Setting | Section)[] {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodObject)) return [settingOf(schema, inner, path)];
  const below = Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, type]) =>
    entriesIn(type, [...path, key]),
  );
  return path.length === 0 ? below : [{ path, word: ABOUT.get(schema)?.word ?? null }, ...below];
}

function settingOf(type: z.ZodType, inner: z.ZodType, path: readonly string[]): Setting {
  const said = ABOUT.get(type);
  if (said === undefined) throw new Error(`nothing is said of the setting ${path.join('.')}`);
  const variable = PREFIX + path.join('_').toUpperCase();
  const form = inner instanceof z.ZodArray ? 'list' : inner instanceof z.ZodRecord ? 'map' : 'text';
  const { each } = said;
  const entryVariable = each === undefined ? null : new RegExp(`^${PREFIX}${each.replace('*', '(\\w+)')}$`);
  return { ...said, path, variable, form, fallback: fallbackOf(type), entryVariable, type };
}

/** What is inside of defaults, and behind what is done before a value is checked. */
function unwrapped(type: z.ZodType): z.ZodType {
  if (type instanceof z.ZodDefault || type instanceof z.ZodPrefault || type instanceof z.ZodNullable) {
    return unwrapped(type.def.innerType as z.ZodType);
  }
  const isPreprocessed = type instanceof z.ZodPipe && type.def.in instanceof z.ZodTransform;
  return isPreprocessed ? unwrapped(type.def.out as z.ZodType) : type;
}

function fallbackOf(type: z.ZodType): unknown {
  const hasDefault = type instanceof z.ZodDefault || type instanceof z.ZodPrefault;
  const fallback = hasDefault ? type.def.defaultValue : null;
  return fallback === '' ? null : fallback;
}
