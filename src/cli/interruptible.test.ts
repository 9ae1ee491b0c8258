import { expect, it } from 'vitest';
import { FakeIo } from '../../test/io.ts';
import { interruptible } from './interruptible.ts';

it('gives what the work gives', async () => {
  expect(await interruptible(new FakeIo(), () => Promise.resolve(7))).toBe(7);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('tells the work of %s, and ends when that has', async (name) => {
  const io = new FakeIo();
  const steps: string[] = [];
  const ending = interruptible(io, async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    steps.push('tidied up');
    throw signal.reason;
  });
  io.signal(name);
  await expect(ending).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 1 });
  expect(steps).toEqual(['tidied up']);
});
