import { describe, expect, it, onTestFinished } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { bytes, identity, reading, SERIAL, T } from '../../../test/records.ts';
import type { StoreRecord } from '../../model.ts';
import { Calendar } from '../../store/energy/calendar.ts';
import { StoreReader } from '../../store/sqlite/reading/reader.ts';
import { answer, secretsOf } from './queries.ts';

const calendar = new Calendar('UTC');

function read(...records: StoreRecord[]) {
  const { folder, store } = stored(...records);
  while (store.fold(1000));
  const reader = new StoreReader(folder);
  onTestFinished(() => reader.close());
  return { reader, id: store.idOf(SERIAL) ?? '' };
}

describe('the newest readings', () => {
  it('are told of each kind that there is', () => {
    const { reader, id } = read(reading('live', T, { soc: 1 }), reading('live', T + 10, { soc: 2 }));
    const found = answer('newest', { batteries: [id, 'nobody'] }, reader, calendar);
    expect(found).toMatchObject([{ battery: id, kind: 'live', time: T + 10, receivedMs: (T + 10) * 1000 }]);
  });
});

describe('kept frames', () => {
  it('are told until they are too many bytes', () => {
    const large = bytes({ bytes: new Uint8Array(900_000).fill(0x20) });
    const { reader } = read(identity(), large, large, large);
    const asked = { kind: 'unknown', limit: 10, chunks: [], batteries: new Map() } as const;
    expect(answer('frames', asked, reader, calendar)).toHaveLength(2);
  });

  it('may be empty, or ours', () => {
    const { reader, id } = read(
      identity(),
      bytes({ bytes: new Uint8Array(0) }),
      bytes({ direction: 'to_battery', serial: SERIAL }),
    );
    const asked = { kind: 'unknown', limit: 10, chunks: [], batteries: new Map() } as const;
    expect(answer('frames', asked, reader, calendar)).toMatchObject([{ direction: 'to_battery', battery: id }]);
  });
});

it('knows as secrets all serial numbers', () => {
  const { reader } = read(identity(), identity('AL2002021010102'));
  expect(secretsOf(reader)).toEqual([SERIAL, 'AL2002021010102']);
});
