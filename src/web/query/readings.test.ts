import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { readerOf } from '../../../test/promised-reader.ts';
import { reading, SERIAL, T } from '../../../test/records.ts';
import type { ReadingRecord } from '../../model.ts';
import { Calendar } from '../../store/energy/calendar.ts';
import { fieldsIn, readingsOf, sourceFor } from './readings.ts';

/** @param waiting in the journal, not in their place */
function read(kept: ReadingRecord[], waiting: ReadingRecord[] = []) {
  const { folder, store } = stored(...kept);
  while (store.fold(1000));
  if (waiting.length > 0) store.commit(waiting);
  const battery = store.idOf(SERIAL) ?? '';
  return async (change: object = {}) =>
    readingsOf(
      await readerOf(folder),
      { battery, from: T, to: T + 300, fields: ['soc'], points: 300, ...change },
      new Calendar('UTC'),
    );
}

describe('the source of a line', () => {
  const asked = { battery: 'a', from: 0, fields: ['soc', 'pv_power'] };

  it.each([
    [7200, 500, 'live'],
    [7500, 500, 'live'],
    [7501, 500, 'minute'],
    [86_400, 500, 'minute'],
    [86_400, 24, 'hour'],
    [31 * 86_400, 500, 'hour'],
    [366 * 86_400, 5000, 'day'],
    [366 * 86_400, 300, 'day'],
  ])('over %i s in %i points is %s', (to, points, source) => {
    expect(sourceFor({ ...asked, to, points })).toBe(source);
  });

  it('is the readings that have all fields, where one is not rolled up', () => {
    const of = (...fields: string[]) => sourceFor({ ...asked, to: 1e8, points: 10, fields });
    expect([of('apparent_power', 'soc'), of('cell_voltage_min', 'soc')]).toEqual(['live', 'detail']);
    expect(() => of('apparent_power', 'cell_voltage_min')).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });
});

describe('names of fields', () => {
  it('are taken apart', () => {
    expect(fieldsIn(' soc,pv_power,,soc ')).toEqual(['soc', 'pv_power']);
  });

  it('are known ones or refused, whatever comes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          for (const name of fieldsIn(text)) expect(name).toMatch(/^[a-z]\w*$/);
        } catch (error) {
          expect(error).toMatchObject({ status: 400 });
        }
      }),
    );
  });
});

describe('a close look', () => {
  it('is made of live readings, those that wait included', async () => {
    const found = await read([reading('live', T, { soc: 1 })], [reading('live', T + 10, { soc: 2 })])();
    expect(found).toMatchObject({ source: 'live', start_seconds: [T, T + 10], fields: { soc: { mean: [1, 2] } } });
  });

  it('shows minutes where there are no live readings', async () => {
    const kept = [
      reading('live', T, { soc: 1 }),
      reading('history', T + 120, { soc: 5 }),
      reading('live', T + 240, { soc: 3 }),
    ];
    expect(await read(kept)()).toMatchObject({
      source: 'live',
      start_seconds: [T, T + 120, T + 240],
      fields: { soc: { max: [1, 5, 3] } },
    });
    expect(await read([reading('history', T + 120, { soc: 5 })])()).toMatchObject({
      source: 'minute',
      bucket: '1 min',
      bucket_seconds: 60,
      start_seconds: [T + 120],
    });
  });

  it('has least, mean and greatest of several in a bucket, and nothing where a field has none', async () => {
    const kept = [
      reading('live', T, { soc: 1 }),
      reading('live', T + 10, { soc: 4 }),
      reading('live', T + 20, { pv_power: 7 }),
    ];
    expect(await read(kept)({ fields: ['soc', 'pv_power'], points: 21 })).toMatchObject({
      bucket: '15 s',
      bucket_seconds: 15,
      start_seconds: [T, T + 15],
      fields: { soc: { min: [1, null], mean: [2.5, null], max: [4, null] }, pv_power: { mean: [null, 7] } },
    });
  });

  it('is of whole buckets, at both ends of what is asked for', async () => {
    const kept = [0, 10, 20, 30].map((after) => reading('live', T + after, { soc: after }));
    const found = await read(kept)({ from: T + 19, to: T + 25, points: 1 });
    const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
    // In tens of seconds: from T + 10 to T + 30.
    expect(found).toMatchObject({ bucket: '10 s', from: iso(T + 10), to: iso(T + 30) });
    expect(found).toMatchObject({ start_seconds: [T + 10, T + 20], fields: { soc: { mean: [10, 20] } } });
  });

  it('at a battery nobody knows, or at no reading, is empty', async () => {
    const found = { start_seconds: [], fields: { soc: { mean: [] } } };
    expect(await read([reading('live', T)])({ battery: 'nobody' })).toMatchObject(found);
    expect(await read([reading('live', T)])({ battery: 'nobody', points: 1 })).toMatchObject(found);
    expect(await read([reading('live', T)])()).toMatchObject(found);
  });
});
