import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { T, vendorConfiguration } from '../../../test/records.ts';
import { migrate } from './file/schema.ts';
import { VendorConfigurations } from './vendor-configurations.ts';

it('keeps one configuration of each role of each battery, the last, until there is none', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const kept = new VendorConfigurations(db);
  kept.keep(1, vendorConfiguration('held', '{"a":1}'));
  kept.keep(1, vendorConfiguration('held', '{"a":2}', { source: 'tap', receivedMs: T * 1000 + 5 }));
  kept.keep(1, vendorConfiguration('allowed', '{"a":3}', { isConfirmed: true }));
  kept.keep(2, vendorConfiguration('newest', '{"b":1}', { source: 'import' }));
  const told = (battery: number) =>
    Object.entries(kept.of(battery)?.configurations ?? {}).map(([role, { receivedMs, source, body, isConfirmed }]) => [
      role,
      receivedMs - T * 1000,
      source,
      Buffer.from(body.reveal()).toString(),
      isConfirmed,
    ]);
  expect(told(1)).toEqual([
    ['held', 5, 'tap', '{"a":2}', false],
    ['allowed', 0, 'relay', '{"a":3}', true],
  ]);
  expect(told(2)).toEqual([['newest', 0, 'import', '{"b":1}', false]]);
  expect(kept.of(2)?.reported).toBeNull();
  kept.keep(1, vendorConfiguration('held', null));
  expect(told(1)).toHaveLength(1);
  kept.keep(1, vendorConfiguration('allowed', null));
  expect(kept.of(1)).toBeUndefined();
});

it('comes with what the battery last told', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const tell = db.prepare(
    'INSERT INTO configuration (battery, received_at, last_received_at, text, bytes) VALUES (1, 1, 1, ?, ?)',
  );
  tell.run('{"c":1}', null);
  const kept = new VendorConfigurations(db);
  kept.keep(1, vendorConfiguration('passed', '{}'));
  expect(kept.of(1)?.reported?.text.reveal()).toBe('{"c":1}');
  expect(kept.of(1)?.reported?.bytes).toBeNull();
  tell.run('{"c":"\ufffd"}', Uint8Array.of(0xdf));
  expect(kept.of(1)?.reported?.bytes?.reveal()).toEqual(Uint8Array.of(0xdf));
});
