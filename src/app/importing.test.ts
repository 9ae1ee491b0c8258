import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { event, identity, OTHER, reading, SERIAL, T, temporaryFolder } from '../../test/records.ts';
import type { StoreRecord } from '../model.ts';
import type { ImportedAs, ImportedRow } from '../store/sqlite/importing/imports.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { Importing, liveSince } from './importing.ts';

class FakeImports {
  readonly taken: (readonly [ImportedAs, string, number])[] = [];
  readonly known = new Set(['b3f1c2']);
  pauses = 0;
  busyFor = 0;

  idOf(as: ImportedAs): string | null {
    if ('id' in as) return this.known.has(as.id) ? as.id : null;
    return `apart ${as.recorded}`;
  }

  add(as: ImportedAs, rows: readonly ImportedRow[]) {
    if (this.busyFor-- > 0) return null;
    this.taken.push([as, rows[0]?.kind ?? '', rows.length]);
    return { added: rows.length - 1, known: 1 };
  }
}

function house(...records: StoreRecord[]) {
  const folder = temporaryFolder();
  const recording = 'import-abc123';
  mkdirSync(join(folder, recording));
  const store = SqliteStore.open({ folder: join(folder, recording), timeZone: 'UTC' });
  store.commit(records);
  store.close();
  const imports = new FakeImports();
  const importing = new Importing({
    folder,
    imports,
    idOf: (serial) => (serial === SERIAL ? 'b3f1c2' : undefined),
    liveSinceMs: () => (T + 5) * 1000,
    configurations: { take: async () => false },
    pause: async () => imports.pauses++,
  });
  return { recording, imports, importing };
}

const APART = { as: null, isTrial: false };

describe('a recording', () => {
  it('is taken part by part, each counted, with what the house knows of its battery', async () => {
    const live = Array.from({ length: 300 }, (_, index) => reading('live', T + index * 10));
    const { recording, imports, importing } = house(identity(), ...live, reading('detail', T));
    expect(await importing.import(recording, APART)).toEqual({
      batteries: [
        {
          ...{ id: `apart ${SERIAL}`, ownId: 'b3f1c2', undated: 0, tooOld: 0 },
          rows: { live: { added: 298, known: 2 }, detail: { added: 0, known: 1 } },
        },
      ],
      nameless: 0,
    });
    expect(imports.taken.map(([, kind, count]) => [kind, count])).toEqual([
      ['reading', 250],
      ['reading', 50],
      ['reading', 1],
    ]);
    expect(imports.pauses).toBe(3);
  });

  it('waits where readings are being moved', async () => {
    const { recording, imports, importing } = house(identity(), reading('live', T));
    imports.busyFor = 3;
    await importing.import(recording, APART);
    expect([imports.pauses, imports.taken.length]).toEqual([4, 1]);
  });

  it('has readings that no clock dates, of which it is told', async () => {
    const { recording, importing } = house(identity(), reading('history', null, {}, { batteryTime: T }));
    expect(await importing.import(recording, APART)).toMatchObject({ batteries: [{ undated: 1, rows: {} }] });
  });

  it('has what its battery says of itself, and not what a server noted', async () => {
    const own = event({ source: 'battery', name: 'EventLog', code: 41, batteryTime: T });
    const noted = event({ source: 'server', name: 'connected', code: null, batteryTime: null });
    const { recording, imports, importing } = house(identity(), own, noted);
    await importing.import(recording, APART);
    expect(imports.taken).toEqual([[{ recorded: SERIAL }, 'event', 1]]);
  });

  it('of one battery may be of one of the house', async () => {
    const { recording, imports, importing } = house(identity(), reading('live', T), reading('live', T + 10));
    expect(await importing.import(recording, { as: 'b3f1c2', isTrial: false })).toMatchObject({
      // What is older than live readings of the house are kept is left out.
      batteries: [{ id: 'b3f1c2', tooOld: 1 }],
    });
    expect(imports.taken).toEqual([[{ id: 'b3f1c2' }, 'reading', 1]]);
    expect(await importing.import(recording, { as: 'c0ffee', isTrial: false })).toBe('no such battery');
  });

  it('that names one battery of the house is of no other', async () => {
    const { recording, imports, importing } = house(identity(), reading('live', T + 10));
    const other = { as: 'd00d1e', isTrial: false };
    imports.known.add(other.as);
    expect(await importing.import(recording, other)).toBe('it is of another battery of yours');
    expect(imports.taken).toEqual([]);
    // It may have another serial number today, or none in the recording.
    const stranger = house(identity(OTHER, 8), reading('live', T + 10, {}, { serial: OTHER }));
    expect(await stranger.importing.import(stranger.recording, { as: 'b3f1c2', isTrial: false })).toMatchObject({
      batteries: [{ id: 'b3f1c2', ownId: null, rows: { live: { added: 0, known: 1 } } }],
    });
  });

  it('of several is of none of them', async () => {
    const two = [identity(), identity(OTHER, 8), reading('live', T), reading('live', T, {}, { serial: OTHER })];
    const { recording, imports, importing } = house(...two);
    expect(await importing.import(recording, { as: 'b3f1c2', isTrial: false })).toBe('several batteries');
    expect(imports.taken).toEqual([]);
    expect(await importing.import(recording, APART)).toMatchObject({ batteries: [{}, { ownId: null }], nameless: 0 });
  });

  it.each(['import-zzzzzz', '../import-abc123', 'backups', ''])('is none: %s', async (name) => {
    expect(await house().importing.import(name, APART)).toBe('no such recording');
  });
});

it('live readings are kept for so many days, or for ever', () => {
  expect([liveSince(90, T * 1000), liveSince(null, T * 1000)]).toEqual([T * 1000 - 90 * 86_400_000, null]);
});
