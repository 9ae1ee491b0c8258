import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LiveView, liveLine, type NoteView, noteLine, painted, plain } from './terminal.ts';

const SUNNY: LiveView = {
  time: '11:00:35',
  battery: 'b3f1c2',
  values: { pv_power: 5995, grid_power: -3500, battery_power: -1848.4, load_power: 347, soc: 62.4 },
};
const sunnyBut = (values: LiveView['values']): LiveView => ({ ...SUNNY, values: { ...SUNNY.values, ...values } });

describe('a live line', () => {
  it('shows powers with their directions in words and the charge', () => {
    expect(liveLine(SUNNY, plain)).toBe(
      '11:00:35 b3f1c2   PV  5995  export  3500  charge     1848  load   347 W  62.4 %',
    );
  });

  it('shows a night: taken from the grid and from the battery', () => {
    const values = { pv_power: 0, grid_power: 12, battery_power: 441.618, load_power: 342, soc: 100 };
    const night = { ...SUNNY, time: '23:41:30', values };
    expect(liveLine(night, plain)).toBe(
      '23:41:30 b3f1c2   PV     0  import    12  discharge   442  load   342 W   100 %',
    );
  });

  it('names no direction where a flow is but noise of the meter', () => {
    const still = sunnyBut({ grid_power: -9, battery_power: 9.9 });
    expect(liveLine(still, plain)).toBe(
      '11:00:35 b3f1c2   PV  5995  grid       9  battery      10  load   347 W  62.4 %',
    );
    expect(liveLine(sunnyBut({ battery_power: -10 }), plain)).toContain('charge       10 ');
  });

  it('shows a dash for what was not measured', () => {
    const empty = { ...SUNNY, values: { pv_power: null, battery_power: 'n/a', soc: null } };
    expect(liveLine(empty, plain)).toBe(
      '11:00:35 b3f1c2   PV     –  grid       –  battery       –  load     – W     – %',
    );
  });

  it('knows no minus nought', () => {
    expect(liveLine(sunnyBut({ load_power: -0.3 }), plain)).toContain('load     0 W');
  });

  it('shortens a long name', () => {
    expect(liveLine({ ...SUNNY, battery: 'Garage Süd rechts' }, plain)).toMatch(/^11:00:35 Garage … PV/);
  });

  it('is as wide as any other, whatever the values, painted or not, and fits a terminal', () => {
    const width = liveLine(SUNNY, plain).length;
    expect(width).toBeLessThanOrEqual(80);
    const watts = (least: number) => fc.option(fc.double({ min: least, max: 99_999, noNaN: true }));
    fc.assert(
      fc.property(
        fc.record({
          time: fc.constant('00:00:00'),
          battery: fc.stringMatching(/^[ -~]{0,20}$/),
          values: fc.record({
            pv_power: watts(0),
            grid_power: watts(-99_999),
            battery_power: watts(-99_999),
            load_power: watts(-9999),
            soc: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
          }),
        }),
        (view) => {
          expect(liveLine(view, plain)).toHaveLength(width);
          expect(stripVTControlCharacters(liveLine(view, painted))).toBe(liveLine(view, plain));
        },
      ),
    );
  });

  it('paints each thing in its colour', () => {
    const line = liveLine(SUNNY, painted);
    expect(line).toContain('\u001b[2m11:00:35\u001b[0m');
    expect(line).toContain('\u001b[33mPV  5995\u001b[0m');
    expect(line).toContain('\u001b[34mexport  3500\u001b[0m');
    expect(line).toContain('\u001b[32mcharge     1848\u001b[0m');
    expect(line).toContain('\u001b[39mload   347 W\u001b[0m');
  });
});

describe('a line that tells', () => {
  const NOTE: NoteView = { time: '11:00:40', battery: 'b3f1c2', text: 'connection 1 closed', isWarning: false };
  const line = (change: Partial<NoteView>, paint = plain) => noteLine({ ...NOTE, ...change }, paint, true);

  it('begins as a live line does', () => {
    expect(line({})).toBe('11:00:40 b3f1c2   connection 1 closed');
    expect(line({}).indexOf('connection')).toBe(liveLine(SUNNY, plain).indexOf('PV'));
  });

  it('leaves no room for a battery where it is of none', () => {
    expect(line({ battery: '', text: 'listening' })).toBe('11:00:40 listening');
  });

  it('is red only where it warns', () => {
    expect(line({ text: 'oh', isWarning: true }, painted)).toContain('\u001b[31moh\u001b[0m');
    expect(line({ text: 'oh' }, painted)).not.toContain('\u001b[31m');
  });

  it('cannot steer the terminal, whatever a peer called itself', () => {
    const text = 'login, \u001b[2JAlpha\r\nESS\u009b1m';
    expect(line({ battery: 'a\tb', text })).toBe('11:00:40 a b      login, \ufffd[2JAlpha  ESS\ufffd1m');
  });

  it('is broken at spaces alone, and loses no word', () => {
    const words = fc.array(fc.stringMatching(/^[!-~]{1,90}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.constantFrom('', 'Garage'), (texts, battery) => {
        const lines = line({ battery, text: texts.join(' ') }).split('\n');
        const indent = battery === '' ? 9 : 18;
        expect(lines.map((one) => one.slice(indent)).join(' ')).toBe(texts.join(' '));
        for (const one of lines.filter((each) => each.slice(indent).includes(' '))) {
          expect(one.length).toBeLessThanOrEqual(80);
        }
      }),
    );
  });
});
