import { expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity } from '../../../test/records.ts';
import { PromisedReader } from '../../store/sqlite/reading/promised-reader.ts';
import { SqliteReader } from '../../store/sqlite/reading/reader.ts';
import { bundleOf } from './bundle.ts';

const FACTS = {
  ...{ version: '1', machine: {}, settings: [], findings: [], problems: {}, logLines: [], nowMs: 5 },
};

it('a bundle is answered as text, or why there is none', async () => {
  const { folder } = stored(identity());
  const reader = new PromisedReader(new SqliteReader(folder));
  const made = await bundleOf(reader, { facts: { ...FACTS, secrets: [] }, shiftDays: 0 });
  expect(made).toMatchObject({ zip: expect.stringMatching(/^UEsDB/) });
  const refused = await bundleOf(reader, { facts: { ...FACTS, secrets: ['XX0000000000001'] }, shiftDays: 0 });
  expect(refused).toMatchObject({ refused: expect.stringContaining('README.txt') });
  await reader.close();
  await expect(bundleOf(reader, { facts: { ...FACTS, secrets: [] }, shiftDays: 0 })).rejects.toThrow();
});
