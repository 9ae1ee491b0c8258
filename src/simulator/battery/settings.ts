/**
 * The battery's configuration: what it says of itself in 1,1,4 and how it takes a 1,2,3.
 *
 * Keys, their order and the form of their values are those of the captured pair: a setting the server writes as
 * "100.00", false or "" is "100", "false" and "0" in the battery's own words. What is not given is kept. How a real battery takes words for numbers is not
 * known; this one keeps what it had. Hours are taken modulo 24 (confirmed on a sister interface: 135 became 15).
 */
import type { ControlWindow, SimulatedControl } from './control.ts';
import type { SimulatedIdentity } from './identity.ts';
import { objectText } from './text.ts';

/** 1,1,4 as captured. `!`: the battery's own, not taken from the server. `$`: from its identity; `^`: text, not a number. */
const CAPTURED = `
  SN!=$sn Address^=$address ZipCode^=$zipCode Country^=Australia PhoneNumber^=$phoneNumber License^=$license
  Popv=9.2 Minv!=Storion-GINLANG-S5 Poinv=4.6 Cobat=10.100 Mbat!=Smile-BAT-10.1P Uscapacity=90
  InstallMeterOption=3 Mmeter^=ACR10R PVMeterMode!=SM60A
  BatterySN1!=$batterySn BatterySN2!=0 BatterySN3!=0 BatterySN4!=0 BatterySN5!=0 BatterySN6!=0
  BatterySN7!= BatterySN8!= BatterySN9!= BatterySN10!= BatterySN11!= BatterySN12!=
  BatterySN13!= BatterySN14!= BatterySN15!= BatterySN16!= BatterySN17!= BatterySN18!=
  BMSVersion!=V1.04 EMSVersion!=V1.01.05 InvVersion!=V00.21 SlaveVersion!=V00.B1 InvHWVersion!=V1.02 InvSN!=$inverterSn
  ACDC=3 Generator=0 BackUpBox=False Fan=False GridCharge=false CtrDis=false
  TimeChaF1=0 TimeChaE1=0 TimeChaF2=0 TimeChaE2=0 TimeDisF1=0 TimeDisE1=0 TimeDisF2=0 TimeDisE2=0
  BatHighCap=100 BatUseCap=13 SetMode=0 SetPhase=0 SetFeed=100
  CTRate=120 PVMeterCTRate=0 GridMeterCTE=1 PVMeterCTE=0
  BakBoxSN!=0 SCBSN!= BakBoxVer!=0.0.0 SCBVer!= BMUModel!= Generator=0 GeneratorMode=0
  GCSOCStart=10 GCSOCEnd=10 GCTimeStart=0 GCTimeEnd=0 GCOutputMode=0 GCChargePower=0 GCRatedPower=0 EmsLanguage=0
  L1Priority=1 L2Priority=2 L3Priority=3 L1SocLimit=10 L2SocLimit=10 L3SocLimit=10
  FirmwareVersion!=V1.01 OnGridCap=4250 StorageCap=5000 BatReady=0 MeterACNegate=0 MeterDCNegate=0
  Safe=2 PowerFact=0 Volt5MinAvg=0 Volt10MinAvg=0 TempThreshold=0 OutCurProtect=0 DCI=0 RCD=0 PvISO=0 ChargeBoostCur=0
  Channel1=0 ControlMode1=0 StartTime1A=0 EndTime1A=0 StartTime1B=0 EndTime1B=0 Date1=0 ChargeSOC1=0 ChargeMode1=0
  UPS1=0 SwitchOn1=0 SwitchOff1=0 Delay1=0 Duration1=0 Pause1=0
  Channel2=0 ControlMode2=0 StartTime2A=0 EndTime2A=0 StartTime2B=0 EndTime2B=0 Date2=0 ChargeSOC2=0 ChargeMode2=0
  UPS2=0 SwitchOn2=0 SwitchOff2=0 Delay2=0 Duration2=0 Pause2=0
  TimeChaFM1=0 TimeChaEM1=0 TimeChaFM2=0 TimeChaEM2=0 TimeDisFM1=0 TimeDisEM1=0 TimeDisFM2=0 TimeDisEM2=0
  NetType!=E_Linker WifiSN!=$wifiSn WifiSW!=4720119419R WifiHW!=AEW2-0002-03
`;

interface SettingEntry {
  readonly key: string;
  readonly initial: string;
  readonly owner: 'battery' | 'server';
  readonly kind: 'number' | 'text';
}

/** In the order of the wire, `Generator` twice. */
const ENTRIES: readonly SettingEntry[] = CAPTURED.trim()
  .split(/\s+/)
  .map((word) => {
    const [, key = '', mark = '', initial = ''] = /^(\w+)([!^]?)=(.*)$/.exec(word) ?? [];
    return { key, initial, owner: mark === '!' ? 'battery' : 'server', kind: mark === '^' ? 'text' : 'number' };
  });

/** Of newer firmware only; in which order they stand was never captured. */
const MINUTE_KEY = /^Time(?:Cha|Dis)[FE]M[12]$/;
const HOUR_KEY = /^Time(?:Cha|Dis)[FE][12]$/;

/** How the battery writes yes and no, by key: 1,1,4 has "false" and "False" and "0" side by side. */
const FLAGS: Readonly<Record<string, readonly [no: string, yes: string]>> = {
  GridCharge: ['false', 'true'],
  CtrDis: ['false', 'true'],
  BackUpBox: ['False', 'True'],
  Fan: ['False', 'True'],
  Generator: ['0', '1'],
};

export class SimulatedSettings {
  readonly #entries: readonly SettingEntry[];
  #values: Map<string, string>;
  #before: Map<string, string>;

  constructor(identity: SimulatedIdentity, hasMinuteKeys = false) {
    this.#entries = hasMinuteKeys ? ENTRIES : ENTRIES.filter(({ key }) => !MINUTE_KEY.test(key));
    const words: Readonly<Record<string, string>> = { ...identity };
    this.#values = new Map(
      ENTRIES.map(({ key, initial }) => [key, initial.startsWith('$') ? (words[initial.slice(1)] ?? '') : initial]),
    );
    this.#before = this.#values;
  }

  get(key: string): string {
    return this.#values.get(key) ?? '';
  }

  /** The body of 1,1,4. */
  body(): string {
    return objectText(this.#entries.map(({ key }) => [key, this.get(key)]));
  }

  /** Takes what it knows of a 1,2,3. @returns the keys that changed */
  take(reply: Readonly<Record<string, unknown>>): string[] {
    const changed = new Set<string>();
    this.#before = new Map(this.#values);
    for (const { key, owner, kind } of this.#entries) {
      if (owner === 'battery' || !(key in reply)) continue;
      const word = kind === 'text' ? textWord(reply[key]) : settingWord(key, reply[key]);
      if (word === null || word === this.get(key)) continue;
      this.#values.set(key, word);
      changed.add(key);
    }
    return [...changed];
  }

  /** All is as it was before the last 1,2,3. */
  forget(): void {
    this.#values = new Map(this.#before);
  }

  /** What the controller goes by. */
  control(): SimulatedControl {
    return {
      gridCharge: this.get('GridCharge') === 'true',
      chargeWindows: [this.#window('TimeCha', 1), this.#window('TimeCha', 2)],
      highPercent: Number(this.get('BatHighCap')),
      dischargeControl: this.get('CtrDis') === 'true',
      dischargeWindows: [this.#window('TimeDis', 1), this.#window('TimeDis', 2)],
      reservePercent: Number(this.get('BatUseCap')),
      feedPercent: Number(this.get('SetFeed')),
    };
  }

  #window(prefix: 'TimeCha' | 'TimeDis', n: 1 | 2): ControlWindow {
    return { from: Number(this.get(`${prefix}F${n}`)), end: Number(this.get(`${prefix}E${n}`)) };
  }
}

function textWord(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A value of 1,2,3 in the battery's words, or null if it means nothing to it. */
function settingWord(key: string, value: unknown): string | null {
  const text = String(value).trim().toLowerCase();
  const flag = FLAGS[key];
  if (flag !== undefined) {
    if (text === 'true' || text === '1') return flag[1];
    return text === 'false' || text === '0' ? flag[0] : null;
  }
  // An empty word counts as 0: Channel1 is "" in the captured 1,2,3 and "0" in the 1,1,4.
  const number = Number(text);
  if (!Number.isFinite(number)) return null;
  if (HOUR_KEY.test(key)) return String(((Math.trunc(number) % 24) + 24) % 24);
  return key === 'Cobat' ? number.toFixed(3) : String(number);
}
