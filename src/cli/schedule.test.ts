import { describe, expect, it } from 'vitest';
import { run } from '../../test/io.ts';
import { temporaryFolder } from '../../test/records.ts';

/** test/schedules.test.ts has it ask a real server. */
describe('the command schedule', () => {
  it('shows by examples what to type', async () => {
    const { code, out } = await run(['schedule', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('schedule cheapest b3f1c2 --hours 3 --before 06:00');
    expect((await run(['schedule', 'add', '--help'])).out).toContain('--dry-run');
  });

  it.each([
    [['list', 'b3f1c2'], 'no server runs on this data folder'],
    [['prices'], 'no server runs on this data folder'],
    [['cheapest', 'b3f1c2', '--hours', 'three', '--before', '06:00'], 'expected a number such as 0.25, not three'],
    [['hold-above', 'b3f1c2', 'dear'], 'expected a number such as 0.25, not dear'],
  ])('%j says what is wrong', async (words, wrong) => {
    const { code, err } = await run(['schedule', ...words, '--data', temporaryFolder()]);
    expect([code === 0, err]).toEqual([false, expect.stringContaining(wrong)]);
  });

  it('needs to know how many hours, and before when', async () => {
    expect((await run(['schedule', 'cheapest', 'b3f1c2', '--before', '06:00'])).err).toContain('--hours');
    expect((await run(['schedule', 'cheapest', 'b3f1c2', '--hours', '3'])).err).toContain('--before');
  });
});
