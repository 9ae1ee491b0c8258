import { expect, it } from 'vitest';
import { controlPolicy } from './control-policy.ts';

it('is what the file says, in milliseconds, by the house’s days', () => {
  const file = {
    enabled: true,
    writes_per_day: 5,
    min_interval: 60,
    default_end: 3600,
    answer_replies: false,
    experiments: true,
  };
  const leaving: { sinceMs: number | null } = { sinceMs: null };
  const policy = controlPolicy(file, { dayStart: (time) => time - (time % 86_400) }, leaving);
  expect(policy).toMatchObject({
    isEnabled: true,
    writesPerDay: 5,
    minIntervalMs: 60_000,
    answersReplies: false,
    experiments: true,
  });
  leaving.sinceMs = 5;
  expect(policy.isEnabled).toBe(false);
  expect(policy.dayStartMs(86_400_000 + 5)).toBe(86_400_000);
});
