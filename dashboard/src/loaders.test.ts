import { afterEach, expect, it, vi } from 'vitest';
import { loadEnergy, loadTable } from './loaders.ts';
import type { ShownBattery } from './types.ts';

const battery = (id: string) => ({ id, first_seen: '1970-01-01T00:00:00Z' }) as ShownBattery;
const { signal } = new AbortController();

afterEach(() => vi.unstubAllGlobals());

it('readings of two batteries become one table; what is to come is no gap', async () => {
  const mean = [1];
  const readings = { bucket_seconds: 60, start_seconds: [0], fields: { pv_power: { min: mean, mean, max: mean } } };
  vi.stubGlobal('fetch', async () => Response.json(readings));
  const asked = { from: 0, to: 3600, fields: ['pv_power'], points: 10 };
  const one = await loadTable([battery('a')], asked, 60, signal);
  expect([one.fields.pv_power?.max, one.holes]).toEqual([[1], []]);
  const two = await loadTable([battery('a'), battery('b')], asked, 3600, signal);
  expect([two.fields.pv_power?.mean, two.holes]).toEqual([[2], [[60, 3600]]]);
  expect((await loadTable([], asked, 60, signal)).starts).toEqual([]);
});

it('energies too', async () => {
  const buckets = [{ start: '2026-11-23T00:00:00.000Z', pv_energy: 2 }];
  vi.stubGlobal('fetch', async () => Response.json({ per: 'day', buckets }));
  expect((await loadEnergy([battery('a')], 0, 1, 'day', signal))[0]?.pv_energy).toBe(2);
  expect((await loadEnergy([battery('a'), battery('b')], 0, 1, 'day', signal))[0]?.pv_energy).toBe(4);
  expect(await loadEnergy([], 0, 1, 'day', signal)).toEqual([]);
});
