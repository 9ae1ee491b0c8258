import { expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { sinksOf } from './from-config.ts';

const TOOLS = { reports: { up: () => {}, trouble: () => {} }, wallMs: () => 0 };

const namesOf = (settings: unknown) => sinksOf(configOf(settings), TOOLS).map(({ name }) => name);

it('makes no output unless one is configured', () => {
  expect(sinksOf(configOf({}), TOOLS)).toEqual([]);
});

it('makes PVOutput where a system is named', () => {
  expect(namesOf({ pvoutput: { system_id: '12345', api_key: 'k' } })).toEqual(['pvoutput']);
});

it('says whose secret cannot be read', () => {
  const settings = { pvoutput: { system_id: '12345', api_key_file: '/nowhere/key' } };
  expect(() => namesOf(settings)).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }));
});
