import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINDINGS } from '../src/doctor/finding.ts';
import { PROBLEM_TABLES } from '../src/problems/codes.ts';
import { LOG_WORDS } from '../src/problems/server.ts';
import { COMMAND, errorsPage, PAGE } from './errors-doc.ts';

const ROOT = new URL('../', import.meta.url).pathname;

/** Words of the source in capital letters that are no codes of ours. */
const NO_CODES =
  /^(E[A-Z]+|EAI_\w+|ERR_\w+|FST_ERR_\w+|SQLITE_\w+|ALPHAESS_LOCAL_\w+|TEST_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|EN50438_\w+|VDE0126_\w+)$/;

/** What stands in the source as a word of its own in quotes, or as the name of an entry. */
function wordsOfSource(pattern: RegExp, files = 'src/**/*.ts'): Map<string, string> {
  const found = globSync(files, { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
  return new Map(
    found.flatMap((file) =>
      [...readFileSync(ROOT + file, 'utf8').matchAll(pattern)].map(([, word = '']): [string, string] => [word, file]),
    ),
  );
}

describe('docs/errors.md', () => {
  it('is what the tables of codes render to', () => {
    expect(readFileSync(PAGE, 'utf8') === errorsPage(), `docs/errors.md is out of date; run: ${COMMAND}`).toBe(true);
  });

  it('has one section for every code, which a link can name', () => {
    const headings = [...errorsPage().matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(Object.values(PROBLEM_TABLES).flatMap((table) => Object.keys(table)));
    expect(new Set(headings).size).toBe(headings.length);
  });

  it('says in every section who erred, what was seen and what to do', () => {
    for (const section of errorsPage().split(/^### /m).slice(1)) {
      expect(section).toMatch(
        /^[A-Z_]+\n\n- \*\*Who erred:\*\* \S.*\.\n- \*\*What was seen:\*\* \S.*[^.]\.\n- \*\*What to do:\*\* \S.*\.\n/,
      );
    }
  });

  it('has every code that the source can say, but for the findings of the doctor, which docs/doctor.md has', () => {
    const codes = wordsOfSource(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g);
    const documented = [errorsPage(), ...Object.keys(FINDINGS).map((code) => `### ${code}\n`)].join('\n');
    const missing = [...codes].filter(([code]) => !NO_CODES.test(code) && !documented.includes(`### ${code}\n`));
    expect(missing).toEqual([]);
    expect(codes.size).toBeGreaterThan(70);
  });

  it('has every other word for a line of the log', () => {
    const words = wordsOfSource(/\bcode: '([a-z_]+)'/g, 'src/{app,log}/*.ts');
    expect([...words.keys()].sort()).toEqual(Object.keys(LOG_WORDS).sort());
    for (const word of Object.keys(LOG_WORDS)) expect(errorsPage()).toContain(`| \`${word}\` | `);
  });
});
