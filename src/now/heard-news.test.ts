import { expect, it } from 'vitest';
import { event, SERIAL, T } from '../../test/records.ts';
import { HeardEvent, HeardReading } from './heard-news.ts';

const BATTERY = { id: 'b3f1c2', secrets: [SERIAL] };

it('is a reading with unknown fields, without what seems private, worked out once', () => {
  const snapshot = { timeMs: T * 1000, held: [], values: { soc: 5 } };
  const news = new HeardReading(BATTERY, 'live', snapshot, { Xyz: `of ${SERIAL}`, SN: SERIAL });
  expect(news).toMatchObject({ type: 'reading', battery: 'b3f1c2', kind: 'live', other: { Xyz: 'of [private]' } });
  expect(Object.keys(news.other)).toEqual(['Xyz']);
  expect(news.other).toBe(news.other);
  expect(news.snapshot).toBe(snapshot);
  expect(new HeardReading(BATTERY, 'live', snapshot, null).other).toEqual({});
});

it('is an event without what is private, worked out once', () => {
  const news = new HeardEvent(BATTERY, event({ time: T, text: `restart of ${SERIAL}` }));
  expect(news).toMatchObject({
    type: 'event',
    battery: 'b3f1c2',
    event: { timeMs: T * 1000, text: 'restart of [private]' },
  });
  expect(news.event).toBe(news.event);
});

it('may be of nobody that is known', () => {
  const news = new HeardEvent(null, event({ serial: null, text: SERIAL }));
  expect(news).toMatchObject({ battery: null, event: { text: '[private]' } });
});
