import { expect, it, onTestFinished } from 'vitest';
import { filled } from '../../../../test/filled.ts';
import { SERIAL, T } from '../../../../test/records.ts';
import { ENERGIES } from '../../reader.ts';
import { PromisedReader } from './promised-reader.ts';
import { SqliteReader } from './reader.ts';

async function listOf<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

it('tells what the reader behind it tells, all of it', async () => {
  const { folder, idOf } = filled();
  const behind = new SqliteReader(folder);
  const reader = new PromisedReader(behind);
  onTestFinished(() => reader.close());
  const battery = idOf(SERIAL) ?? '';
  const selection = { battery };
  expect((await reader.owners()).map(({ id }) => id)).toContain(battery);
  const live = await listOf(reader.readings('live', selection));
  expect(live.length).toBeGreaterThan(1);
  expect(live).toEqual([...behind.readings('live', selection)]);
  const [first] = live;
  const after = { battery, time: first?.time ?? 0, ordinal: first?.ordinal ?? 0 };
  expect(await listOf(reader.readings('live', selection, after))).toEqual(live.slice(1));
  expect((await listOf(reader.events(selection))).length).toBeGreaterThan(0);
  expect(await listOf(reader.configurations())).toEqual([...behind.configurations()]);
  expect(await listOf(reader.frames('unknown'))).toEqual([...behind.frames('unknown')]);
  expect(await listOf(reader.frames('discarded'))).not.toEqual(await listOf(reader.frames('unknown')));
  expect(await listOf(reader.epochs())).toEqual([...behind.epochs()]);
  expect(await listOf(reader.gaps())).toEqual([...behind.gaps()]);
  expect(await listOf(reader.held())).toEqual([...behind.held()]);
  expect(await reader.heldCounts(3)).toEqual(behind.heldCounts(3));
  expect(await listOf(reader.energy('day'))).toEqual([...behind.energy('day')]);
  expect(await reader.energyTotal(battery)).toHaveLength(ENERGIES.length);
  expect(await reader.wireKeys('live')).toEqual(behind.wireKeys('live'));
  expect(await reader.newest('live', battery)).toEqual(behind.newest('live', battery));
  const query = { battery, fields: ['soc'], from: T, to: T + 600, step: '1 min' } as const;
  expect(await reader.series('minute', query)).toEqual(behind.series('minute', query));
  expect(await reader.series('live', { ...query, battery: 'nobody' })).toBeNull();
});
