import { describe, expect, it } from 'vitest';
import { type OwnerSettings, settingName, shownChanges, shownSettings, textsOf } from './owner-words.ts';
import { Refusal } from './refusal.ts';

const texts = (settings: OwnerSettings, ahead: number | null = 0) => textsOf(settings, ahead);

describe('what an owner asks for', () => {
  it('is settings of the battery’s', () => {
    expect(
      texts({ grid_charge: true, charge_limit: 80, lowest_charge: 10, reserve: 20, discharge_only_in_windows: false }),
    ).toEqual({ GridCharge: '1', CtrDis: '0', BatHighCap: '80', BatUseCap: '10', UPSReserve: '20' });
  });

  it('has windows in the house’s time, told in the battery’s', () => {
    const windows = { charge_windows: [['02:00', '05:00']] } as const;
    expect(texts(windows)).toEqual({ TimeChaF1: '2', TimeChaE1: '5', TimeChaF2: '0', TimeChaE2: '0' });
    expect(texts(windows, -39 * 60)).toMatchObject({ TimeChaF1: '1', TimeChaE1: '4' });
    expect(texts({ discharge_windows: [['17:00', '24:00']] })).toMatchObject({ TimeDisF1: '17', TimeDisE1: '0' });
    expect(texts({ charge_windows: [['22:00', '06:00']] })).toEqual({
      TimeChaF1: '22',
      TimeChaE1: '0',
      TimeChaF2: '0',
      TimeChaE2: '6',
    });
    expect(texts({ charge_windows: [] }, null)).toEqual({
      TimeChaF1: '0',
      TimeChaE1: '0',
      TimeChaF2: '0',
      TimeChaE2: '0',
    });
  });

  it.each([
    [{ Safe: 0 }, 0, 'Safe is no setting of the owner’s; there are: grid_charge'],
    [{ charge_windows: [['02:00', '05:00']] }, null, 'charge_windows: the battery’s clock is not known yet'],
    [{ charge_windows: [['2:00', '05:00']] }, 0, 'charge_windows: expected times such as 02:00'],
    [{ charge_windows: [['02:60', '05:00']] }, 0, 'charge_windows: expected times'],
    [{ charge_windows: [['02:00', '25:00']] }, 0, 'charge_windows: expected times'],
    [{ charge_windows: [['02:00', '02:00']] }, 0, 'charge_windows: 02:00 to 02:00 is no time at all'],
    [{ charge_windows: [['00:00', '24:00']] }, 0, 'charge_windows: a battery takes no window of a whole day; two do'],
    [{ charge_windows: [['24:00', '00:00']] }, 0, 'charge_windows: 24:00 to 00:00 is no whole hour'],
    [{ charge_windows: [['02:00', '02:20']] }, 0, 'charge_windows: 02:00 to 02:20 is no whole hour'],
    [
      {
        discharge_windows: [
          ['22:00', '06:00'],
          ['10:00', '11:00'],
        ],
      },
      0,
      'discharge_windows: a battery has two windows',
    ],
  ])('%j, ahead %s: refused by name', (settings, ahead, sentence) => {
    const refusal = texts(settings as OwnerSettings, ahead);
    expect(refusal).toBeInstanceOf(Refusal);
    expect((refusal as Refusal).detail).toContain(sentence);
  });
});

describe('settings of the battery’s', () => {
  it('are shown in the owner’s words, windows in the house’s time', () => {
    const before = {
      GridCharge: '0',
      BatHighCap: '100',
      TimeChaF1: '0',
      TimeChaE1: '0',
      TimeChaF2: '0',
      TimeChaE2: '0',
    };
    const after = {
      GridCharge: '1',
      BatHighCap: '57',
      TimeChaF1: '22',
      TimeChaE1: '0',
      TimeChaF2: '0',
      TimeChaE2: '6',
    };
    expect(shownChanges(before, after, -39 * 60)).toEqual([
      { name: 'grid_charge', from: false, to: true },
      { name: 'charge_limit', from: 100, to: 57 },
      {
        name: 'charge_windows',
        from: [],
        to: [
          ['22:39', '00:39'],
          ['00:39', '06:39'],
        ],
      },
    ]);
  });

  it('that have no name of the owner’s keep the vendor’s', () => {
    expect([...shownSettings({ GridChargeWE: '1', TimeChaF1: '2' }, 0)]).toEqual([['GridChargeWE', '1']]);
    expect(shownChanges({}, { BatUseCap: '5' }, 0)).toEqual([{ name: 'lowest_charge', from: null, to: 5 }]);
  });

  it('are named as the interface names them', () => {
    const keys = ['GridCharge', 'BatUseCap', 'UPSReserve', 'TimeChaE2', 'TimeDisF1', 'SafeSub'];
    expect(keys.map(settingName)).toEqual([
      ...['grid_charge', 'lowest_charge', 'reserve', 'charge_windows', 'discharge_windows', 'SafeSub'],
    ]);
  });

  it('of a whole day are two windows', () => {
    const windows = [
      ['00:00', '12:00'],
      ['12:00', '24:00'],
    ] as const;
    expect(textsOf({ charge_windows: windows }, 0)).toEqual({
      ...{ TimeChaF1: '0', TimeChaE1: '12', TimeChaF2: '12', TimeChaE2: '0' },
    });
  });
});
