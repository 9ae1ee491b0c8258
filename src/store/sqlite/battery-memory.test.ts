import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { clock, identity, OTHER, peer, reading, SERIAL, T } from '../../../test/records.ts';
import { BatteryMemory } from './battery-memory.ts';
import { migrate } from './file/schema.ts';
import { Jobs } from './jobs/jobs.ts';
import { NewestFinder } from './places/newest.ts';
import { RecordWriter } from './record-writer.ts';
import { HeldReadings } from './trust/held.ts';

it('is all that a battery brings along, whichever is asked for', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const jobs = new Jobs(db);
  const commit = new RecordWriter(db, 'a key', jobs, new HeldReadings(db, 1e6));
  for (const record of [identity(), clock(3600), peer(), reading('live', T), identity(OTHER)]) commit.add(record);
  commit.settle();
  const memory = new BatteryMemory(commit, jobs, new NewestFinder(db));
  const battery = memory.of(SERIAL);
  expect(battery).toMatchObject({
    firstSeenMs: T * 1000,
    epochs: [{ offsetSeconds: 3600 }],
    // It is in the journal only.
    newest: null,
    openGaps: [],
    lastGapNumber: 0,
    trust: { peers: [{ number: 1 }], lastRun: 0 },
  });
  expect(battery?.serial.reveal()).toBe(SERIAL);
  expect(memory.of('AL-NOBODY')).toBeNull();
  expect(memory.first(1)).toEqual([battery]);
  expect(memory.first(9)).toHaveLength(2);
});
