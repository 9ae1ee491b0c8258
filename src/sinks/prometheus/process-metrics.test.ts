import { register } from 'prom-client';
import { expect, it } from 'vitest';
import { parseExposition } from '../../../test/exposition.ts';
import { processMetrics } from './process-metrics.ts';

it('tells of the process, but for what is no counter and costs much', async () => {
  const names = [...parseExposition(await processMetrics()).keys()];
  expect(names).toContain('process_cpu_seconds_total');
  expect(names).toContain('nodejs_heap_size_used_bytes');
  expect(names.filter((name) => name.startsWith('nodejs_active_'))).toEqual([]);
});

it('is asked by several servers of a process, and not in the registry that everybody writes to', async () => {
  const [one, two] = await Promise.all([processMetrics(), processMetrics()]);
  expect(parseExposition(one).size).toBe(parseExposition(two).size);
  expect(register.getMetricsAsArray()).toEqual([]);
});
