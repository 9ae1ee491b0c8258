import { expect, it } from 'vitest';
import { fixture } from '../../../test/wire.ts';
import { VendorAccount } from './account.ts';

it('gives what the battery told, with what only the vendor says, and what was changed since', () => {
  const account = new VendorAccount();
  expect(account.configuration).toBe('{"Status":"Success"}');
  account.told('no object');
  account.told(fixture('1-1-4.config.json'));
  account.change(new Map([['GridChargeWE', '1']]));
  const given = JSON.parse(account.configuration) as Record<string, string>;
  expect(given).toMatchObject({
    Status: 'Success',
    SN: 'AL2002021010101',
    BatUseCap: '10',
    GridChargeWE: '1',
    MaxGridCharge: '0',
  });
  expect(Object.keys(given).length).toBeGreaterThan(130);
  // What the vendor alone says is not lost when the battery tells again.
  account.told(fixture('1-1-4.config.json'));
  expect(JSON.parse(account.configuration)).toMatchObject({ GridChargeWE: '1' });
});
