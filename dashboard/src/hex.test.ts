import { expect, it } from 'vitest';
import { hexLines } from './hex.ts';

it('shows sixteen bytes a line with their place and characters', () => {
  const lines = hexLines(`010110000000fd7b2254696d65223a2232${'2a'.repeat(2)}**`);
  expect(lines).toEqual([
    { offset: '0000', bytes: '01 01 10 00 00 00 fd 7b 22 54 69 6d 65 22 3a 22', characters: '·······{"Time":"' },
    { offset: '0010', bytes: '32 2a 2a **', characters: '2**∗' },
  ]);
  expect(hexLines('')).toEqual([]);
});
