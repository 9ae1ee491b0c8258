/**
 * What is imported is what a live server keeps that was given the same bytes, whatever became of the recording.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Importing, type ImportReport, RECORDING_PREFIX } from '../src/app/importing.ts';
import { playRecording } from '../src/app/recording-player.ts';
import { openCapture } from '../src/capture/opened.ts';
import { READING_KINDS } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { Batteries } from '../src/session/batteries.ts';
import { Session } from '../src/session/session.ts';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { type Disturbance, disturbed } from './captures/disturbed.ts';
import { pcap, pcapng } from './captures/files.ts';
import { ENDS, recorded, type Said, talk } from './captures/network.ts';
import { inChunks } from './captures/read.ts';
import { SERIAL, settle, temporaryFolder } from './records.ts';
import { clockText } from './server.ts';
import { fixture, frameByHand } from './wire.ts';

const BEGUN = Date.UTC(2024, 5, 12, 11, 4, 10) / 1000;
const SUCCESS = '{"Status":"Success"}';

interface Course {
  /** By how many seconds the battery's clock is ahead. */
  readonly ahead: number;
  /** How late each message comes, ms: so little that the clock is measured the same from any part. */
  readonly lateMs: readonly number[];
  /** What else is said, besides a live message every ten seconds. */
  readonly others: readonly ('detail' | 'history' | 'log' | 'unknown')[];
}

const courses = fc.record({
  ahead: fc.constantFrom(0, 3599, -39 * 60, 7200),
  lateMs: fc.array(fc.integer({ min: 20, max: 200 }), { minLength: 6, maxLength: 14 }),
  others: fc.array(fc.constantFrom('detail' as const, 'history' as const, 'log' as const, 'unknown' as const), {
    maxLength: 6,
  }),
});

function said({ ahead, lateMs, others }: Course): Said[] {
  const told = (second: number) => clockText(BEGUN + ahead + second);
  const say = (command: number, body: string, ms: number): Said[] => [
    { way: 'from_battery', bytes: frameByHand(1, command, body), ms },
    { way: 'to_battery', bytes: frameByHand(2, command, SUCCESS), ms: ms + 15 },
  ];
  return lateMs.flatMap((late, index): Said[] => {
    const ms = (BEGUN + index * 10) * 1000 + late;
    const live = `{"Time":"${told(index * 10)}","SN":"${SERIAL}","Ppv1":"${1000 + index}","Soc":"55.2"}`;
    const next: Record<Course['others'][number], [number, string]> = {
      detail: [5, `{"Time":"${told(index * 10)}","SN":"${SERIAL}","Ppv1":"${index}"}`],
      history: [12, `Date,Time,SN,Ppv1\n${told(index * 60 - 7200).replace(' ', ',')},${SERIAL},${index}\n`],
      log: [9, fixture('1-1-9.eventlog.json')],
      unknown: [7, `{"SN":"${SERIAL}","New":"${index}"}`],
    };
    const other = others[index];
    return [...say(16, live, ms), ...(other === undefined ? [] : say(...next[other], ms + 100))];
  });
}

/** What a live server keeps that was told the same then. */
function live(dialogue: readonly Said[]): string {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  const batteries = new Batteries(10, { backfill: { enabled: false, pieceSeconds: 86_400, firstSeconds: 0 } });
  const begun = dialogue[0]?.ms ?? 0;
  const session = new Session({ connection: 1, batteries, forms: new FormBook() }, { wallMs: begun, monoMs: 0 });
  for (const { way, bytes, ms } of dialogue) {
    if (way === 'to_battery') continue;
    const outputs = session.receive(bytes, { wallMs: ms, monoMs: ms - begun });
    store.commit(outputs.flatMap((output) => (output.type === 'record' ? [output.record] : [])));
  }
  settle(store);
  store.close();
  return folder;
}

/** What is kept of the battery, but for when it arrived. */
function rowsOf(folder: string): string[] {
  const reader = new SqliteReader(folder);
  try {
    const battery = reader.owners('all')[0]?.id ?? '';
    const readings = READING_KINDS.flatMap((kind) =>
      Array.from(reader.readings(kind, { battery }), ({ time, batteryTime, values, rest, form, ordinal }) =>
        JSON.stringify([kind, time, batteryTime, ordinal, values, rest, form]),
      ),
    );
    const events = Array.from(reader.events({ battery }))
      .filter(({ source }) => source === 'battery')
      .map(({ time, batteryTime, code, text }) => JSON.stringify(['event', time, batteryTime, code, text]));
    const frames = Array.from(reader.frames('unknown', { battery }), ({ bytes, reason }) =>
      JSON.stringify([reason, Buffer.from(bytes).toString('hex')]),
    );
    return [...readings, ...events.sort(), ...frames.sort()];
  } finally {
    reader.close();
  }
}

class House {
  readonly folder = temporaryFolder();

  /** Imports a recording as the command does. */
  async import(file: Uint8Array, chunk = 5000): Promise<ImportReport> {
    mkdirSync(this.folder, { recursive: true });
    const recording = mkdtempSync(join(this.folder, RECORDING_PREFIX));
    const opened = await openCapture(inChunks(file, chunk));
    await playRecording(opened, { folder: recording, port: 7777, atMs: null, nowMs: Date.now(), limits: {} });
    const store = SqliteStore.open({ folder: this.folder, timeZone: 'UTC' });
    try {
      const idOf = (serial: string) => store.idOf(serial);
      const importing = new Importing({
        folder: this.folder,
        imports: store.imports,
        idOf,
        liveSinceMs: () => null,
        configurations: { take: async () => false },
        pause: setImmediate,
      });
      const report = await importing.import(basename(recording), { as: null, isTrial: false });
      return typeof report === 'string' ? expect.unreachable(report) : report;
    } finally {
      store.close();
    }
  }
}

const added = ({ batteries }: ImportReport) =>
  batteries.flatMap(({ rows }) => Object.values(rows)).reduce((sum, one) => sum + one.added, 0);

const disturbances: fc.Arbitrary<Disturbance[]> = fc.array(
  fc.record({ at: fc.nat(200), by: fc.nat(3), kind: fc.constantFrom('later', 'twice', 'overlap') }),
  { maxLength: 10 },
);

it('what is imported is what a live server keeps, however its packets were cut, reordered and repeated', async () => {
  await fc.assert(
    fc.asyncProperty(
      courses,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
      disturbances,
      fc.constantFrom(pcap, pcapng),
      async (course, cuts, changes, file) => {
        const dialogue = said(course);
        const house = new House();
        const packets = recorded(disturbed(talk(dialogue, { cuts }), changes));
        await house.import(file(packets));
        expect(rowsOf(house.folder)).toEqual(rowsOf(live(dialogue)));
        // Once more, and undisturbed: nothing is new.
        expect(added(await house.import(pcap(recorded(talk(dialogue)))))).toBe(0);
      },
    ),
    { numRuns: 6 },
  );
});

it('a recording that was cut into parts is the whole, in whatever order and however often they are imported', async () => {
  await fc.assert(
    fc.asyncProperty(courses, fc.integer({ min: 3, max: 10 }), fc.boolean(), async (course, cut, turned) => {
      const dialogue = said({ ...course, ahead: 3600, others: [] });
      const parts = [dialogue.slice(0, 2 * cut), dialogue.slice(2 * cut)].map((part, index) =>
        pcap(recorded(talk(part), 'ethernet', { ...ENDS, batteryPort: 40_000 + index })),
      );
      const house = new House();
      for (const part of turned ? [...parts, ...parts].reverse() : [...parts, ...parts]) await house.import(part);
      expect(rowsOf(house.folder)).toEqual(rowsOf(live(dialogue)));
    }),
    { numRuns: 3 },
  );
});
