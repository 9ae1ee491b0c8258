import { describe, expect, it } from 'vitest';
import { HouseSecrets, isIdentifying } from './secrets.ts';

describe('a private value', () => {
  it.each([
    ...['AL2002021010101', 'hunter2', '10 Example Lane', 'FritzNetz7590', 'HomeNetz', '+353 1 2345678', '192.168.1.23'],
    ...['02:00:5e:00:53:01', '12345678', 'Nachbarsgarten'],
  ])('tells a house apart: %s', (value) => expect(isIdentifying(value)).toBe(true));

  it.each([
    'abc12',
    '123456',
    '000000000',
    '******',
    '      ',
    '127.0.0.1',
    '0.0.0.0',
    'battery',
    'version',
    '12.5',
    '',
  ])('does not: %j', (value) => expect(isIdentifying(value)).toBe(false));
});

describe('the private values of a house', () => {
  it('stand there once, the longest first, a MAC address without its colons too', () => {
    const secrets = new HouseSecrets();
    for (const value of ['hunter2', ' hunter2 ', null, undefined, 'short', '02:00:5e:00:53:01']) secrets.add(value);
    expect(secrets.all).toEqual(['02:00:5e:00:53:01', '02005e005301', 'hunter2']);
  });

  it('are known in their parts too, where they have some', () => {
    const secrets = new HouseSecrets();
    secrets.add('7 Geheim Lane, "The Hideout", D 1');
    expect(secrets.all).toEqual(['7 Geheim Lane, "The Hideout", D 1', '7 Geheim Lane', 'The Hideout']);
  });

  it('have false ones in the place of serial numbers, each the same, as long, and different', () => {
    const secrets = new HouseSecrets();
    for (const serial of ['AL2002021010101', 'ALB0020210101', 'AL2002021010101', 'x']) secrets.addSerial(serial);
    secrets.add('hunter2');
    expect(secrets.serials).toEqual(['AL2002021010101', 'ALB0020210101']);
    expect(secrets.serials.map((one) => secrets.pseudonymOf(one))).toEqual(['XX0000000000001', 'XX00000000002']);
    expect(secrets.pseudonymOf('hunter2')).toBeNull();
  });
});
