import { expect, it } from 'vitest';
import { answering } from '../../test/answering-server.ts';
import { run } from '../../test/io.ts';
import { temporaryFolder } from '../../test/records.ts';

const FRAME = { at: '2026-11-27T06:00:00.000Z', from: 'battery', hex: '0208', checksum_recomputed: true };
const made = (more: object) => ({ step: 'over', over: true, answer: 'accepted', frames: [FRAME], ...more });

const PATH = '/api/batteries/b3f1c2/experiments/sync-time';

it('sends nothing without the typed id', async () => {
  const { data, asked } = await answering();
  expect(await run(['experiment', 'sync-time', 'b3f1c2', '--confirm', 'yes', '--data', data])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/Likely: .*Unknown: .*nothing was sent\n$/s),
  });
  expect((await run(['experiment', 'sync-time', 'b3f1c2', '--data', data])).err).toContain('this must be meant');
  expect((await run(['experiment', 'sync-time', 'b3f1c2', '--data', temporaryFolder()])).err).toContain(
    'no server runs',
  );
  expect(asked).toEqual([]);
});

it('says what was said, and what changed in the clock, and offers a bundle', async () => {
  const clock = { ahead_seconds_before: 5940, ahead_seconds_after: 3600.4 };
  const { data, asked } = await answering(made({ step: 'asked', over: false, ...clock }), made(clock));
  const { code, out } = await run(['experiment', 'sync-time', 'b3f1c2', '--confirm', 'b3f1c2', '--data', data]);
  expect([code, asked]).toEqual([0, [`POST ${PATH} {"confirm":"b3f1c2"}`, `GET ${PATH} `]]);
  expect(out).toMatch(/battery, private values replaced\n0208\na minute has passed/);
  expect(out).toContain('its clock was set by -2340 s: 5940 s ahead of UTC before, 3600 s now');
  expect(out).toContain('alphaess-local bundle');
});

it.each([
  [{ ahead_seconds_before: 3600, ahead_seconds_after: 3601 }, 0, 'its clock is as before'],
  [{ ahead_seconds_before: null, ahead_seconds_after: 3601 }, 0, 'before, it was not known'],
  [{ ahead_seconds_before: 3600, ahead_seconds_after: null }, 0, 'is not known yet'],
  [{ answer: null, ahead_seconds_after: null }, 0, 'the battery did not answer the order'],
  [{ step: 'interrupted', ahead_seconds_after: null }, 1, 'the connection ended before'],
  [{ step: 'dropped', ahead_seconds_after: null }, 1, 'nothing was sent'],
])('says of %j', async (more, code, sentence) => {
  const { data } = await answering(made(more));
  const said = await run(['experiment', 'sync-time', 'b3f1c2', '--confirm', 'b3f1c2', '--data', data]);
  expect([said.code, said.out]).toEqual([code, expect.stringContaining(sentence)]);
});
