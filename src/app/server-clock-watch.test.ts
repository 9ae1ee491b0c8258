import { expect, it, vi } from 'vitest';
import { ServerClock, type SystemWord } from '../session/clock/server-clock.ts';
import { ServerClockWatch } from './server-clock-watch.ts';

const MINUTE = 60_000;

/** A machine whose system says something, when it is asked. */
function machine() {
  const at = { wallMs: 1e12, monoMs: 1000 };
  const clock = new ServerClock();
  const answers: PromiseWithResolvers<SystemWord>[] = [];
  const ask = () => {
    answers.push(Promise.withResolvers());
    return (answers.at(-1) as PromiseWithResolvers<SystemWord>).promise;
  };
  const watch = new ServerClockWatch({ clock, now: () => ({ ...at }), ask });
  const pass = (ms: number, steppedMs = 0) => {
    at.monoMs += ms;
    at.wallMs += ms + steppedMs;
    watch.look();
  };
  const says = async (word: SystemWord) => {
    answers.at(-1)?.resolve(word);
    await new Promise(setImmediate);
  };
  return { clock, watch, pass, says, answers };
}

it('asks at once and every minute until the system says that the clock is right', async () => {
  const { clock, watch, pass, says, answers } = machine();
  watch.look();
  expect(answers).toHaveLength(1);
  await says('unsynchronised');
  pass(MINUTE - 1);
  expect(answers).toHaveLength(1);
  pass(1);
  expect(answers).toHaveLength(2);
  await says('synchronised');
  expect(clock.isConfirmed).toBe(true);
  pass(10 * MINUTE);
  expect(answers).toHaveLength(2);
});

it('asks again once the clock was set, and nobody twice at a time', async () => {
  const { clock, watch, pass, says, answers } = machine();
  watch.look();
  await says('synchronised');
  pass(MINUTE, 7_200_000);
  expect([clock.isConfirmed, answers.length]).toEqual([false, 2]);
  pass(5 * MINUTE);
  expect(answers).toHaveLength(2);
});

it('does not take what was said of the clock before it was set', async () => {
  const { clock, watch, pass, says, answers } = machine();
  watch.look();
  pass(1000, 7_200_000);
  await says('synchronised');
  expect(clock.isConfirmed).toBe(false);
  pass(MINUTE);
  await says('synchronised');
  expect([clock.isConfirmed, answers.length]).toEqual([true, 2]);
});

it('takes no answer for none', async () => {
  const { clock, watch, pass, answers } = machine();
  watch.look();
  answers[0]?.reject(new Error('no answer'));
  await new Promise(setImmediate);
  pass(MINUTE);
  expect([clock.isConfirmed, answers.length]).toEqual([false, 2]);
});

it('looks by itself once it is started, until it is stopped', () => {
  vi.useFakeTimers();
  const { watch, answers } = machine();
  watch.start();
  expect(answers).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(5000);
  watch.stop();
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
