import { describe, expect, it } from 'vitest';
import { anySpan, changeKind, energyPiece, queryOfSpan, spanAt, spanOfQuery, step } from './span.ts';

const at = (iso: string) => Date.parse(iso) / 1000;
const ZONE = 'Europe/Berlin';
const NOW = at('2026-11-23T09:00:00Z');

describe('spans', () => {
  it('of the calendar end where the next begins', () => {
    expect(spanAt('day', at('2026-10-25T12:00:00Z'), ZONE)).toEqual({
      kind: 'day',
      from: at('2026-10-24T22:00:00Z'),
      to: at('2026-10-25T23:00:00Z'),
    });
    expect(spanAt('year', NOW, ZONE).to).toBe(at('2026-12-31T23:00:00Z'));
  });

  it.each(['day', 'week', 'month', 'year'] as const)('step to the next %s and back', (kind) => {
    const span = spanAt(kind, NOW, ZONE);
    const next = step(span, 1, ZONE);
    expect(next.from).toBe(span.to);
    expect(step(next, -1, ZONE)).toEqual(span);
  });

  it('of any length step by their length', () => {
    expect(step(anySpan(1000, 1600), -1, ZONE)).toEqual({ kind: 'any', from: 400, to: 1000 });
  });

  it('may be drawn from right to left, and are never empty', () => {
    expect(anySpan(1600, 1000)).toEqual({ kind: 'any', from: 1000, to: 1600 });
    expect(anySpan(1000, 1000)).toEqual({ kind: 'any', from: 1000, to: 1060 });
  });

  it('change their kind around now, or around their own beginning', () => {
    expect(changeKind(spanAt('year', NOW, ZONE), 'day', NOW, ZONE)).toEqual(spanAt('day', NOW, ZONE));
    const earlier = spanAt('month', at('2026-03-15T00:00:00Z'), ZONE);
    expect(changeKind(earlier, 'week', NOW, ZONE)).toEqual(spanAt('week', earlier.from, ZONE));
  });
});

describe('spans in the address', () => {
  it.each(['day', 'week', 'month', 'year'] as const)('a %s goes there and back', (kind) => {
    const span = spanAt(kind, at('2026-03-29T12:00:00Z'), ZONE);
    expect(spanOfQuery(new Map(Object.entries(queryOfSpan(span, ZONE))), NOW, ZONE)).toEqual(span);
  });

  it('any span too', () => {
    const span = anySpan(1000, 5000);
    expect(spanOfQuery(new Map(Object.entries(queryOfSpan(span, ZONE))), NOW, ZONE)).toEqual(span);
  });

  it('nonsense is today', () => {
    const today = spanAt('day', NOW, ZONE);
    expect(spanOfQuery(new Map(), NOW, ZONE)).toEqual(today);
    expect(spanOfQuery(new Map([['span', 'any']]), NOW, ZONE)).toEqual(today);
    expect(spanOfQuery(new Map([['at', 'yesterday']]), NOW, ZONE)).toEqual(today);
  });
});

it('energies are in hours, days or months', () => {
  expect(energyPiece(spanAt('day', NOW, ZONE))).toBe('hour');
  expect(energyPiece(spanAt('month', NOW, ZONE))).toBe('day');
  expect(energyPiece(spanAt('year', NOW, ZONE))).toBe('month');
});
