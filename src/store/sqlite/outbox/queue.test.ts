import { expect, it } from 'vitest';
import { OutboxQueue } from './queue.ts';
import { NONE, type QueuedRow } from './state.ts';

const row = (seq: number) => ({ seq, rows: 1, bytes: 9, readings: [] });
const taken: QueuedRow[] = [];
const all = {
  standingOf: () => ({ ...NONE, waiting: 3, dropped: 2, unreadable: 1 }),
  rowsOf: () => [row(4), row(5)],
  newestOf: () => null,
  taken: (_: string, rows: readonly QueuedRow[]) => void taken.push(...rows),
  takeDroppedSpan: () => null,
};

it('says how many wait, and were let go', () => {
  expect(new OutboxQueue(all, 'one')).toMatchObject({ waiting: 3, dropped: 2, unreadable: 1 });
});

it('takes what was handed out, and no more', () => {
  const queue = new OutboxQueue(all, 'one');
  queue.done(9);
  expect(queue.next(10)).toEqual({ upTo: 5, readings: [] });
  queue.done(4);
  expect(taken.map(({ seq }) => seq)).toEqual([4]);
});

it('says in words of the store what the database says', () => {
  const locked = () => {
    throw Object.assign(new Error('database is locked'), { errcode: 5 });
  };
  const queue = new OutboxQueue({ ...all, rowsOf: locked, newestOf: locked }, 'one');
  const busy = expect.objectContaining({ name: 'StoreError', code: 'STORE_BUSY' });
  expect(() => queue.next(10)).toThrow(busy);
  expect(() => queue.newest()).toThrow(busy);
});
