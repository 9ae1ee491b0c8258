import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { migrate } from '../file/schema.ts';
import { RatedPower } from './rated-power.ts';

function mostWith(...texts: string[]): number {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const insert = db.prepare(
    'INSERT INTO configuration (battery, received_at, last_received_at, text) VALUES (1, 0, 0, ?)',
  );
  for (const text of texts) insert.run(text);
  return new RatedPower(db).mostOf(1);
}

describe('a house may move', () => {
  it.each([
    ['what any may, where nothing was reported', [], 100],
    ['what any may, where it is rated for little', ['{"Popv":"9.200","Poinv":"5.000"}'], 100],
    ['three times what its inverter is rated for', ['{"Popv":"9.2","Poinv" : "50.0"}'], 150],
    ['three times what its PV is rated for', ['{"Popv":60,"Poinv":"50.0"}'], 180],
    ['what was reported last', ['{"Poinv":"50"}', '{"Poinv":"40"}'], 120],
    ['what any may, where that cannot be read', ['{"Poinv":nan,"Popv":"-60"}', '{"Poinv":"1e9"'], 100],
  ])('%s', (_, texts, kilowatts) => {
    expect(mostWith(...(texts as string[]))).toBe(kilowatts);
  });
});
