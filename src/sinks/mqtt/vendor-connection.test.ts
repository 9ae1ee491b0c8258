import { expect, it } from 'vitest';
import { vendorAfter } from './vendor-connection.ts';

it.each([
  ['vendor_up', null, 'up'],
  ['vendor_away', 'up', 'away'],
  ['disconnected', 'up', null],
  ['login', 'away', 'away'],
] as const)('%s leaves a connection that was %s %s', (name, before, after) => {
  expect(vendorAfter(name, before)).toBe(after);
});
