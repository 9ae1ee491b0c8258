import { describe, expect, it } from 'vitest';
import { SERIAL } from '../../test/records.ts';
import { type Battery, Private } from '../model.ts';
import { StoreError, type StoreErrorCode } from '../store/store.ts';
import { BatteryLoader, SHOWN_AT_START } from './battery-loader.ts';

const battery = (serial: string): Battery => ({
  id: `id of ${serial}`,
  serial: new Private(serial),
  firstSeenMs: 1,
  epochs: [],
  newest: null,
  openGaps: [],
  lastGapNumber: 0,
  trust: { peers: [], lastRun: 0 },
});

/** A store that keeps these, and fails as it is told. */
function loading(kept: readonly string[], ...failures: (StoreErrorCode | Error)[]) {
  const story: string[] = [];
  const loaded = new Set<string>();
  const loader = new BatteryLoader({
    store: {
      batteries: async (most) => kept.slice(0, most).map(battery),
      batteryOf: async (serial) => {
        const failure = failures.shift();
        story.push(failure === undefined ? 'read' : 'fail');
        if (failure instanceof Error) throw failure;
        if (failure !== undefined) throw new StoreError(failure, 'as told');
        return kept.includes(serial) ? battery(serial) : null;
      },
      serialOf: async (id) => {
        const serial = kept.find((one) => `id of ${one}` === id);
        return serial === undefined ? null : new Private(serial);
      },
    },
    isLoaded: (serial) => loaded.has(serial),
    loaded: ({ serial }) => {
      loaded.add(serial.reveal());
      story.push(`loaded ${serial.reveal()}`);
    },
    failed: (error) => void story.push(`failed ${error.code}`),
    pause: async (ms) => void story.push(`${ms} ms`),
  });
  return { loader, story };
}

describe('a battery', () => {
  it('is told of once, however many ask for it at once and later', async () => {
    const { loader, story } = loading([SERIAL]);
    await Promise.all([loader.load(SERIAL), loader.load(SERIAL)]);
    await loader.load(SERIAL);
    expect(story).toEqual(['read', `loaded ${SERIAL}`]);
  });

  it('is not told of where none is kept, and is looked for again', async () => {
    const { loader, story } = loading([]);
    await loader.load(SERIAL);
    await loader.load(SERIAL);
    expect(story).toEqual(['read', 'read']);
  });

  it('is read again until the store can', async () => {
    const { loader, story } = loading([SERIAL], ...Array.from({ length: 7 }, () => 'STORE_BUSY' as const));
    await loader.load(SERIAL);
    const pauses = story.filter((what) => what.endsWith(' ms'));
    expect(pauses).toEqual(['250 ms', '500 ms', '1000 ms', '2000 ms', '4000 ms', '5000 ms', '5000 ms']);
    expect(story.at(-1)).toBe(`loaded ${SERIAL}`);
  });

  it.each([
    ['STORE_CORRUPT' as const, 'STORE_CORRUPT'],
    [new TypeError('a mistake'), 'STORE_REFUSED'],
  ])('that cannot be read is said, and can be asked for again: %s', async (failure, code) => {
    const { loader, story } = loading([SERIAL], failure);
    await expect(loader.load(SERIAL)).rejects.toMatchObject({ code });
    await loader.load(SERIAL);
    expect(story).toEqual(['fail', `failed ${code}`, 'read', `loaded ${SERIAL}`]);
  });

  it('is found by its short id', async () => {
    const { loader, story } = loading([SERIAL]);
    await loader.loadById('id of nobody');
    expect(story).toEqual([]);
    await loader.loadById(`id of ${SERIAL}`);
    expect(story).toEqual(['read', `loaded ${SERIAL}`]);
  });
});

it('those that are shown before they speak are so many at most', async () => {
  const { loader, story } = loading(Array.from({ length: 2 * SHOWN_AT_START }, (_, n) => `AL${n}`));
  await loader.loadShown();
  expect(story.filter((what) => what === 'read')).toHaveLength(SHOWN_AT_START);
});
