import { describe, expect, it } from 'vitest';
import { Refusal } from '../session/control/refusal.ts';
import { type ControlRequest, wishOf } from './control-request.ts';

const NOW = 1_718_190_251_000;
const HOUR_MS = 3_600_000;
const found = (request: ControlRequest) => wishOf(request, NOW, 12 * HOUR_MS, 0);

describe('a request', () => {
  it.each([
    [{ verb: 'hold' }, { wish: { kind: 'hold' }, untilMs: NOW + 12 * HOUR_MS }],
    [
      { verb: 'hold', untilMs: NOW + HOUR_MS },
      { wish: { kind: 'hold' }, untilMs: NOW + HOUR_MS },
    ],
    [
      { verb: 'charge', chargeLimit: 80 },
      { wish: { kind: 'charge', limit: 80 }, untilMs: NOW + 12 * HOUR_MS },
    ],
    [{ verb: 'charge' }, { wish: { kind: 'charge', limit: 100 }, untilMs: NOW + 12 * HOUR_MS }],
    [{ verb: 'normal' }, { wish: { kind: 'restore', of: null }, untilMs: null }],
    [{ settings: { lowest_charge: 20 } }, { wish: { kind: 'settings', settings: { BatUseCap: '20' } }, untilMs: null }],
  ] as const)('%j is a wish', (request, expected) => {
    expect(found(request)).toEqual(expected);
  });

  it.each([
    [{}, 'expected a verb, or settings'],
    [{ verb: 'hold', settings: {} }, 'expected a verb, or settings'],
    [{ settings: {} }, 'settings: none is named'],
    [{ settings: { lowest_charge: 20 }, untilMs: NOW + HOUR_MS }, 'until: settings have no end; a verb has'],
    [{ settings: { charge_windows: [['x', 'y']] } }, 'charge_windows: expected times such as 02:00'],
    [{ verb: 'hold', chargeLimit: 80 }, 'charge_limit: hold has none'],
    [{ verb: 'hold', untilMs: NOW + 59_999 }, 'until: that is over already, or in less than a minute'],
    [{ verb: 'hold', untilMs: NOW + 8 * 24 * HOUR_MS }, 'until: a verb ends within seven days'],
  ] as const)('%j is refused by name', (request, sentence) => {
    const refusal = found(request as ControlRequest);
    expect(refusal instanceof Refusal ? refusal.detail : refusal).toBe(sentence);
  });
});
