import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { peer, T } from '../../../../test/records.ts';
import { Private } from '../../../model.ts';
import { migrate } from '../file/schema.ts';
import { Peers } from './peers.ts';

it('keeps who has spoken for each battery, as it is known last, until it is forgotten', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const peers = new Peers(db);
  peers.keep(1, peer({ number: 2, standing: 'other', rank: null, conflicts: 1, conflictMs: T * 1000 }));
  peers.keep(1, peer());
  peers.keep(2, peer({ number: 1, login: 'hash', standing: 'refused', rank: null }));
  peers.keep(1, peer({ number: 2, standing: 'other', rank: null, conflicts: 2, conflictMs: T * 1000 + 5 }));
  expect(peers.of(1).map(({ number, conflicts, conflictMs }) => [number, conflicts, conflictMs])).toEqual([
    [1, 0, null],
    [2, 2, T * 1000 + 5],
  ]);
  expect(peers.of(1)[0]).toEqual(peer().peer);
  expect(peers.of(1)[0]?.address).toBeInstanceOf(Private);
  expect(peers.of(1)[0]?.address.reveal()).toBe('192.168.1.20');
  expect(peers.of(2)).toMatchObject([{ login: 'hash', standing: 'refused', rank: null }]);
  peers.keep(1, peer({ number: 2 }, true));
  expect(peers.of(1)).toHaveLength(1);
  expect(peers.of(3)).toEqual([]);
});
