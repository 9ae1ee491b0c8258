/** The bodies, against the captured samples with their private values taken out. */
import { expect, test } from 'vitest';
import type { SimulatedSample } from '../house/house.ts';
import { Random } from '../random.ts';
import { inventIdentity } from './identity.ts';
import {
  askBody,
  CSV_HEADER,
  commandReplyBody,
  csvBody,
  csvRow,
  detailBody,
  liveBody,
  loginBody,
  noticeBody,
} from './messages.ts';

/** The first row of sample 1-1-12, and the live values of sample 1-1-16. */
const SAMPLE: SimulatedSample = {
  ...{ localSeconds: 0, load: 347, sva: 222, varAc: -622, varDc: 104 },
  ...{ ppv1: 2228, ppv2: 2200, vpv1: 256.2, vpv2: 275.1, ua: 249.4, fac: 49.97, ubus: 390, preal: 2280, tinv: 54 },
  ...{ pacL2: 1982, epvTotal: 436.1, einput: 60, eoutput: 128.4, echarge: 146.8, pmeter: -3500, pmeterDc: 1567 },
  ...{ pbat: -1847.568, soc: 62.4, batV: 50.48, batC: -36.6, pcharge: 5050, pdischarge: 5050 },
  ...{ vcellLow: 17042724, vcellHigh: 17501481, tcellLow: 17170458, tcellHigh: 16908315 },
  ...{ batC1: 63.5, eGridCharge: 3, eDischarge: 138.6, invBatV: 51.5 },
};

test('1,1,12: the captured row to the letter, under the captured header', () => {
  const header =
    'Date,Time,SN,Ppv1,Ppv2,Vpv1,Vpv2,Ua,Ub,Uc,Fac,Ubus,PrealL1,PrealL2,PrealL3,Tinv,PacL1,PacL2,PacL3,InvWorkMode,' +
    'EpvTotal,Einput,Eoutput,Echarge,PmeterL1,PmeterL2,PmeterL3,PmeterDC,Pbat,SOC,BatV,BatC,FlagBms,BmsWork,Pcharge,' +
    'Pdischarge,BmsRelay,BmsNum,VcellLow,VcellHigh,TcellLow,TcellHigh,IdTempelover,IdTempEover,IdTempediffe,' +
    'IdChargcurre,IdDischcurre,IdCellvolover,IdCellvollower,IdSoclower,IdCellvoldiffe,BatC1,BatC2,BatC3,BatC4,BatC5,' +
    'BatC6,SOC1,SOC2,SOC3,SOC4,SOC5,SOC6,ErrInv,WarInv,ErrEms,ErrBms,ErrMeter,ErrBackupBox,EGridCharge,EDischarge,' +
    'EmsStatus,BmsShutdown,InvBatV,BmuRelay,BmsHardVer1,BmsHardVer2,BmsHardVer3,DispatchSwitch,Pdispatch,DispatchSoc,' +
    'DispatchMode';
  const row =
    '2021/03/24,11:00:35,SN1,2228,2200,256.2,275.1,249.4,0.0,0.0,49.97,390,2280,0,0,54,5000,1982,0,3,436.1,60.00,128.40,' +
    '146.8,-3500,0,0,1567,-1847.5680,62.4,50.48,-36.60,257,1,5050,5050,3,1,17042724,17501481,17170458,16908315,' +
    '0,0,0,0,0,0,0,0,0,63.50,0.00,0.00,0.00,0.00,0.00,62.4,0.0,0.0,0.0,0.0,0.0,0,0,0,0,0,0,3.0,138.6,Normal,0,51.50,' +
    '0,0,0,0,0,0,0,0';
  expect(header.split(',')).toHaveLength(82);
  expect(CSV_HEADER).toBe(header);
  expect(csvRow('SN1', '2021/03/24 11:00:35', SAMPLE)).toBe(row);
  expect(csvBody(['a', 'b'])).toBe(`${header}\na\nb`);
});

test('1,1,16: the captured keys in their order', () => {
  expect(liveBody('SN1', '2021/03/24 20:59:22', { ...SAMPLE, ppv1: 0, pbat: 333.66, preal: 220 })).toBe(
    '{"Time":"2021/03/24 20:59:22","SN":"SN1","Ppv1":"0","Ppv2":"2200","PrealL1":"220","PrealL2":"0.0","PrealL3":"0.0",' +
      '"PmeterL1":"-3500","PmeterL2":"0","PmeterL3":"0","PmeterDC":"1567","Pbat":"333.6600","Sva":"222","VarAC":"-622",' +
      '"VarDC":"104","SOC":"62.4"}',
  );
});

test('1,1,5: the captured keys in their order, 90 of them', () => {
  const body = detailBody('SN1', '2021/03/24 10:02:40', SAMPLE);
  const value = JSON.parse(body) as Record<string, string>;
  const csv = CSV_HEADER.split(',').slice(3);
  const expected = csv.map((name) => name.replace('Vpv', 'Upv')).filter((name) => name !== 'BmsShutdown');
  expected.splice(expected.indexOf('InvBatV') + 1, 0, 'BmsShutdown');
  expect(Object.keys(value)).toEqual([
    ...['Time', 'SN', ...expected, 'PMeterDCL1', 'PMeterDCL2', 'PMeterDCL3'],
    ...['MeterDCUa', 'MeterDCUb', 'MeterDCUc', 'Eirp', 'CSQ'],
  ]);
  expect(value).toMatchObject({ PrealL2: '0.0', PrealL3: '0.0', PacL3: '0.0', PmeterL2: '0', PMeterDCL1: '1567' });
  expect(value).toMatchObject({ Upv1: '256.2', MeterDCUa: '249.4', CSQ: '99,99', Eirp: '-63', SOC1: '62.4' });
  expect(Object.values(value).every((word) => typeof word === 'string')).toBe(true);
  expect(body).not.toContain(' "');
});

test('the small ones', () => {
  const identity = inventIdentity(new Random('who'), 41);
  expect(identity.sn).toBe('ALSIM0000042');
  expect(loginBody(identity)).toBe(
    `{"UserName":"ALSIM0000042","Password":"${identity.password}","CompanyName":"AlphaESS"}`,
  );
  expect(askBody(identity)).toBe('{"SN":"ALSIM0000042"}');
  expect(noticeBody('EventLog', '21/03/24 20:59:10 41;')).toBe(
    '{"MsgType":"EventLog","MsgContent":"21/03/24 20:59:10 41;","Description":"OK"}',
  );
  expect(commandReplyBody('Resume', '35967905')).toBe('{"Command":"Resume","CmdIndex":"35967905","Status":"Success"}');
  expect(commandReplyBody('SetConfig', '1', true)).toBe('{"Command":"SetConfig","CmdIndex":"1","Status":"Fail"}');
  expect(identity.mac).toMatch(/^02(:[0-9A-F]{2}){5}$/);
});
