import { expect, it } from 'vitest';
import { counted } from './counted.ts';

it('has one of a thing in the singular', () => {
  expect([0, 1, 2].map((count) => counted(count, 'reading'))).toEqual(['0 readings', '1 reading', '2 readings']);
  expect([counted(1, 'battery', 'batteries'), counted(3, 'battery', 'batteries')]).toEqual([
    '1 battery',
    '3 batteries',
  ]);
});
