import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { vendorConfigurations } from './0012-vendor-configurations.ts';

it('has a table with one configuration of each role of a battery', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(vendorConfigurations.sql);
  const insert = db.prepare(
    `INSERT INTO vendor_configuration (battery, role, received_at, source, body, confirmed) VALUES (1, ?, 5, 'relay', x'7b7d', 0)`,
  );
  insert.run(0);
  insert.run(1);
  expect(() => insert.run(1)).toThrow('UNIQUE');
  expect(db.prepare('SELECT role, body FROM vendor_configuration ORDER BY role').all()).toEqual([
    { role: 0, body: new Uint8Array([0x7b, 0x7d]) },
    { role: 1, body: new Uint8Array([0x7b, 0x7d]) },
  ]);
});
