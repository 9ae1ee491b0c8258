import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HAVE_SAMPLES, sample } from '../../../test/wire.ts';
import type { PlainObject } from '../../protocol/body/plain-object.ts';
import { compareConfigurations } from './comparison.ts';

function settings(text: string): PlainObject {
  const pairs = text.split(' ').filter((pair) => pair !== '');
  return new Map(pairs.map((pair) => pair.split('=') as [string, string]));
}

function finding(reported: string, proposed: string, passed: string | null = ''): string {
  const { finding: found, differences } = compareConfigurations(
    settings(reported),
    passed === null ? null : settings(passed),
    settings(proposed),
  );
  return [found, ...differences.map(({ key, from, to, owner }) => `${key} ${from}>${to} ${owner}`)].join(', ');
}

describe('two configurations', () => {
  it.each([
    ['BatHighCap=100', 'BatHighCap=100.00'],
    ['GridCharge=False', 'GridCharge=false'],
    ['Generator=0', 'Generator=false'],
    ['BackUpBox=True', 'BackUpBox=1'],
    ['Channel1=0 StartTime1A=0', 'Channel1= StartTime1A='],
    ['Cobat=10.100', 'Cobat=10.10'],
    ['Safe=2', 'Status=Success CheckTime=2021-03-23 Safe=2.0'],
  ])('%s and %s are the same', (reported, proposed) => {
    expect(finding(reported, proposed)).toBe('same');
  });

  it.each([
    ['PhoneNumber=0123', 'PhoneNumber=123', 'other, PhoneNumber 0123>123 other'],
    ['License=', 'License=0', 'guarded, License >0 guarded'],
    ['SN=AL1', 'SN=AL2', 'guarded, SN AL1>AL2 guarded'],
    ['Safe=2', 'Safe=0', 'guarded, Safe 2>0 guarded'],
    ['BatReady=0', 'BatReady=1', 'guarded, BatReady 0>1 guarded'],
    ['SetFeed=100', 'SetFeed=0', 'other, SetFeed 100>0 other'],
    ['GridCharge=false', 'GridCharge=true', 'owner, GridCharge false>true owner'],
    ['BatUseCap=13', 'BatUseCap=-5', 'other, BatUseCap 13>-5 other'],
    ['TimeChaF1=1 TimeChaE1=5', 'TimeChaF1=135 TimeChaE1=5', 'other, TimeChaF1 1>135 other'],
    ['GridCharge=0 Safe=2', 'GridCharge=1 Safe=3', 'guarded, GridCharge 0>1 owner, Safe 2>3 guarded'],
    ['GridCharge=0 SetFeed=1', 'GridCharge=1 SetFeed=3', 'other, GridCharge 0>1 owner, SetFeed 1>3 other'],
    ['Odd=007', 'Odd=7', 'other, Odd 007>7 other'],
  ])('%s and %s are not', (reported, proposed, expected) => {
    expect(finding(reported, proposed)).toBe(expected);
  });

  it('what only a 1,2,3 has is compared with the last that passed', () => {
    expect(finding('', 'VPPMode=0', 'VPPMode=0')).toBe('same');
    expect(finding('', 'VPPMode=1', 'VPPMode=0')).toBe('other, VPPMode 0>1 other');
    expect(finding('', 'GridChargeWE=true', 'GridChargeWE=false')).toBe('owner, GridChargeWE false>true owner');
    expect(finding('', 'GridChargeWE=true', null)).toBe('unconfirmed');
    expect(finding('GridCharge=0', 'GridCharge=1 VPPMode=0')).toBe('unconfirmed, GridCharge 0>1 owner');
    // The battery's own word counts, not what it was once given.
    expect(finding('BatUseCap=13', 'BatUseCap=10', 'BatUseCap=10')).toBe('owner, BatUseCap 13>10 owner');
  });

  it('what is left out is a difference of nobody’s, unless the last one left it out too', () => {
    expect(finding('GridCharge=0 Safe=2', 'Safe=2', null)).toBe('other, GridCharge 0>null other');
    expect(finding('GridCharge=0 Safe=2', 'GridCharge=0', null)).toBe('guarded, Safe 2>null guarded');
    expect(finding('GridCharge=0 Safe=2', 'Safe=2', 'Safe=2')).toBe('same');
    expect(finding('', '', 'VPPMode=0 Status=Success')).toBe('other, VPPMode 0>null other');
    // In 1,1,4 only, by the table; and what no table knows.
    expect(finding('EMSVersion=V1 Odd=1 Safe=2', 'Safe=2', null)).toBe('same');
    expect(finding('Odd=1 Safe=2', 'Safe=2', 'Odd=1 Safe=2')).toBe('other, Odd 1>null other');
  });

  it('null is a value of its own', () => {
    const one = new Map([['GridCharge', null]]);
    expect(compareConfigurations(one, null, one).finding).toBe('same');
    const { differences } = compareConfigurations(settings('GridCharge=0'), null, one);
    expect(differences).toEqual([{ key: 'GridCharge', from: '0', to: null, owner: 'other' }]);
  });

  it('of which one writes each number otherwise are the same', () => {
    const amount = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('BatUseCap', 'Safe', 'CTRate', 'Odd'), amount), (amounts) => {
        const written = (write: (value: number) => string) =>
          new Map(Object.entries(amounts).map(([key, value]) => [key, write(value)]));
        const { finding: found } = compareConfigurations(
          written(String),
          null,
          written((value) => value.toFixed(2)),
        );
        expect(found).toBe('same');
      }),
    );
  });

  it('any one change is found, and never taken for the owner’s where it is not', () => {
    const keys = ['GridCharge', 'BatUseCap', 'Safe', 'SetFeed', 'Cobat', 'Country', 'Odd'];
    const base = new Map(keys.map((key) => [key, '1']));
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.string({ maxLength: 6 }), (key, text) => {
        fc.pre(!['1', '1.0', '1.00', '1.000', '1.0000', 'true'].includes(text.toLowerCase()));
        const { finding: found, differences } = compareConfigurations(base, base, new Map([...base, [key, text]]));
        expect(differences.map((one) => one.key)).toEqual([key]);
        if (found === 'owner') expect(['GridCharge', 'BatUseCap']).toContain(key);
      }),
    );
  });

  it.skipIf(!HAVE_SAMPLES)('the captured pair of one battery does not differ', () => {
    const object = (name: string) => {
      // What was removed from the captures was removed by different words.
      const parsed = JSON.parse(sample(name)) as Record<string, unknown>;
      return new Map(
        Object.entries(parsed).map(([key, value]) => [key, /removed>$/.test(String(value)) ? 'x' : String(value)]),
      );
    };
    const { differences, unconfirmed } = compareConfigurations(object('1-1-4.json'), null, object('1-2-3.json'));
    expect(differences).toEqual([]);
    // Status and CheckTime are two of the 29 keys that are not in 1,1,4.
    expect(unconfirmed).toHaveLength(27);
  });
});
