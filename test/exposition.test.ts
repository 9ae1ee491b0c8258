import { describe, expect, it } from 'vitest';
import { parseExposition, samplesOf } from './exposition.ts';

const HEAD = '# HELP a_watts Power.\n# TYPE a_watts gauge\n';

describe('the reader of Prometheus’s format', () => {
  it.each([
    ['an end without a line end', `${HEAD}a_watts 1`],
    ['a sample before its TYPE', 'a_watts 1\n'],
    ['a TYPE without HELP', '# TYPE a_watts gauge\na_watts 1\n'],
    ['the HELP of another', '# HELP b Power.\n# TYPE a_watts gauge\n'],
    ['a HELP that says nothing', '# HELP a_watts \n# TYPE a_watts gauge\n'],
    ['a metric twice', HEAD + HEAD],
    ['a sample of another metric', `${HEAD}b_watts 1\n`],
    ['a sample twice', `${HEAD}a_watts{b="1",c="2"} 1\na_watts{c="2",b="1"} 1\n`],
    ['a label twice', `${HEAD}a_watts{b="1",b="2"} 1\n`],
    ['a quote within a label', `${HEAD}a_watts{b="1"2"} 1\n`],
    ['a backslash that means nothing', `${HEAD}a_watts{b="\\d"} 1\n`],
    ['a label without quotes', `${HEAD}a_watts{b=1} 1\n`],
    ['no number', `${HEAD}a_watts Nan\n`],
    ['no value', `${HEAD}a_watts{b="1"}\n`],
  ])('does not take %s', (_what, text) => {
    expect(() => parseExposition(text)).toThrow();
  });

  it('reads samples, escapes and histograms', () => {
    expect(samplesOf(`${HEAD}a_watts{b="x\\"y\\\\z\\n",c=""} -1.5e3\na_watts +Inf\n`, 'a_watts')).toEqual({
      'b=x"y\\z\n c=': -1500,
      '': Number.POSITIVE_INFINITY,
    });
    const text =
      '# HELP t_seconds Time.\n# TYPE t_seconds histogram\nt_seconds_bucket{le="+Inf"} 2\nt_seconds_count 2\n';
    expect([...(parseExposition(text).get('t_seconds')?.samples.keys() ?? [])]).toEqual([
      't_seconds_bucket',
      't_seconds_count',
    ]);
  });
});
