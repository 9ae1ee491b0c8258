import { describe, expect, it } from 'vitest';
import { Doubt } from './doubt.ts';

/** Of a clock an hour ahead, which says that it is two. */
const ARRIVED = 1_000_000;
const doubt = () => new Doubt(null);

describe('a reading', () => {
  it.each([0, 60, -50, -100_000])('that is of %i s after its arrival is believed', (ahead) => {
    const one = doubt();
    expect(one.date(ARRIVED + ahead, ARRIVED + ahead + 3600, ARRIVED * 1000, null)).toBe(ARRIVED + ahead);
    expect(one.offsets(3600, 7200, 0)).toEqual([]);
  });

  it('that is of a time to come is dated by its arrival, and it is known by how much', () => {
    const one = doubt();
    expect(one.date(ARRIVED + 61, ARRIVED + 3661, ARRIVED * 1000 + 999, null)).toBe(ARRIVED);
    expect(one.offsets(3600, 7200, 0)).toEqual([3661]);
  });

  it('is dated by the clock that is suspected, so that it is put where it was when it comes again', () => {
    const one = doubt();
    expect(one.date(ARRIVED + 3600, ARRIVED + 7200, ARRIVED * 1000 + 300, 7199.7)).toBe(ARRIVED);
    expect(one.date(ARRIVED + 3600, ARRIVED + 7200, ARRIVED * 1000 + 10_300, 7199.7)).toBe(ARRIVED);
    expect(one.date(ARRIVED + 3590, ARRIVED + 7190, ARRIVED * 1000 + 10_300, 7199.7)).toBe(ARRIVED - 10);
    expect(one.offsets(3600, 7200, 0)).toEqual([7200]);
  });

  it.each([
    ['would be of a time to come', 7200 - 4],
    ['would have been late for too long', 7200 + 150],
  ])('is dated by its arrival where by that clock it %s', (_, suspected) => {
    expect(doubt().date(ARRIVED + 3600, ARRIVED + 7200, ARRIVED * 1000, suspected)).toBe(ARRIVED);
  });

  it('never makes more to remember than a few', () => {
    const one = doubt();
    for (let ahead = 100; ahead < 1000; ahead++)
      one.date(ARRIVED + ahead, ARRIVED + 3600 + ahead, ARRIVED * 1000, null);
    expect(one.offsets(3600, 7200, 0)).toEqual(Array.from({ length: 16 }, (_, index) => 3600 + 984 + index));
  });
});

describe('a reading that is sent when it is taken', () => {
  const sent = (one: Doubt, ago: number, offset: number, suspected: number | null = null) =>
    one.dateSentAtOnce(ARRIVED - ago, ARRIVED - ago + offset, ARRIVED * 1000, suspected, 3600);

  it('may have been held up for two hours', () => {
    expect(sent(doubt(), 7200, 3600)).toBe(ARRIVED - 7200);
    expect(sent(doubt(), 7200, 3595)).toBe(ARRIVED - 7200);
    expect(sent(doubt(), 7201, 3600)).toBe(ARRIVED);
  });

  it('is of a clock before the present one only where it is no later than a delay', () => {
    expect(sent(doubt(), 150, 7200)).toBe(ARRIVED - 150);
    expect(sent(doubt(), 151, 7200)).toBe(ARRIVED);
  });

  it('of 2000 is dated by its arrival, or by the clock that is suspected, and it is known by how much', () => {
    const one = doubt();
    const ago = 800_000_000;
    expect(sent(one, ago, 3600)).toBe(ARRIVED);
    expect(sent(one, ago, 3600, 3600 - ago + 20)).toBe(ARRIVED - 20);
    expect(one.recent).toEqual([3600 - ago, 3600 - ago + 20]);
  });

  it('of a time to come is dated as any other', () => {
    expect(sent(doubt(), -61, 3600)).toBe(ARRIVED);
    expect(sent(doubt(), -60, 3600)).toBe(ARRIVED + 60);
  });
});

describe('once the server’s clock was set', () => {
  it('offsets of before are told from those since, and move with it', () => {
    const one = doubt();
    one.date(ARRIVED + 100, ARRIVED + 3700, ARRIVED * 1000, null);
    one.serverWasSet();
    one.date(ARRIVED + 200, ARRIVED + 3800, ARRIVED * 1000, null);
    expect([one.former, one.recent]).toEqual([[3700], [3800]]);
    expect(one.offsets(3600, 7200, 0)).toEqual([3700, 3800]);
    one.formerMoved(-60);
    expect([one.former, one.recent]).toEqual([[], [3640, 3800]]);
  });
});

describe('what a server before this one dated', () => {
  it('may be by any offset of a clock that was less late, until then', () => {
    const one = new Doubt(5000);
    expect(one.offsets(3600, 3660, 5000)).toEqual([]);
    expect(one.offsets(3600, 3663, 5000)).toEqual([3661, 3662]);
    expect(one.offsets(3600, 7200, 5000)).toHaveLength(150);
    expect(one.offsets(3600, 7200, 5001)).toEqual([]);
    expect(one.offsets(3600, 0, 5000)).toEqual([]);
    one.date(ARRIVED + 70, ARRIVED + 3670, ARRIVED * 1000, null);
    expect(one.offsets(3600, 3663, 0)).toEqual([3670, 3661, 3662]);
  });

  it('was nothing in doubt where the clock is as it was', () => {
    const one = new Doubt(5000);
    one.disproved();
    expect(one.offsets(3600, 7200, 0)).toEqual([]);
  });
});
