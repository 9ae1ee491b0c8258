import { expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { sinksOf } from './from-config.ts';

const TOOLS = { reports: { up: () => {}, trouble: () => {} }, wallMs: () => 0, outbox: () => expect.unreachable() };

it('makes no output unless one is configured', () => {
  expect(sinksOf(configOf({}), TOOLS)).toEqual([]);
});
