import { expect, it } from 'vitest';
import { readmeText } from './readme.ts';

it('the README says what is inside, and whether dates were moved', () => {
  const contents = [
    { name: 'a.json', what: 'one thing' },
    { name: 'longer.txt', what: 'another' },
  ];
  const text = readmeText({ version: '1.2.3', contents, areDatesShifted: false });
  expect(text).toContain('Made by alphaess-local 1.2.3 to be shared');
  expect(text).toContain('  a.json      one thing\n  longer.txt  another\n');
  expect(text).toContain('- Dates and times are as they were.');
  expect(text).not.toMatch(/[{}]/);
  const shifted = readmeText({ version: '1', contents, areDatesShifted: true });
  expect(shifted).toContain('- All dates were moved back by one number of weeks that is not said');
});
