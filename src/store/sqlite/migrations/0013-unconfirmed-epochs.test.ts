import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { unconfirmedEpochs } from './0013-unconfirmed-epochs.ts';

it('says of epochs from before that they are as any other', () => {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE clock_epoch (number INTEGER)');
  db.exec('INSERT INTO clock_epoch VALUES (1)');
  db.exec(unconfirmedEpochs.sql);
  expect(db.prepare('SELECT number, unconfirmed FROM clock_epoch').all()).toEqual([{ number: 1, unconfirmed: 0 }]);
});
