import { expect, it } from 'vitest';
import { configuration, event, reading } from '../../test/records.ts';
import type { StoreRecord } from '../model.ts';
import { receivedNotes } from './received-notes.ts';

const said = (records: readonly StoreRecord[]) => receivedNotes(records, () => 'Garage');
/** 2024-06-12 11:04:10 UTC. */
const NOON = 1_718_190_250;

it('tells of configuration, details and history, once for all rows of it', () => {
  const rows = [0, 60, 120].map((seconds) => reading('history', NOON + seconds));
  const notes = said([configuration('{"Address":"3 Example Lane"}'), reading('detail', NOON), ...rows]);
  expect(notes.map(({ text }) => text)).toEqual([
    '1,1,4: its configuration',
    '1,1,5: details of 2024-06-12T11:04:10Z',
    '1,1,12: 3 rows of history from 2024-06-12T11:04:10Z to 2024-06-12T11:06:10Z',
  ]);
  for (const { level, code, battery } of notes) expect([level, code, battery]).toEqual(['debug', 'received', 'Garage']);
});

it('tells of one row, and of no time that is not known', () => {
  const undated = { ...reading('history', NOON), time: null };
  expect(said([reading('history', NOON)])[0]?.text).toBe('1,1,12: 1 row of history of 2024-06-12T11:04:10Z');
  expect(said([undated, undated])[0]?.text).toBe('1,1,12: 2 rows of history');
  expect(said([{ ...reading('detail', NOON), time: null }])[0]?.text).toBe('1,1,5: details');
});

it('tells of nothing that has a line of its own', () => {
  expect(said([reading('live', NOON), event({ source: 'server', name: 'login', code: null })])).toEqual([]);
});
