import { expect, it } from 'vitest';
import { QuotaReport } from './quota-report.ts';

const SENTENCE = 'more has come of a kind than is kept: the oldest of it is removed';
const EVENTS = { what: 'events', battery: 'b3f1c2', rows: 20, bytes: 4000 } as const;
const MINUTE = 60_000;

it('says each trouble once, until nothing was removed for an hour', () => {
  const report = new QuotaReport({ b3f1c2: 'Garage' });
  expect(report.notes([EVENTS, { ...EVENTS, battery: null }, { ...EVENTS, battery: 'c0ffee' }], 0)).toMatchObject([
    { battery: 'Garage' },
    { battery: undefined },
    { battery: 'c0ffee' },
  ]);
  for (let minute = 1; minute <= 120; minute++) expect(report.notes([EVENTS], minute * MINUTE)).toEqual([]);
  expect(report.notes([{ ...EVENTS, what: 'raw', battery: null }], 120 * MINUTE)).toHaveLength(1);
  expect(report.notes([EVENTS], 179 * MINUTE)).toEqual([]);
  expect(report.notes([], 238 * MINUTE)).toEqual([]);
  expect(report.notes([EVENTS], 239 * MINUTE)).toHaveLength(1);
});

it('names what there was too much of, the setting and how much went', () => {
  const text = `${SENTENCE} (events, store.quotas.events; 20 removed so far, 4000 bytes)`;
  expect(new QuotaReport({}).notes([EVENTS], 0)).toEqual([
    { level: 'warn', code: 'QUOTA_REACHED', kind: 'events', text, battery: 'b3f1c2', data: { rows: 20, bytes: 4000 } },
  ]);
});
