import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type ExpositionLine, type ExpositionMetric, labelsOf, textOf } from './exposition.ts';

function metric(lines: ExpositionLine[], help = 'Power that the house uses.'): ExpositionMetric {
  return { name: 'alphaess_load_power_watts', help, type: 'gauge', lines: () => lines };
}

it('writes metrics as Prometheus reads them', async () => {
  const more: ExpositionMetric = {
    name: 'alphaess_problems_total',
    help: 'Problems.',
    type: 'counter',
    lines: () => [['', 0]],
  };
  const load = metric([
    [labelsOf({ battery: 'b3f1c2', phase: '1' }), -418.5],
    [labelsOf({ battery: 'c4' }), 1e21],
  ]);
  expect((await textOf([load, more])).join('')).toBe(
    [
      '# HELP alphaess_load_power_watts Power that the house uses.',
      '# TYPE alphaess_load_power_watts gauge',
      'alphaess_load_power_watts{battery="b3f1c2",phase="1"} -418.5',
      'alphaess_load_power_watts{battery="c4"} 1e+21',
      '# HELP alphaess_problems_total Problems.',
      '# TYPE alphaess_problems_total counter',
      'alphaess_problems_total 0',
      '',
    ].join('\n'),
  );
});

it('lets nobody break out of a label or a help text', async () => {
  expect(labelsOf({ name: 'a "quoted"\\path\nnew line' })).toBe('name="a \\"quoted\\"\\\\path\\nnew line"');
  expect((await textOf([metric([], 'a "quote", a \\ and a\nline')])).join('')).toBe(
    '# HELP alphaess_load_power_watts a "quote", a \\\\ and a\\nline\n# TYPE alphaess_load_power_watts gauge\n',
  );
});

it('lets others have their turn between many lines', async () => {
  const lines = Array.from({ length: 10_000 }, (_, n): ExpositionLine => [labelsOf({ battery: String(n) }), n]);
  let done = false;
  const text = textOf([metric(lines)]).finally(() => {
    done = true;
  });
  let turns = 0;
  for (; !done; turns++) await turn();
  expect(turns).toBeGreaterThanOrEqual(2);
  expect((await text).join('').split('\n')).toHaveLength(10_003);
});
