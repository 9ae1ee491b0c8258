import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { StoreSize } from './store-size.ts';

const HOUR = 3_600_000;

it('is that of the file and of what waits beside it', () => {
  const file = join(temporaryFolder(), 'a.db');
  expect(new StoreSize(file).bytes).toBe(0);
  writeFileSync(file, 'x'.repeat(1000));
  writeFileSync(`${file}-wal`, 'x'.repeat(50));
  expect(new StoreSize(file).bytes).toBe(1050);
});

it('grows by so much a day, once that was seen for a quarter of one, of the last week', () => {
  const file = join(temporaryFolder(), 'a.db');
  writeFileSync(file, '');
  const size = new StoreSize(file);
  for (let hour = 0; hour < 24 * 10; hour++) {
    size.tick(hour * HOUR);
    size.tick(hour * HOUR + 1);
    expect(size.bytesADay).toBe(hour < 6 ? null : hour <= 24 * 7 ? 2400 : size.bytesADay);
    // From the fourth day on twice as much: of the last week, that is more than at first.
    appendFileSync(file, 'x'.repeat(hour < 24 * 7 ? 100 : 200));
  }
  expect(size.bytesADay).toBeGreaterThan(2400);
});
