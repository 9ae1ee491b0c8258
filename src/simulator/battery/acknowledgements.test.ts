/** First sent, first acknowledged, by command. */
import { expect, test } from 'vitest';
import { type SampleStamp, SimulatedAcknowledgements, stamp } from './acknowledgements.ts';
import { DETAIL, HISTORY, LIVE } from './opening.ts';

test('an answer belongs to the oldest message of its command; only Success acknowledges', () => {
  const told: SampleStamp[] = [];
  const one = new SimulatedAcknowledgements((acknowledged) => told.push(acknowledged));
  one.sent(LIVE, [stamp('live', 0, 1)]);
  one.sent(LIVE, [stamp('live', 10, 2)]);
  one.sent(LIVE, [stamp('live', 20, 3)]);
  one.sent(HISTORY, [stamp('history', 0, 4), stamp('history', 60, 5)]);
  expect([one.waiting(LIVE), one.waiting(HISTORY), one.waiting(DETAIL)]).toEqual([3, 1, 0]);
  one.answered(LIVE, true);
  one.answered(LIVE, false);
  one.answered(HISTORY, true);
  one.answered(LIVE, true);
  one.answered(LIVE, true);
  expect(told.map((acknowledged) => acknowledged.utcMs)).toEqual([1, 4, 5, 3]);
  expect(told[3]?.clock).toBe('1970/01/01 00:00:20');
  expect(one.count).toEqual({ live: 2, detail: 0, history: 2 });
});

test('a new connection owes nothing for the old one', () => {
  const one = new SimulatedAcknowledgements(() => expect.fail('nothing was acknowledged'));
  one.sent(DETAIL, [stamp('detail', 0, 1)]);
  one.forget();
  one.answered(DETAIL, true);
  expect(one.waiting(DETAIL)).toBe(0);
});
