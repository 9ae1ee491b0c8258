import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { readerOf } from '../../../test/promised-reader.ts';
import { bytes, identity, reading, SERIAL, T } from '../../../test/records.ts';
import type { StoreRecord } from '../../model.ts';
import { Calendar } from '../../store/energy/calendar.ts';
import { answer, secretsOf } from './queries.ts';

const calendar = new Calendar('UTC');

async function read(...records: StoreRecord[]) {
  const { folder, store } = stored(...records);
  while (store.fold(1000));
  return { reader: await readerOf(folder), id: store.idOf(SERIAL) ?? '' };
}

describe('the newest readings', () => {
  it('are told of each kind that there is', async () => {
    const { reader, id } = await read(reading('live', T, { soc: 1 }), reading('live', T + 10, { soc: 2 }));
    const found = await answer('newest', { batteries: [id, 'nobody'] }, reader, calendar);
    expect(found).toMatchObject([{ battery: id, kind: 'live', timeMs: (T + 10) * 1000, receivedMs: (T + 10) * 1000 }]);
  });
});

describe('kept frames', () => {
  it('are told until they are too many bytes', async () => {
    const large = bytes({ bytes: new Uint8Array(900_000).fill(0x20) });
    const { reader } = await read(identity(), large, large, large);
    const asked = { kind: 'unknown', limit: 10, chunks: [], batteries: new Map() } as const;
    expect(await answer('frames', asked, reader, calendar)).toHaveLength(2);
  });

  it('may be empty, or ours', async () => {
    const { reader, id } = await read(
      identity(),
      bytes({ bytes: new Uint8Array(0) }),
      bytes({ direction: 'to_battery', serial: SERIAL }),
    );
    const asked = { kind: 'unknown', limit: 10, chunks: [], batteries: new Map() } as const;
    expect(await answer('frames', asked, reader, calendar)).toMatchObject([{ direction: 'to_battery', battery: id }]);
  });
});

it('knows as secrets all serial numbers', async () => {
  const { reader } = await read(identity(), identity('AL2002021010102'));
  expect(await secretsOf(reader)).toEqual([SERIAL, 'AL2002021010102']);
});
