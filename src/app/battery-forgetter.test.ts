import { describe, expect, it } from 'vitest';
import { identity, reading, SERIAL, T, temporaryFolder } from '../../test/records.ts';
import { Private } from '../model.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { StoreError } from '../store/store.ts';
import { BatteryForgetter, type ForgetterParts, forgetAlone } from './battery-forgetter.ts';

/** What was done, in its order. */
function forgetter(change: Partial<ForgetterParts> = {}) {
  const did: string[] = [];
  const note = (text: string) => void did.push(text);
  const counted = (text: string, count: number) => {
    note(text);
    return count;
  };
  const one = new BatteryForgetter({
    store: {
      serialOf: async (id) => (id === 'b3f1c2' ? new Private(SERIAL) : null),
      idOf: () => 'b3f1c2',
      forget: async (id) => counted(`store ${id}`, 7),
      forgettingOf: async (number) => (number === 7 ? { number, isDone: true, removed: { live: 3 } } : null),
    },
    listener: { dismiss: (serial) => counted(`dismiss ${serial}`, 2) },
    committer: { flush: async () => note('flush'), failing: false },
    outputs: { forget: (id) => note(`outputs ${id}`), clearing: 5 },
    memories: [{ forget: (serial, id) => note(`memory ${serial} ${id}`) }],
    rings: [{ forget: () => note('ring') }],
    ...change,
  });
  return { one, did };
}

describe('a battery that is forgotten while the server runs', () => {
  it('has its last words kept first, then its rows go, and then nobody remembers it', async () => {
    const { one, did } = forgetter();
    expect(await one.forget('b3f1c2')).toEqual({ number: 7, closed: 4 });
    expect(did).toEqual([
      `dismiss ${SERIAL}`,
      'flush',
      `dismiss ${SERIAL}`,
      'outputs b3f1c2',
      'store b3f1c2',
      `memory ${SERIAL} b3f1c2`,
      'ring',
    ]);
    expect([await one.of(7), await one.of(8)]).toEqual([{ isDone: true, removed: { live: 3 }, topicsLeft: 5 }, null]);
  });

  it('is none that is not there', async () => {
    const { one, did } = forgetter();
    expect([await one.forget('c0ffee'), did]).toEqual([null, []]);
    const { one: other } = forgetter({
      store: {
        serialOf: async () => new Private(SERIAL),
        idOf: () => undefined,
        forget: async () => null,
        forgettingOf: async () => null,
      },
    });
    expect(await other.forget('b3f1c2')).toBeNull();
  });

  it('stays what it was while nothing can be written', async () => {
    const { one, did } = forgetter({ committer: { flush: async () => {}, failing: true } });
    await expect(one.forget('b3f1c2')).rejects.toThrow(StoreError);
    expect(did).toEqual([`dismiss ${SERIAL}`]);
  });
});

describe('a battery that is forgotten while no server runs', () => {
  it('is gone at the end, and its topics are left to the next server', () => {
    const store = SqliteStore.open({ folder: temporaryFolder(), timeZone: 'UTC' });
    store.commit([identity(), reading('live', T, { soc: 1 })]);
    const id = store.idOf(SERIAL) as string;
    const topics = [`alphaess/${id}/state`, `alphaess/${id}/status`];
    store.remember(new Map([[`mqtt ${id}`, JSON.stringify({ retained: topics })]]));
    expect(forgetAlone(store, id)).toEqual({ removed: { live: 1 }, topicsLeft: 2 });
    expect([store.recall(`mqtt ${id}`), JSON.parse(store.recall('mqtt forgotten') ?? '{}').retained]).toEqual([
      null,
      topics,
    ]);
    expect([forgetAlone(store, id), store.jobs]).toEqual([null, 0]);
    store.close();
  });
});
