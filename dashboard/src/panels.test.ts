import { describe, expect, it } from 'vitest';
import { panelsOf } from './panels.ts';
import type { ShownField } from './types.ts';

const field = (name: string, panel: ShownField['panel'], show: ShownField['show']): ShownField => ({
  ...{ name, panel, show, title: name, unit: '', kind: 'state', certainty: 'confirmed', sign: null },
  ...{ value: 'number', range: null, decimals: null, phase: null, in: ['live'], words: null },
});
const FIELDS = [
  field('relay', 'states', 'hidden'),
  field('limit', 'limits', 'detail'),
  field('load', 'power', 'detail'),
  field('sun', 'power', 'main'),
  field('phase', 'power', 'hidden'),
  field('cell', 'cells', 'detail'),
  field('alarm', 'faults', 'hidden'),
];
const ALL = { relay: 3, limit: 0, load: 1, sun: 2, phase: 4, cell: 3.3, alarm: 5 };

function panels(values: Record<string, number | null>, ...drawn: string[]) {
  return panelsOf(FIELDS, values, new Set(drawn)).map(({ name, fields, more }) =>
    [name, fields.map((one) => one.name), more.map((one) => one.name)].map(String).join(' | '),
  );
}

describe('the panels of a battery', () => {
  it('hold what the table says, main values first, hidden ones apart', () => {
    expect(panels(ALL)).toEqual([
      'power | sun,load | phase',
      'cells | cell | ',
      'limits | limit | ',
      'states |  | relay',
    ]);
  });

  it('are left out where nothing was told or all is drawn elsewhere', () => {
    expect(panels({ sun: null, relay: 0 }, 'cell')).toEqual(['states |  | relay']);
    expect(panels(ALL, 'cell', 'relay', 'limit')).toEqual(['power | sun,load | phase']);
  });

  it('hide what a house with one phase does not have', () => {
    const voltages = [1, 2, 3].map((phase) => ({ ...field(`u${phase}`, 'electric', 'detail'), phase }));
    const [panel] = panelsOf(voltages, { u1: 0, u2: 0, u3: 230 }, new Set());
    expect(panel?.fields.map(({ name }) => name)).toEqual(['u1', 'u3']);
    expect(panel?.more.map(({ name }) => name)).toEqual(['u2']);
  });

  it('have no list of faults: only those that say something are shown, above', () => {
    expect(panels({ alarm: 5 })).toEqual([]);
  });
});
