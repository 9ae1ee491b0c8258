/**
 * What a battery's owner would want to know of a configuration (1,2,3) before it is taken: a real battery takes what comes, and
 * what is sent replaces everything (confirmed: keys may be missing; what then becomes of them is not known).
 */

/** The keys of the captured 1,2,3 but for `Status`, in its order. */
const KEYS = `
  SN License Country Address ZipCode PhoneNumber Popv Minv Poinv Cobat Mbat Uscapacity ACDC GridCharge BatHighCap
  BatUseCap CtrDis GridChargeWE BatHighCapWE BatUseCapWE CtrDisWE SetMode SetFeed SetPhase CTRate GeneratorMode
  Generator BackUpBox Fan GCSOCStart GCSOCEnd GCTimeStart GCTimeEnd GCOutputMode GCChargePower GCRatedPower
  L1Priority L2Priority L3Priority L1SocLimit L2SocLimit L3SocLimit BatReady Safe PowerFact Volt5MinAvg Volt10MinAvg
  TempThreshold OutCurProtect DCI RCD PvISO ChargeBoostCur Channel1 ControlMode1 StartTime1A EndTime1A StartTime1B
  EndTime1B ChargeSOC1 UPS1 SwitchOn1 SwitchOff1 Delay1 Duration1 Pause1 Channel2 ControlMode2 StartTime2A EndTime2A
  StartTime2B EndTime2B ChargeSOC2 UPS2 SwitchOn2 SwitchOff2 Delay2 Duration2 Pause2 ChargeMode1 ChargeMode2
  MaxGridCharge InstallMeterOption InstallModule StringAE StringBE StringCE PmeterOffset PmeterMax DG_Cap
  GridMeterCTE Mmeter MeterACNegate PVMeterCTE PVMeterCTRate MeterDCNegate NetType WifiSN WifiSW WifiHW SlaveVersion
  InvHWVersion SelfUseOrEconomic ReliefMode VPPMode CheckTime TimeChaF1 TimeChaE1 TimeChaF2 TimeChaE2 TimeDisF1
  TimeDisE1 TimeDisF2 TimeDisE2 TimeChaFWE1 TimeChaEWE1 TimeChaFWE2 TimeChaEWE2 TimeDisFWE1 TimeDisEWE1 TimeDisFWE2
  TimeDisEWE2 OnGridCap StorageCap EmsLanguage Date1 Date2 ChargeWorkDays ChargeWeekend SafeSub POCMeterEnable
`
  .trim()
  .split(/\s+/);
/** So many names of missing keys make a line. */
const MOST_NAMED = 5;

/**
 * @param reply a 1,2,3; a bare `Success` of a server that keeps no configuration is none
 * @param serial the battery's own
 * @param gridCode what it works by (`Safe`)
 * @returns sentences without private values
 */
export function doubtsAbout(reply: Readonly<Record<string, unknown>>, serial: string, gridCode: string): string[] {
  if (Object.keys(reply).every((key) => key === 'Status')) return [];
  const missing = KEYS.filter((key) => !(key in reply));
  return [
    ...(reply.SN === serial ? [] : [`the configuration ${owner(reply.SN)}`]),
    ...('Safe' in reply ? doubtsAboutGridCode(reply.Safe, gridCode) : []),
    ...(missing.length === 0
      ? []
      : [`the configuration lacks ${missing.length} of ${KEYS.length} keys: ${named(missing)}`]),
  ];
}

function owner(serial: unknown): string {
  return typeof serial === 'string' && serial.trim() !== '' ? 'is another battery’s' : 'names no serial number';
}

/** An empty text counts as 0. */
function doubtsAboutGridCode(value: unknown, gridCode: string): string[] {
  const given = Number(value);
  if (given === 0) return ['the configuration has 0 for the grid code (Safe)'];
  return String(given) === gridCode ? [] : ['the configuration has another grid code (Safe)'];
}

function named(keys: readonly string[]): string {
  return `${keys.slice(0, MOST_NAMED).join(', ')}${keys.length > MOST_NAMED ? ' …' : ''}`;
}
