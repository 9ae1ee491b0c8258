/**
 * The configuration: flags over environment over file over defaults. No key is required. A wrong one is an error that
 * names where it stands and what was expected.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { type Document, isMap, isScalar, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type * as z from 'zod';
import { OwnerError } from '../problems/errors.ts';
import { expectedWords } from '../problems/expected.ts';
import { split } from './kinds.ts';
import { type Checks, type Config, schemaWith } from './schema.ts';
import { PREFIX, SECRET_NAMES, SECTIONS_WITH_SECRETS, SETTINGS, type Setting } from './settings.ts';

export { type ListenAddress, parseAddress } from './kinds.ts';
export type { Config } from './schema.ts';

const WORDS = { error: expectedWords };

/** Within an address. */
const CREDENTIALS = /\/\/[^@\s/]*@/;
/** Read when there is one and --config names no other. */
const DEFAULT_FILE = 'alphaess-local.yaml';
/** The file, where --config names none: for packages, which have it in a place of their own. */
const FILE_VARIABLE = 'ALPHAESS_LOCAL_CONFIG';

/** A value by its path of keys, and where it was given, for the error message. */
interface Given {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly where: string;
}

export interface ConfigSources {
  /** The file named with --config, or undefined for the default one where it exists. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From the command line; undefined where not given. */
  readonly flags: readonly {
    readonly flag: string;
    readonly path: readonly string[];
    readonly value: string | undefined;
  }[];
}

/**
 * Puts the configuration together.
 * @throws OwnerError CONFIG_UNREADABLE, CONFIG_INVALID
 */
export function loadConfig(sources: ConfigSources, checks: Checks): Config {
  const file = readFile(sources.file ?? (sources.environment[FILE_VARIABLE] || undefined));
  const given: Given[] = [...fromEnvironment(sources.environment), ...fromFlags(sources.flags)];
  const settings = withPathsOf(file);
  for (const { path, value } of given) put(settings, path, value);
  const schema = schemaWith(checks);
  const hidden = schema.safeParse(file.settings, WORDS).error?.issues.find((issue) => isHidden(issue, file, given));
  if (hidden !== undefined) throw new OwnerError('CONFIG_INVALID', describeIssue(hidden, file.settings, [], file));
  const result = schema.safeParse(settings, WORDS);
  if (result.success) {
    refuseTwice(result.data);
    return result.data;
  }
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  throw new OwnerError('CONFIG_INVALID', describeIssue(issue, settings, given, file));
}

/** A secret both as it is and in a file: one of them would be believed, and nobody knows which. */
function refuseTwice(config: Config): void {
  const twice = SETTINGS.find(({ secret, path }) => {
    const both = [path, [...path.slice(0, -1), `${path.at(-1)}_file`]];
    return secret === true && both.every((one) => valueAt(config, one) !== null);
  });
  if (twice === undefined) return;
  const key = twice.path.join('.');
  throw new OwnerError('CONFIG_INVALID', `${key} and ${key}_file are both given: leave one of them out`);
}

/** Something wrong in the file that is given a second time elsewhere, and would go unnoticed. */
function isHidden(issue: z.core.$ZodIssue, file: ConfigFile, given: readonly Given[]): boolean {
  const isThere = valueAt(file.settings, issue.path) !== null;
  return isThere && given.some(({ path }) => path.every((part, index) => part === issue.path[index]));
}

/** The settings of a file, in which paths that are relative are so to the file, wherever the program was started. */
function withPathsOf({ name, settings: written }: ConfigFile): Record<string, unknown> {
  const settings = structuredClone(written);
  const folder = dirname(name);
  if (folder === '.') return settings;
  for (const { path, isPath } of SETTINGS) {
    const value = valueAt(settings, path);
    if (!isPath || value === null) continue;
    const isNamed = typeof value === 'object' && !Array.isArray(value);
    const from = (one: unknown) => (typeof one === 'string' ? pathFrom(folder, one) : one);
    const found = isNamed
      ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, from(one)]))
      : from(value);
    put(settings, path, found);
  }
  return settings;
}

/** Of a path, or of one with a role before it. */
function pathFrom(folder: string, written: string): string {
  const [, role = '', path = ''] = /^(view:|control:)?(.*)$/s.exec(written) ?? [];
  return path === '' || isAbsolute(path) ? written : role + join(folder, path);
}

interface ConfigFile {
  readonly name: string;
  readonly settings: Record<string, unknown>;
  /** Where a key stands, if it stands in the file: `line 4`. */
  lineOf(path: readonly PropertyKey[]): string | null;
}

function readFile(named: string | undefined): ConfigFile {
  const name = named ?? DEFAULT_FILE;
  if (named === undefined && !existsSync(name)) return { name, settings: {}, lineOf: () => null };
  const text = readText(name);
  const lines = new LineCounter();
  const document = documentOf(text, lines);
  const [problem] = document.errors;
  if (problem !== undefined) throw new OwnerError('CONFIG_UNREADABLE', describeProblem(problem, name));
  const settings = withoutBlanks(contentOf(document, name) || {});
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new OwnerError('CONFIG_UNREADABLE', `${name}, line 1: expected keys such as "data: ./data"`);
  }
  const lineOf = (path: readonly PropertyKey[]) => {
    const at = positionOf(document, path);
    return at === null ? null : `line ${lines.linePos(at).line}`;
  };
  return { name, settings: settings as Record<string, unknown>, lineOf };
}

/** A dash alone in a list in brackets, as in a command that writes to its standard output: people write it, YAML wants it in quotes. */
const LONE_DASH = /(?<=[[,][ \t]*)-(?=[ \t]*[,\]])/g;

/** Failsafe: every scalar is text. Else an id such as 123e45 would be read as a number. */
function documentOf(text: string, lineCounter: LineCounter): Document.Parsed {
  const options = { schema: 'failsafe', logLevel: 'error' } as const;
  const document = parseDocument(text, { ...options, lineCounter });
  if (document.errors.length === 0) return document;
  const quoted = parseDocument(text.replace(LONE_DASH, '"-"'), options);
  return quoted.errors.length === 0 ? quoted : document;
}

/** `Map keys must be unique at line 2, column 1:` and an excerpt, as the sentence it holds. */
function describeProblem({ message, linePos }: YAMLError, name: string): string {
  const sentence = (message.split('\n')[0] as string).replace(/ at line \d+, column \d+:?$/, '');
  return `${name}${linePos === undefined ? '' : `, line ${linePos[0].line}`}: ${sentence}`;
}

function contentOf(document: Document, name: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new OwnerError('CONFIG_UNREADABLE', `${name}: ${(error as Error).message}`, error);
  }
}

/** Where a setting begins: at its key, or at the item of a list; null where it does not stand in the file. */
function positionOf(document: Document, path: readonly PropertyKey[]): number | null {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === String(path.at(-1)))
    : undefined;
  const node = (pair?.key ?? document.getIn(path, true)) as { range?: [number, number, number] } | undefined;
  return node?.range?.[0] ?? null;
}

/** A key with nothing behind it is a key not set. */
function withoutBlanks(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== '' && inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutBlanks(inner)]));
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by you',
};

function readText(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const sentence = UNREADABLE[code] ?? `cannot be read (${code})`;
    throw new OwnerError('CONFIG_UNREADABLE', `the configuration file ${name} ${sentence}: check --config`, error);
  }
}

/** What Kubernetes and Docker’s links say of a service that is called alphaess-local. */
const OF_A_SERVICE = /^(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

function fromEnvironment(environment: ConfigSources['environment']): Given[] {
  const names = Object.keys(environment).filter((name) => name.startsWith(PREFIX) && name !== FILE_VARIABLE);
  const given = names.flatMap((name) => {
    const found = settingOf(name);
    if (found === null && !OF_A_SERVICE.test(name.slice(PREFIX.length)))
      throw new OwnerError('CONFIG_INVALID', `environment variable ${name}: there is no such setting`);
    const text = environment[name];
    if (found === null || text === undefined || text === '') return [];
    return [{ ...found, value: FORMS[found.form](text), where: `environment variable ${name}` }];
  });
  // A map as a whole, before single entries of it.
  return given.sort((one, other) => one.path.length - other.path.length);
}

/** Where a variable of the environment stands among the settings, and what form it has; null where there is no such setting. */
function settingOf(name: string): Pick<Setting, 'path' | 'form'> | null {
  const setting = SETTINGS.find(({ variable }) => variable === name);
  if (setting !== undefined) return setting;
  for (const { entryVariable, path } of SETTINGS) {
    const entry = entryVariable?.exec(name)?.[1];
    if (entry !== undefined) return { path: [...path, entry.toLowerCase()], form: 'text' };
  }
  return null;
}

function fromFlags(flags: ConfigSources['flags']): Given[] {
  return flags.flatMap(({ flag, path, value }) => (value === undefined ? [] : [{ path, value, where: flag }]));
}

/** How a text of the environment becomes what stands in the file. */
const FORMS: Readonly<Record<Setting['form'], (text: string) => unknown>> = {
  text: (text) => text,
  list: split,
  map: pairs,
};

function pairs(text: string): Record<string, string | undefined> {
  return Object.fromEntries(
    split(text).map((pair) => {
      const [id = '', ...name] = pair.split('=');
      return [id, name.length === 0 ? undefined : name.join('=')];
    }),
  );
}

/** Where the file has something else than a section, that stays as it is and is refused: it may have been meant to keep others out. */
function put(settings: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    settings[key] = value;
    return;
  }
  settings[key] ??= {};
  const section = settings[key];
  if (typeof section === 'object' && !Array.isArray(section)) put(section as Record<string, unknown>, rest, value);
}

function describeIssue(issue: z.core.$ZodIssue, settings: unknown, given: readonly Given[], file: ConfigFile): string {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  const key = path.join('.');
  const source = given.findLast((entry) => entry.path.every((part, index) => part === path[index]))?.where;
  const line = file.lineOf(path);
  const where = source ?? (line === null ? file.name : `${file.name}, ${line}`);
  if (unknown !== undefined) return `${where}: there is no setting ${key}`;
  // A section without its colon may be a secret as well.
  const secret = SECTIONS_WITH_SECRETS.has(key) || path.some((part) => SECRET_NAMES.has(String(part)));
  const shown = JSON.stringify(valueAt(settings, path), withoutSecrets).replace(CREDENTIALS, '//…@');
  const value = secret ? 'not right' : shown;
  const noSection = issue.code === 'invalid_type' && issue.expected === 'object';
  const expected = noSection ? 'expected settings below it, each with a colon' : lowerFirst(issue.message);
  return `${where}: ${key} is ${value}, ${expected}`;
}

function valueAt(settings: unknown, path: readonly PropertyKey[]): unknown {
  return (
    path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], settings) ?? null
  );
}

function withoutSecrets(key: string, value: unknown): unknown {
  return SECRET_NAMES.has(key) ? undefined : value;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
