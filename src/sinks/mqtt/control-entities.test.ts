import { expect, it } from 'vitest';
import { at, control, isoAt } from '../../../test/news.ts';
import { controlBody, controlEntities, leastOf } from './control-entities.ts';

it('every key is there every time, so that no template asks for one that is not', () => {
  const nothing = controlBody(null, null) as Record<string, unknown>;
  const all = controlBody(control({ mode: 'hold', untilMs: at(60) }), null) as Record<string, unknown>;
  expect(Object.keys(nothing)).toEqual(Object.keys(all));
  const asked = controlEntities(leastOf(null)).flatMap(({ options }) =>
    [...String(options.value_template).matchAll(/value_json\.(\w+)(?:\.(\w+))?/g)].map(([, key, below]) => [
      key,
      below,
    ]),
  );
  for (const [key, below] of asked) {
    expect(nothing).toHaveProperty(key as string);
    if (below !== undefined) expect(nothing[key as string]).toHaveProperty(below);
  }
});

it('says how the battery is set, and how the newest change went', () => {
  const last = { number: 3, wish: 'hold', state: 'different', reason: 'it discharges', by: 'mqtt', atMs: at(5) };
  const news = control({ mode: 'hold', untilMs: at(60), chargeLimit: 57, gridCharge: true, last });
  const { number: change, atMs: _, ...rest } = last;
  const said = {
    mode: 'hold',
    until: isoAt(60),
    charge_limit: 57,
    lowest_charge: 13,
    grid_charge: true,
    unavailable: null,
  };
  expect(controlBody(news, null)).toEqual({ ...said, last_change: { change, ...rest, time: isoAt(5) } });
  const answer = { number: null, wish: null, state: 'refused', reason: 'no', by: 'mqtt', atMs: at(6) };
  expect(controlBody(news, answer)).toEqual({
    ...said,
    last_change: { change: null, wish: null, state: 'refused', reason: 'no', by: 'mqtt', time: isoAt(6) },
  });
});

it('numbers begin at ten, or at what the battery has if that is less', () => {
  expect(leastOf(null)).toEqual({ chargeLimit: 10, lowestCharge: 10 });
  expect(leastOf(control({ chargeLimit: 0, lowestCharge: 4.5 }))).toEqual({ chargeLimit: 0, lowestCharge: 4 });
  expect(leastOf(control({ chargeLimit: null }))).toEqual({ chargeLimit: 10, lowestCharge: 10 });
});
