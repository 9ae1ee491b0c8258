import { describe, expect, it } from 'vitest';
import { WEB_PROBLEMS, type WebProblemCode } from '../problems/web.ts';
import { WebError } from './problem.ts';
import { problem } from './schema.ts';

describe('a problem', () => {
  it.each(Object.keys(WEB_PROBLEMS) as WebProblemCode[])('says what was seen and what to do: %s', (code) => {
    const { sentence, advice, status } = WEB_PROBLEMS[code];
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(sentence).toMatch(/^[^.\n]+[^.\n:]$/);
    expect(advice).toMatch(/^[A-Za-z/].*\.$/);
    expect(problem.parse(new WebError(code).toJSON())).toEqual({
      type: expect.stringContaining('urn:'),
      title: sentence,
      status,
      code,
    });
  });

  it('has a detail where there is one', () => {
    expect(new WebError('REQUEST_INVALID', 'x').toJSON()).toMatchObject({ detail: 'x' });
  });
});
