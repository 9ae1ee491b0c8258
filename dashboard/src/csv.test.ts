import { expect, it } from 'vitest';
import { csv } from './csv.ts';

it('has both times, units and empty cells for nulls', () => {
  const text = csv([1_795_424_405], 'Australia/Sydney', [
    { heading: 'pv_power_W', values: [0.1 + 0.2] },
    { heading: 'soc_%', values: [null] },
    { heading: 'note, "odd"', values: ['a,"b"'] },
  ]);
  expect(text).toBe(
    'time_utc,time_house,pv_power_W,soc_%,"note, ""odd"""\r\n' +
      '2026-11-23T09:00:05.000Z,2026-11-23T20:00:05+11:00,0.3,,"a,""b"""\r\n',
  );
});

it('a text is never a formula, a number stays one', () => {
  const text = csv([0], 'UTC', [
    { heading: 'a', values: ['=1+1'] },
    { heading: 'b', values: [-5] },
    { heading: 'c', values: [] },
  ]);
  expect(text.split('\r\n')[1]).toBe("1970-01-01T00:00:00.000Z,1970-01-01T00:00:00+00:00,'=1+1,-5,");
});
