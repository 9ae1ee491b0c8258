import { expect, it } from 'vitest';
import { NOON } from '../../../test/dialogue.ts';
import { compareConfigurations } from '../settings/comparison.ts';
import { keysOf, saidHeld, vendorConfiguration } from './vendor-configuration.ts';
import type { WarnVendor } from './vendor-order.ts';

it('has bytes of its own: what was received lies where the next read may write', () => {
  const body = Uint8Array.of(1, 2);
  const relayed = vendorConfiguration(body, 'tap', NOON);
  body[0] = 9;
  expect(relayed.body.reveal()).toEqual(Uint8Array.of(1, 2));
  expect(relayed).toMatchObject({ receivedMs: NOON.wallMs, source: 'tap', isConfirmed: false });
});

it('is spoken of by the names of twelve settings at most, and no value', () => {
  const secret = 'invented street 5';
  const proposed = new Map(Array.from({ length: 20 }, (_, n) => [`Odd${n}`, secret] as const));
  const comparison = compareConfigurations(new Map([['Odd0', 'x']]), null, proposed);
  const names = 'Odd0, Odd1, Odd2, Odd3, Odd4, Odd5, Odd6, Odd7, Odd8, Odd9, Odd10, Odd11';
  expect(keysOf(comparison)).toBe(names);
  expect(keysOf(null)).toBe('the battery has not told its settings yet');
  const warn: WarnVendor = (code, detail) => [{ type: 'problem', code, battery: null, detail }];
  expect(saidHeld(comparison, { warn }, NOON)).toMatchObject([{ code: 'VENDOR_SETTINGS_HELD', detail: names }]);
});
