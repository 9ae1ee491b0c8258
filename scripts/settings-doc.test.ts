import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemaWith } from '../src/config/schema.ts';
import { ENTRIES, SETTINGS } from '../src/config/settings.ts';
import { PROBLEM_TABLES } from '../src/problems/codes.ts';
import type { Problem } from '../src/problems/problem.ts';
import { pages, settingsFile, settingsTable, withGenerated } from './settings-doc.ts';

const ROOT = new URL('../', import.meta.url).pathname;
const CHECKS = {
  problemOfNetwork: () => null,
  isTimeZone: () => true,
  isMeasured: () => true,
  systemTimeZone: 'Europe/Dublin',
};
const read = (text: string) => schemaWith(CHECKS).parse(withoutNothing(parse(text, { schema: 'failsafe' })));

/** As the server reads a file: a key with nothing behind it is a key not set. */
function withoutNothing(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const told = Object.entries(value).filter(([, inner]) => inner !== '');
  return Object.fromEntries(told.map(([key, inner]) => [key, withoutNothing(inner)]));
}

describe('the settings in the docs', () => {
  it('are those of the schema (npm run docs)', () => {
    for (const [page, text] of pages()) expect(readFileSync(page, 'utf8') === text, page.pathname).toBe(true);
  });

  it('need a place', () => {
    expect(() => withGenerated('# README\n', '')).toThrow('no place for the settings');
  });
});

describe('the file in the README', () => {
  it('changes nothing: it is the defaults', () => {
    expect(read(settingsFile())).toEqual(schemaWith(CHECKS).parse({}));
  });

  it('has every setting once, under its section, with a word on it', () => {
    const lines = settingsFile().split('\n');
    const path: string[] = [];
    const found = lines.flatMap((line) => {
      const [, indent = '', comment, key = '', value = ''] = /^( *)(#)?(\w+):(.*)$/.exec(line) ?? [];
      if (key === '') return [];
      path.splice(indent.length / 2, Number.POSITIVE_INFINITY, key);
      const isSetting = comment !== undefined || value.replace(/ *#.*$/, '') !== '';
      if (isSetting) expect(line).toMatch(/ # \S.{5,}$/);
      const instead = / # .*; or (\w+): /.exec(line)?.[1];
      const section = path.slice(0, -1);
      return isSetting ? [path.join('.'), ...(instead === undefined ? [] : [[...section, instead].join('.')])] : [];
    });
    expect(found).toEqual(SETTINGS.map(({ path: of }) => of.join('.')));
  });

  it('shows for a setting that is nothing by itself what may stand there', () => {
    for (const line of settingsFile().split('\n')) if (/^ *#/.test(line)) expect(line).toMatch(/^ *#\w+: \S+.* # /);
  });
});

it('a table of one section has its settings with their defaults', () => {
  expect(settingsTable('pvoutput')).toContain('| `interval` | 10m and 15m too: as set in your system there | `5m` |\n');
});

describe('a setting that is named', () => {
  const places = new Set(ENTRIES.map(({ path }) => path.join('.')));
  const sections = [...new Set(ENTRIES.map(({ path }) => path[0]))].filter(
    (name) => name !== 'data' && name !== 'name',
  );
  const NAMED = new RegExp(`(?<![\\w./-])(?:${sections.join('|')})\\.[a-z_]+(?:\\.[a-z_]+)*(?![\\w/(-])`, 'g');
  /** Of other things: files of the source, pages, hosts of examples, an action of Home Assistant’s. */
  const OTHERS = /\.(?:ts|tsx|md|example|org)$|^mqtt\.publish$/;
  const named = (text: string) => [...text.matchAll(NAMED)].map(([name]) => name).filter((name) => !OTHERS.test(name));

  it('in an advice is there', () => {
    const advices = Object.values(PROBLEM_TABLES).flatMap((table) =>
      Object.values<Problem>(table).map(({ advice }) => advice),
    );
    expect(named(advices.join('\n')).length).toBeGreaterThan(8);
    expect(named(advices.join('\n')).filter((name) => !places.has(name))).toEqual([]);
  });

  it('in the README or a page of the docs is there', () => {
    const docs = globSync('docs/*.md', { cwd: ROOT });
    for (const page of ['README.md', ...docs])
      expect([page, named(readFileSync(`${ROOT}${page}`, 'utf8')).filter((name) => !places.has(name))]).toEqual([
        page,
        [],
      ]);
  });
});
