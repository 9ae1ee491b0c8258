import { describe, expect, it } from 'vitest';
import type { Field } from './field.ts';
import { shownAs } from './shown.ts';
import { BOTH, LIVE, number, SETTING } from './table.ts';

const field = (of: Partial<Field>): Field => ({
  ...number('power', 'W'),
  ...{ wire: ['Pheater'], name: 'heater_power', title: 'Heater power', in: LIVE, certainty: 'likely', note: 'A test.' },
  ...of,
});

describe('where a field is shown', () => {
  it.each<[string, Partial<Field>, string | null]>([
    ['a value that says nothing is a detail', {}, 'detail'],
    ['a value is what it says', { show: 'main' }, 'main'],
    ['a value may be hidden', { show: 'hidden' }, 'hidden'],
    ['what is private is nowhere, whatever it says', { show: 'main', private: true }, null],
    ['a setting stands in the configuration alone', { ...SETTING, in: BOTH }, null],
    ['a setting may be worth more', { ...SETTING, in: BOTH, show: 'detail' }, 'detail'],
  ])('%s', (_what, of, as) => expect(shownAs(field(of))).toBe(as));
});
