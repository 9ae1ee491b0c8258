/** The configuration: the captured keys, and the captured way of taking a 1,2,3. */
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { SELF_CONSUMPTION } from './control.ts';
import { inventIdentity } from './identity.ts';
import { SimulatedSettings } from './settings.ts';

/** The keys of sample 1-1-4. */
const KEYS =
  `SN Address ZipCode Country PhoneNumber License Popv Minv Poinv Cobat Mbat Uscapacity InstallMeterOption Mmeter
  PVMeterMode BatterySN1 BatterySN2 BatterySN3 BatterySN4 BatterySN5 BatterySN6 BatterySN7 BatterySN8 BatterySN9
  BatterySN10 BatterySN11 BatterySN12 BatterySN13 BatterySN14 BatterySN15 BatterySN16 BatterySN17 BatterySN18 BMSVersion
  EMSVersion InvVersion SlaveVersion InvHWVersion InvSN ACDC Generator BackUpBox Fan GridCharge CtrDis TimeChaF1 TimeChaE1
  TimeChaF2 TimeChaE2 TimeDisF1 TimeDisE1 TimeDisF2 TimeDisE2 BatHighCap BatUseCap SetMode SetPhase SetFeed CTRate
  PVMeterCTRate GridMeterCTE PVMeterCTE BakBoxSN SCBSN BakBoxVer SCBVer BMUModel Generator GeneratorMode GCSOCStart GCSOCEnd
  GCTimeStart GCTimeEnd GCOutputMode GCChargePower GCRatedPower EmsLanguage L1Priority L2Priority L3Priority L1SocLimit
  L2SocLimit L3SocLimit FirmwareVersion OnGridCap StorageCap BatReady MeterACNegate MeterDCNegate Safe PowerFact
  Volt5MinAvg Volt10MinAvg TempThreshold OutCurProtect DCI RCD PvISO ChargeBoostCur Channel1 ControlMode1 StartTime1A
  EndTime1A StartTime1B EndTime1B Date1 ChargeSOC1 ChargeMode1 UPS1 SwitchOn1 SwitchOff1 Delay1 Duration1 Pause1 Channel2
  ControlMode2 StartTime2A EndTime2A StartTime2B EndTime2B Date2 ChargeSOC2 ChargeMode2 UPS2 SwitchOn2 SwitchOff2 Delay2
  Duration2 Pause2 NetType WifiSN WifiSW WifiHW`.split(/\s+/);

/** What matters of sample 1-2-3, in the server's words for the same values. */
const CAPTURED_REPLY = {
  ...{
    Status: 'Success',
    Country: 'Australia',
    Popv: '9.20',
    Minv: 'Storion-GINLANG-S5',
    Poinv: '4.60',
    Cobat: '10.10',
  },
  ...{ Uscapacity: '90.00', ACDC: '3', GridCharge: false, BatHighCap: '100.00', BatUseCap: '13.00', CtrDis: false },
  ...{ GridChargeWE: false, BatHighCapWE: '0.00', Generator: false, BackUpBox: false, Fan: false, L1SocLimit: '10.00' },
  ...{ Channel1: '', StartTime1A: '', ChargeSOC2: '', OnGridCap: '4250.00', EmsLanguage: 0, MaxGridCharge: '0.00' },
  ...{ CheckTime: '2021-03-23 11:17:53', SN: 'somebody else', WifiSN: 'something else', SlaveVersion: 'V99' },
};

const settings = () => new SimulatedSettings(inventIdentity(new Random('owner'), 0));

test('1,1,4 has the captured keys in their order, Generator twice, every value a string', () => {
  const body = settings().body();
  expect(Array.from(body.matchAll(/"(\w+)":"/g), (match) => match[1])).toEqual(KEYS);
  const value = JSON.parse(body) as Record<string, unknown>;
  expect(value).toMatchObject({
    BackUpBox: 'False',
    GridCharge: 'false',
    Cobat: '10.100',
    BatterySN6: '0',
    BatterySN7: '',
  });
  expect(value.SN).toBe('ALSIM0000001');
});

test('the captured 1,2,3 changes nothing: it says the same in other words', () => {
  const one = settings();
  const before = one.body();
  expect(one.take(CAPTURED_REPLY)).toEqual([]);
  expect(one.body()).toBe(before);
  expect(one.control()).toEqual({
    ...SELF_CONSUMPTION,
    chargeWindows: Array(2).fill({ from: 0, end: 0 }),
    dischargeWindows: Array(2).fill({ from: 0, end: 0 }),
  });
});

test('takes settings, in its own words, and works by them', () => {
  const one = settings();
  const changed = one.take({
    ...{
      GridCharge: true,
      CtrDis: 'True',
      Generator: 1,
      TimeChaF1: '1',
      TimeChaE1: 5,
      TimeDisF2: '17',
      TimeDisE2: '21.0',
    },
    ...{ BatHighCap: '80.00', BatUseCap: '25', SetFeed: '50', Cobat: '5', Address: '', Fan: 'yes?', ZipCode: 7 },
  });
  expect(changed.sort()).toEqual(
    [
      ...['Address', 'BatHighCap', 'BatUseCap', 'Cobat', 'CtrDis', 'Generator', 'GridCharge', 'SetFeed'],
      ...['TimeChaE1', 'TimeChaF1', 'TimeDisE2', 'TimeDisF2'],
    ].sort(),
  );
  expect(one.control()).toEqual({
    gridCharge: true,
    chargeWindows: [
      { from: 1, end: 5 },
      { from: 0, end: 0 },
    ],
    highPercent: 80,
    dischargeControl: true,
    dischargeWindows: [
      { from: 0, end: 0 },
      { from: 17, end: 21 },
    ],
    reservePercent: 25,
    feedPercent: 50,
  });
  expect(['GridCharge', 'Cobat', 'Generator', 'TimeDisE2', 'Address', 'Nonsense'].map((key) => one.get(key))).toEqual([
    ...['true', '5.000', '1', '21', '', ''],
  ]);
  expect(one.body().match(/"Generator":"1"/g)).toHaveLength(2);
});

test('keeps what it had where a value means nothing', () => {
  const one = settings();
  expect(
    one.take({ BatUseCap: 'a lot', SetFeed: null, TimeChaF1: [], GridCharge: 'perhaps', BatHighCap: 'Infinity' }),
  ).toEqual([]);
});

test('hours are taken modulo 24, as a sister interface does: 135 became 15', () => {
  const one = settings();
  one.take({ TimeChaF1: '135', TimeChaE1: 24, TimeDisF1: -1, TimeDisE1: '7.9' });
  expect(['TimeChaF1', 'TimeChaE1', 'TimeDisF1', 'TimeDisE1'].map((key) => one.get(key))).toEqual([
    '15',
    '0',
    '23',
    '7',
  ]);
});

test('forgets what it last took, and only that', () => {
  const one = settings();
  one.take({ BatUseCap: '20' });
  one.take({ BatUseCap: '30', GridCharge: true });
  one.forget();
  expect([one.get('BatUseCap'), one.get('GridCharge')]).toEqual(['20', 'false']);
});

test('newer firmware has keys for minutes, and keeps them apart', () => {
  const one = new SimulatedSettings(inventIdentity(new Random('owner'), 0), true);
  one.take({ TimeChaFM1: '29' });
  expect(one.body()).toContain('"TimeChaFM1":"29","TimeChaEM1":"0"');
  expect(settings().body()).not.toContain('TimeChaFM1');
});
