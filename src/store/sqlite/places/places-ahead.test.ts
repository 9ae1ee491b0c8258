import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import { Calendar } from '../../energy/calendar.ts';
import { migrate } from '../file/schema.ts';
import { Amid } from '../jobs/amid.ts';
import { Jobs } from '../jobs/jobs.ts';
import type { KeyedReading } from '../journal.ts';
import { Places } from './places.ts';
import { PlacesAhead } from './places-ahead.ts';
import { ReadingPlacer } from './reading-placer.ts';

/** Readings of two seconds, by clocks that are ahead by five or six seconds or cannot be read, or by one that was wrong. */
const anyReading = fc
  .record({ soc: fc.constantFrom(1, 2, 3), after: fc.constantFrom(0, 1), ahead: fc.constantFrom(5, 6, null) })
  .map(({ soc, after, ahead }): KeyedReading => {
    const batteryTime = ahead === null ? null : T + after + ahead;
    const said = { battery: 1, kind: 'live' as const, time: T + after, batteryTime, receivedMs: T * 1000 };
    return { ...said, form: null, rest: null, values: valuesOf('live', { soc }) };
  });
/** From when on the clock was found to be a second further ahead: a number in the journal, or never. */
const anyJobs = fc.array(fc.nat(20), { maxLength: 2 }).map((all) => all.toSorted((a, b) => a - b));

it('places ahead are those that readings have once they are in theirs, whatever is in place and under way', () => {
  fc.assert(
    fc.property(fc.array(anyReading, { maxLength: 20 }), fc.nat(20), anyJobs, (readings, inPlace, afters) => {
      const db = new DatabaseSync(':memory:');
      migrate(db);
      const jobs = new Jobs(db);
      const folder = new ReadingPlacer(db, new Calendar('UTC'), (battery) => jobs.of(battery));
      const rows = readings.map((reading, seq) => ({ seq, reading: { ...reading, receivedMs: T * 1000 + seq } }));
      for (const row of rows.slice(0, inPlace)) folder.foldJournal([row]);
      afters.forEach((after, n) => void jobs.add(1, 'correct', aSecondFurther(5 + n), after));
      const places = new Places(db, 'live');
      const ahead = new PlacesAhead(places, new Amid(db, () => places), (battery) => jobs.of(battery));
      const told = rows.slice(inPlace).map(({ reading, seq }) => ahead.take(reading, seq));
      const placed = rows.slice(inPlace).map((row) => {
        const before = count(db);
        folder.foldJournal([row]);
        return count(db) === before ? null : Number(newest(db, row.reading.receivedMs));
      });
      expect(told).toEqual(placed);
    }),
    { numRuns: 50 },
  );
});

const count = (db: DatabaseSync) => Number(db.prepare('SELECT count(*) AS n FROM reading_live').get()?.n);
const newest = (db: DatabaseSync, receivedMs: number) =>
  db.prepare('SELECT ordinal FROM reading_live WHERE received_at = ?').get(receivedMs)?.ordinal;

function aSecondFurther(oldOffsetSeconds: number) {
  const newOffsetSeconds = oldOffsetSeconds + 1;
  const wrong = { fromBatteryTime: 0, toBatteryTime: 1e12, receivedSinceMs: 0, oldOffsetSeconds, newOffsetSeconds };
  return { correction: { kinds: ['live' as const], ...wrong }, lastEvent: 0, takenUpTo: null, seq: 0 };
}
