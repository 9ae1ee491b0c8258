import { describe, expect, it } from 'vitest';
import { FINDINGS, finding, worstOf } from './finding.ts';

describe('a finding', () => {
  it('is as grave as its table says, unless it is said to be less', () => {
    expect(finding('VISIT_TLS', 'x').level).toBe('fault');
    expect(finding('VISIT_TLS', 'x', { level: 'warning', advice: 'Do it.' })).toEqual({
      code: 'VISIT_TLS',
      level: 'warning',
      sentence: 'x',
      advice: 'Do it.',
      link: 'docs/errors.md#frame_tls',
    });
  });

  it('has the gravest of its levels first', () => {
    for (const { levels } of Object.values(FINDINGS)) expect([...levels].sort()).toEqual(levels);
  });
});

it('the worst of several is the gravest; of none all is fine', () => {
  const [ok, warning, fault] = [finding('SOFTWARE', ''), finding('DISK_SLOW', ''), finding('NODE_OLD', '')];
  expect([worstOf([]), worstOf([ok]), worstOf([warning, ok]), worstOf([ok, fault, warning])]).toEqual([
    ...['ok', 'ok', 'warning', 'fault'],
  ]);
});
