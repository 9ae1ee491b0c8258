import { describe, expect, it } from 'vitest';
import { said } from '../../test/doctor-facts.ts';
import { checkModule } from './module.ts';

describe('the Wi-Fi module', () => {
  it('is connected', () => {
    expect(said(checkModule(0))).toEqual(['ok MODULE_FINE the Wi-Fi module says that it is connected to its server']);
  });

  it.each([
    [-3, 'it cannot look the server’s name up'],
    [-4, 'it cannot connect to the server'],
    [-9, 'the server refused its key'],
    [-10, 'the server refused its serial number'],
    [-11, 'the server did not answer in time'],
    [-12, 'the server ended the connection'],
    [-13, 'the address of the server is wrong'],
    [-99, 'it is not connected'],
  ])('says %d: %s, and what to do', (status, words) => {
    const [found] = checkModule(status);
    expect(found).toMatchObject({
      code: 'MODULE_TROUBLE',
      level: 'fault',
      sentence: `the Wi-Fi module says: ${words} (${status})`,
      advice: expect.stringMatching(/^[A-Z].*\.$/),
    });
  });

  it('does not answer, or nothing that is known', () => {
    expect(said([...checkModule('silent'), ...checkModule('unreadable')])).toEqual([
      'warning MODULE_SILENT the Wi-Fi module does not answer',
      'warning MODULE_SILENT the Wi-Fi module’s answer tells no state',
    ]);
  });
});
