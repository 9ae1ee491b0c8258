import { describe, expect, it } from 'vitest';
import { isSettable, ownerOf } from './owner-settings.ts';

describe('the owner’s list', () => {
  it.each(
    'GridCharge TimeChaF1 TimeChaE1 TimeChaF2 TimeChaE2 BatHighCap CtrDis TimeDisF1 TimeDisE1 TimeDisF2 TimeDisE2 BatUseCap UPSReserve UPSReserveEN GridChargeWE TimeChaFWE1 TimeDisEWE2 BatHighCapWE ChargeWorkDays ChargeWeekend'.split(
      ' ',
    ),
  )('has %s', (key) => {
    expect(ownerOf(key)).toBe('owner');
  });

  it.each(
    'Safe SafeSub DCI RCD PvISO CTRate PVMeterCTRate GridMeterCTE PVMeterCTE MeterACNegate POCMeterEnable InstallMeterOption Mmeter SetPhase Cobat Popv Poinv Uscapacity OnGridCap ACDC Minv Mbat BatReady SN WifiSN InvSN BatterySN18 SCBSN SlaveVersion License'.split(
      ' ',
    ),
  )('%s is guarded', (key) => {
    expect(ownerOf(key)).toBe('guarded');
  });

  it.each(
    // Windows of the newer form in quarter hours or minutes: which, is not known.
    'SetFeed SetMode VPPMode PmeterOffset EmsLanguage Generator Channel1 TimeChaFM1 gridcharge GRIDCHARGE constructor Anything'.split(
      ' ',
    ),
  )('%s is neither', (key) => {
    expect(ownerOf(key)).toBe('other');
  });
});

describe('a value of the owner’s', () => {
  it.each([
    ['GridCharge', '0 1 true False', '2 yes -1'],
    ['BatHighCap', '0 100 100.00 13.5', '-1 101 1e2 nan 0x10'],
    ['TimeChaF1', '0 7 23 24 6.00', '135 -1 7.5 07:00 25'],
    ['ChargeWorkDays', '0 31 127', '128 1.5'],
  ])('%s can be %s, not %s', (key, good, bad) => {
    for (const text of good.split(' ')) expect([text, isSettable(key, text)]).toEqual([text, true]);
    for (const text of [...bad.split(' '), '', ' ']) expect([text, isSettable(key, text)]).toEqual([text, false]);
  });

  it('is none of what is not the owner’s', () => {
    expect(isSettable('Safe', '2')).toBe(false);
  });
});
