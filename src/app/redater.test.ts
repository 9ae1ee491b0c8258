import { expect, it } from 'vitest';
import { Private, type StoreRecord } from '../model.ts';
import { Redater } from './redater.ts';

const CORRECTION = {
  ...{ kinds: ['live'] as const, fromBatteryTime: 1, toBatteryTime: 2, receivedSinceMs: 0 },
  ...{ oldOffsetSeconds: 5, newOffsetSeconds: 0 },
};

it('keeps what is to be done, for a battery that there is', async () => {
  const kept: StoreRecord[] = [];
  const serials: Readonly<Record<string, string>> = { b3f1c2: 'AL1', c0ffee: 'AL2' };
  const redater = new Redater({
    store: {
      serialOf: async (id) => (serials[id] === undefined ? null : new Private(serials[id])),
      // The other is a newcomer.
      idOf: (serial) => (serial === 'AL1' ? 'b3f1c2' : undefined),
    },
    keep: (records) => void kept.push(...records),
    wallMs: () => 7,
  });
  expect(await redater.correct('b3f1c2', [CORRECTION])).toBe(true);
  expect(await redater.correct('c0ffee', [CORRECTION])).toBe(false);
  expect(await redater.correct('nobody', [CORRECTION])).toBe(false);
  expect(kept).toMatchObject([{ type: 'clock', receivedMs: 7, epochs: [], corrections: [CORRECTION] }]);
});
