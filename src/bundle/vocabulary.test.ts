import { expect, it } from 'vitest';
import { saysOfItself } from './vocabulary.ts';

it('a bundle says of itself the words of its README and the names of fields, and no others', () => {
  expect(['messages', 'Checksum', 'soc', 'Ppv1'].map(saysOfItself)).toEqual([true, true, true, true]);
  expect(saysOfItself('Nachbarsgarten')).toBe(false);
});
