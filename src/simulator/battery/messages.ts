/**
 * The bodies a battery sends, compact and in the order, the steps and the number formats of the captures.
 * Expected forms: samples 1-1-2, 1-1-5, 1-1-9, 1-1-12 and 1-1-16 of tidalvirus/alphaess-server.
 */
import type { SimulatedSample } from '../house/house.ts';
import type { SimulatedIdentity } from './identity.ts';
import { objectText } from './text.ts';

/** What a minute row keeps of a sample: all of 1,1,12. 1,1,5 needs no more. */
export type MinuteSample = Omit<SimulatedSample, 'localSeconds' | 'load' | 'sva' | 'varAc' | 'varDc'>;

type Form = (sample: MinuteSample) => string;
const whole =
  (key: keyof MinuteSample): Form =>
  (sample) =>
    String(sample[key]);
const decimals =
  (key: keyof MinuteSample, digits: number): Form =>
  (sample) =>
    sample[key].toFixed(digits);

/** The measured fields of 1,1,5 and 1,1,12 by their name on the wire. */
const MEASURED: Readonly<Record<string, Form>> = {
  Ppv1: whole('ppv1'),
  Ppv2: whole('ppv2'),
  Vpv1: decimals('vpv1', 1),
  Vpv2: decimals('vpv2', 1),
  Upv1: decimals('vpv1', 1),
  Upv2: decimals('vpv2', 1),
  Ua: decimals('ua', 1),
  Fac: decimals('fac', 2),
  Ubus: whole('ubus'),
  PrealL1: whole('preal'),
  Tinv: whole('tinv'),
  PacL2: whole('pacL2'),
  EpvTotal: decimals('epvTotal', 1),
  Einput: decimals('einput', 2),
  Eoutput: decimals('eoutput', 2),
  Echarge: decimals('echarge', 1),
  PmeterL1: whole('pmeter'),
  PmeterDC: whole('pmeterDc'),
  Pbat: decimals('pbat', 4),
  SOC: decimals('soc', 1),
  BatV: decimals('batV', 2),
  BatC: decimals('batC', 2),
  Pcharge: whole('pcharge'),
  Pdischarge: whole('pdischarge'),
  VcellLow: whole('vcellLow'),
  VcellHigh: whole('vcellHigh'),
  TcellLow: whole('tcellLow'),
  TcellHigh: whole('tcellHigh'),
  BatC1: decimals('batC1', 2),
  SOC1: decimals('soc', 1),
  EGridCharge: decimals('eGridCharge', 1),
  EDischarge: decimals('eDischarge', 1),
  InvBatV: decimals('invBatV', 2),
  PMeterDCL1: whole('pmeterDc'),
  MeterDCUa: decimals('ua', 1),
};

/** The fields that stood still in every capture and are not 0. */
const STILL: Readonly<Record<string, string>> = {
  ...{
    Ub: '0.0',
    Uc: '0.0',
    PacL1: '5000',
    InvWorkMode: '3',
    FlagBms: '257',
    BmsWork: '1',
    BmsRelay: '3',
    BmsNum: '1',
  },
  ...{ BatC2: '0.00', BatC3: '0.00', BatC4: '0.00', BatC5: '0.00', BatC6: '0.00' },
  ...{ SOC2: '0.0', SOC3: '0.0', SOC4: '0.0', SOC5: '0.0', SOC6: '0.0' },
  ...{ EmsStatus: 'Normal', MeterDCUb: '0.0', MeterDCUc: '0.0', Eirp: '-63', CSQ: '99,99' },
};
/** 1,1,5 writes these as "0.0", 1,1,12 as 0. */
const STILL_IN_DETAIL: Readonly<Record<string, string>> = { PrealL2: '0.0', PrealL3: '0.0', PacL3: '0.0' };

const UP_TO_BUS = 'Ua Ub Uc Fac Ubus PrealL1 PrealL2 PrealL3 Tinv PacL1 PacL2 PacL3 InvWorkMode';
const UP_TO_DISCHARGE = `EpvTotal Einput Eoutput Echarge PmeterL1 PmeterL2 PmeterL3 PmeterDC Pbat SOC BatV BatC FlagBms
  BmsWork Pcharge Pdischarge BmsRelay BmsNum VcellLow VcellHigh TcellLow TcellHigh IdTempelover IdTempEover IdTempediffe
  IdChargcurre IdDischcurre IdCellvolover IdCellvollower IdSoclower IdCellvoldiffe BatC1 BatC2 BatC3 BatC4 BatC5 BatC6
  SOC1 SOC2 SOC3 SOC4 SOC5 SOC6 ErrInv WarInv ErrEms ErrBms ErrMeter ErrBackupBox EGridCharge EDischarge EmsStatus`;
const HARDWARE = 'BmuRelay BmsHardVer1 BmsHardVer2 BmsHardVer3 DispatchSwitch Pdispatch DispatchSoc DispatchMode';

const names = (...parts: string[]): readonly string[] => parts.join(' ').split(/\s+/);
/** After Date, Time, SN: 79 more columns. `BmsShutdown` stands before `InvBatV` here, after it in 1,1,5. */
const CSV_NAMES = names('Ppv1 Ppv2 Vpv1 Vpv2', UP_TO_BUS, UP_TO_DISCHARGE, 'BmsShutdown InvBatV', HARDWARE);
const DETAIL_NAMES = names(
  ...['Ppv1 Ppv2 Upv1 Upv2', UP_TO_BUS, UP_TO_DISCHARGE, 'InvBatV BmsShutdown', HARDWARE],
  'PMeterDCL1 PMeterDCL2 PMeterDCL3 MeterDCUa MeterDCUb MeterDCUc Eirp CSQ',
);

export const CSV_HEADER = ['Date', 'Time', 'SN', ...CSV_NAMES].join(',');

function fieldText(name: string, sample: MinuteSample): string {
  return MEASURED[name]?.(sample) ?? STILL[name] ?? '0';
}

/** 1,1,2 */
export function loginBody(identity: SimulatedIdentity): string {
  return objectText([
    ['UserName', identity.sn],
    ['Password', identity.password],
    ['CompanyName', 'AlphaESS'],
  ]);
}

/** 1,1,3 */
export function askBody(identity: SimulatedIdentity): string {
  return objectText([['SN', identity.sn]]);
}

/** 1,1,9: no serial number in it. */
export function noticeBody(type: 'EventLog' | 'System' | 'Socket', content: string): string {
  return objectText([
    ['MsgType', type],
    ['MsgContent', content],
    ['Description', 'OK'],
  ]);
}

/** 1,1,16. @param clock `YYYY/MM/DD HH:MM:SS` of the battery's clock */
export function liveBody(sn: string, clock: string, sample: SimulatedSample): string {
  return objectText([
    ['Time', clock],
    ['SN', sn],
    ['Ppv1', String(sample.ppv1)],
    ['Ppv2', String(sample.ppv2)],
    ['PrealL1', String(sample.preal)],
    ['PrealL2', '0.0'],
    ['PrealL3', '0.0'],
    ['PmeterL1', String(sample.pmeter)],
    ['PmeterL2', '0'],
    ['PmeterL3', '0'],
    ['PmeterDC', String(sample.pmeterDc)],
    ['Pbat', sample.pbat.toFixed(4)],
    ['Sva', String(sample.sva)],
    ['VarAC', String(sample.varAc)],
    ['VarDC', String(sample.varDc)],
    ['SOC', sample.soc.toFixed(1)],
  ]);
}

/** 1,1,5 */
export function detailBody(sn: string, clock: string, sample: MinuteSample): string {
  const fields = DETAIL_NAMES.map((name) => [name, STILL_IN_DETAIL[name] ?? fieldText(name, sample)] as const);
  return objectText([['Time', clock], ['SN', sn], ...fields]);
}

/** One row of 1,1,12, without its line end. */
export function csvRow(sn: string, clock: string, sample: MinuteSample): string {
  return `${clock.replace(' ', ',')},${sn},${CSV_NAMES.map((name) => fieldText(name, sample)).join(',')}`;
}

/** 1,1,12: the header in every packet, no line end behind the last row. */
export function csvBody(rows: readonly string[]): string {
  return [CSV_HEADER, ...rows].join('\n');
}

/** 1,2,8. @param isRefused the word for it was never captured */
export function commandReplyBody(command: string, cmdIndex: string, isRefused = false): string {
  return objectText([
    ['Command', command],
    ['CmdIndex', cmdIndex],
    ['Status', isRefused ? 'Fail' : 'Success'],
  ]);
}
