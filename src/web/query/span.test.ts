import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf, spanOf } from './span.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const DAY = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString();

describe('a span', () => {
  it('ends now and is as long as usual where nothing is said', () => {
    expect(spanOf({}, NOW, DAY)).toEqual({ fromMs: NOW - DAY, toMs: NOW });
    expect(spanOf({ from: iso(NOW - 5000) }, NOW, DAY)).toEqual({ fromMs: NOW - 5000, toMs: NOW });
    expect(spanOf({ to: iso(NOW - DAY) }, NOW, DAY)).toEqual({ fromMs: NOW - 2 * DAY, toMs: NOW - DAY });
    expect(spanOf({ from: iso(NOW + DAY) }, NOW, DAY)).toEqual({ fromMs: NOW + DAY, toMs: NOW + DAY + 1000 });
  });

  it('is always one that can be asked for, or refused', () => {
    const moment = fc.option(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(moment, moment, (from, to) => {
        const asked = { from: from?.toISOString(), to: to?.toISOString() };
        const refused = from !== undefined && to !== undefined && from >= to;
        const far = from !== undefined && (to?.getTime() ?? NOW) - from.getTime() > 50 * 366 * DAY;
        if (refused || far) return void expect(() => spanOf(asked, NOW, DAY)).toThrow();
        const { fromMs, toMs } = spanOf(asked, NOW, DAY);
        expect(fromMs).toBeLessThan(toMs);
        expect(boundsOf(asked)).toEqual({
          ...(from === undefined ? {} : { fromMs }),
          ...(to === undefined ? {} : { toMs }),
        });
      }),
    );
  });
});

it('has no bounds where none are given, and none that are turned round', () => {
  expect(boundsOf({})).toEqual({});
  const span = { from: iso(NOW), to: iso(NOW) };
  expect(() => boundsOf(span)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});
