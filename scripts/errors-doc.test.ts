import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OWNER_ERRORS } from '../src/errors.ts';
import { PROBLEMS } from '../src/protocol/errors.ts';
import { SINK_PROBLEMS } from '../src/sinks/problems.ts';
import { WEB_PROBLEMS } from '../src/web/problem.ts';
import { COMMAND, errorsPage, PAGE } from './errors-doc.ts';

describe('docs/errors.md', () => {
  it('is what the tables of codes render to', () => {
    expect(readFileSync(PAGE, 'utf8') === errorsPage(), `docs/errors.md is out of date; run: ${COMMAND}`).toBe(true);
  });

  it('has one section for every code, which a link can name', () => {
    const headings = [...errorsPage().matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      ...Object.keys(OWNER_ERRORS),
      ...Object.keys(PROBLEMS),
      ...Object.keys(WEB_PROBLEMS),
      ...Object.keys(SINK_PROBLEMS),
    ]);
    expect(new Set(headings).size).toBe(headings.length);
  });

  it('says in every section who erred, what was seen and what to do', () => {
    for (const section of errorsPage().split(/^### /m).slice(1)) {
      expect(section).toMatch(
        /^[A-Z_]+\n\n- \*\*Who erred:\*\* \S.*\.\n- \*\*What was seen:\*\* \S.*[^.]\.\n- \*\*What to do:\*\* \S.*\.\n/,
      );
    }
  });
});
