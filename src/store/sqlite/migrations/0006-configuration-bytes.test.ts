import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { base } from './0001-base.ts';
import { configurationBytes } from './0006-configuration-bytes.ts';

it('leaves the configurations that are there as they are, without bytes of their own', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(base.sql);
  db.exec(`INSERT INTO configuration VALUES (7, 1, 1000, 2000, '{"SN":"AL2002"}')`);
  db.exec(configurationBytes.sql);
  expect(
    db
      .prepare('SELECT * FROM configuration')
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([{ key: 7, battery: 1, received_at: 1000, last_received_at: 2000, text: '{"SN":"AL2002"}', bytes: null }]);
});
