import { expect, it } from 'vitest';
import { pass } from './pass.ts';

it('waits until its time, or until it is told not to', async () => {
  await pass(0, new AbortController().signal);
  const ended = new AbortController();
  const waiting = pass(1e9, ended.signal);
  ended.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
