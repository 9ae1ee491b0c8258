import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { readerOf } from '../../../test/promised-reader.ts';
import { bytes, configuration, event, identity, reading, SERIAL, T } from '../../../test/records.ts';
import type { StoreRecord } from '../../model.ts';
import { encodeFrame, REQUEST } from '../../protocol/frame.ts';
import { Calendar } from '../../store/energy/calendar.ts';
import { answer } from './queries.ts';

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

describe('what a battery told of its house in its configuration', () => {
  const told = configuration(`{"SN":"${SERIAL}","Address":"Invented Street 5"}`);
  const text = 'delivered to Invented Street 5';
  const message = encodeFrame(REQUEST, 0x55, Buffer.from(`{"Note":"${text}"}`));

  it('is not shown in frames, kept or recent', async () => {
    const { reader, id } = await read(identity(), told, bytes({ serial: SERIAL, command: 0x55, bytes: message }));
    const chunk = { sequence: 1, connection: 7, direction: 'from_battery', ms: T * 1000, bytes: message } as const;
    for (const kind of ['unknown', 'recent'] as const) {
      const asked = { kind, limit: 10, chunks: [chunk], batteries: new Map([[7, id]]) };
      const [frame] = await answer('frames', asked, reader, calendar);
      expect(frame).toMatchObject({ battery: id, checksum_recomputed: true });
      expect(frame?.fields).toMatchObject([{ wire: 'Note', text: 'delivered to [private]' }]);
      const shown = Buffer.from(frame?.hex ?? '', 'hex').toString('latin1');
      expect(shown).toContain('"delivered to *****************"');
    }
  });

  it('is not shown in events', async () => {
    const { reader } = await read(identity(), told, event({ name: 'Note', text }));
    const [shown] = await answer('events', {}, reader, calendar);
    expect(shown).toMatchObject({ name: 'Note', text: 'delivered to [private]' });
  });
});
