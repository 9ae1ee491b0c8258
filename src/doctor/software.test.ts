import { expect, it } from 'vitest';
import { said } from '../../test/doctor-facts.ts';
import { checkSoftware } from './software.ts';

it('says which versions run, and that an old Node does not do', () => {
  const look = (node: string) => said(checkSoftware({ software: { version: '1.2.3', node } }));
  expect(look('24.1.0')).toEqual(['ok SOFTWARE alphaess-local 1.2.3 on Node 24.1.0']);
  expect(look('100.0.0')).toEqual(['ok SOFTWARE alphaess-local 1.2.3 on Node 100.0.0']);
  expect(look('22.9.0')).toEqual(['fault NODE_OLD alphaess-local 1.2.3 on Node 22.9.0']);
});
