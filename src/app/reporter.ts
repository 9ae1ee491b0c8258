/**
 * What the owner is told: lines for the log, made of what the committer, the port and the store report.
 */

import { isIP } from 'node:net';
import type { Config } from '../config/load.ts';
import { counted } from '../counted.ts';
import { type Log, type Note, utc } from '../log/log.ts';
import {
  type Battery,
  type ClockDoubt,
  type ClockEpoch,
  type ClockRecord,
  type ClockWitness,
  type EventRecord,
  type GapRecord,
  type GapState,
  missingMinutes,
  type Private,
  type ReadingRecord,
  type StoreRecord,
} from '../model.ts';
import { redactText } from '../privacy/redact.ts';
import { SINK_PROBLEMS, type SinkProblemCode } from '../problems/output.ts';
import { RELAY_PROBLEMS, type RelayProblemCode } from '../problems/relay.ts';
import { SERVER_PROBLEMS } from '../problems/server.ts';
import { TAP_PROBLEMS, type TapProblemCode } from '../problems/tap.ts';
import { PROBLEMS } from '../protocol/errors.ts';
import { inferredMeaning } from '../protocol/event-codes.ts';
import type { CommitListener } from '../server/committer.ts';
import type { ListenerWatcher } from '../server/listener.ts';
import { describePeer } from '../server/peers.ts';
import type { ProblemOutput } from '../session/output.ts';
import type { SinkReports } from '../sinks/condition.ts';
import type { BackupReports } from '../store/backup/backup-keeper.ts';
import type { MadeBackup } from '../store/backup/make.ts';
import { inMegabytes } from '../store/backup/space.ts';
import type { Conflict, Removed, Store, StoreError, StoreListener } from '../store/store.ts';
import type { FailedAttempt } from '../web/access/auth.ts';
import { BatteryLog } from './battery-log.ts';
import { ClockReport, doubtSentence, type HouseTime, sureSentence } from './clock-report.ts';
import { LONGEST_WORDS, liveReport } from './live-report.ts';
import { QuotaReport } from './quota-report.ts';
import { receivedNotes } from './received-notes.ts';

const GAP_STATES: Readonly<Record<GapState, string>> = {
  open: 'not asked for yet',
  asked: 'the battery is asked for them',
  filled: 'all are filled from the battery’s memory',
  partly: 'filled in part; the battery has no more of them',
  refused: 'the battery does not have them',
};

/** What is known of batteries. */
type ReportedBatteries = Pick<Store, 'idOf'>;

/** What the committer, the port and the store tell, as lines for the owner and numbers for the page. */
export class Reporter implements CommitListener, ListenerWatcher, StoreListener, SinkReports, BackupReports {
  readonly #config: Config;
  readonly #log: Log;
  readonly #store: ReportedBatteries;
  readonly #clocks: ClockReport;
  readonly #quotas: QuotaReport;
  /** How often each problem was seen, by code. */
  readonly counts = new Map<string, number>();
  readonly #batteryLog = new BatteryLog();

  /** @param isClockConfirmed whether the system says that this machine's own clock is right */
  constructor(
    config: Config,
    log: Log,
    store: ReportedBatteries,
    calendar: HouseTime,
    isClockConfirmed: () => boolean,
  ) {
    this.#config = config;
    this.#log = log;
    this.#store = store;
    this.#clocks = new ClockReport(calendar, isClockConfirmed);
    this.#quotas = new QuotaReport(config.battery.names);
  }

  /** What is kept of a battery that is about to speak. */
  loaded({ serial, epochs }: Battery): void {
    this.#clocks.heard(serial.reveal(), epochs);
  }

  committed(records: readonly StoreRecord[]): void {
    const { wantsLive } = this.#log;
    let newestMs = 0;
    for (const record of records) {
      if (record.type === 'reading') {
        newestMs = record.receivedMs;
        if (record.kind !== 'live') continue;
        this.#batteryLog.delivers(record.battery.reveal());
        if (wantsLive) this.#sayLive(record);
      } else if (record.type === 'event') {
        newestMs = record.receivedMs;
        if (record.code === null) this.#sayEvent(record);
        else this.#batteryLog.add(record);
      } else if (record.type === 'clock') this.#sayClock(record);
      else if (record.type === 'gap') this.#sayGap(record);
    }
    this.#sayLog(this.#batteryLog.due(newestMs));
    if (this.#config.log.level !== 'debug') return;
    for (const note of receivedNotes(records, (battery) => this.#nameOf(battery))) this.#log.note(note);
  }

  failing(error: StoreError): void {
    this.#count(error.code);
    const text = `cannot write: ${error.message}. Batteries are not answered until it passes, so nothing is lost`;
    this.#log.note({ level: 'error', code: error.code, text });
  }

  recovered(seconds: number): void {
    const text = `writing works again after ${Math.round(seconds)} s`;
    this.#log.note({ level: 'info', code: 'STORE_RECOVERED', text });
  }

  refused(error: StoreError): void {
    this.#count(error.code);
    const text = `could not keep what one connection sent, and closed it: ${error.message}`;
    this.#log.note({ level: 'error', code: error.code, text });
  }

  /** What was kept could not be put in order, or what is too old not removed. */
  disordered(error: StoreError): void {
    this.#count(error.code);
    const text = `could not put in order what is kept, and will try again: ${error.message}`;
    this.#log.note({ level: 'error', code: error.code, text });
  }

  /** Readings contradict others of the same time: the clock was set back, or two devices use one serial number. */
  conflicting({ battery, readings }: Conflict): void {
    this.#count('READINGS_CONFLICT', readings);
    const text = `${PROBLEMS.READINGS_CONFLICT.sentence} (${counted(readings, 'reading')})`;
    this.#log.note({
      level: 'warn',
      code: 'READINGS_CONFLICT',
      text,
      battery: this.#nameOf(battery),
      data: { readings },
    });
  }

  /** A mistake of ours that costs no reading. */
  mistaken(detail: string): void {
    const text = `the page could not be served as it should: ${redactText(detail, [])}`;
    this.#log.note({ level: 'error', code: 'SERVER_MISTAKE', text });
  }

  /** Something could not be read. */
  damaged(detail: string): void {
    this.#count('STORE_CORRUPT');
    this.#log.note({ level: 'error', code: 'STORE_CORRUPT', kind: 'reading', text: detail });
  }

  /** An automatic backup was made. */
  backedUp({ path, bytes, removed }: MadeBackup, seconds: number): void {
    const gone = removed.length === 0 ? '' : `; ${removed.length} older removed`;
    this.#log.note({
      level: 'info',
      code: 'backup',
      text: `backed up to ${path}, ${inMegabytes(bytes)} in ${Math.round(seconds)} s, and read again${gone}`,
      data: { path, bytes },
    });
  }

  /** No automatic backup can be made; it is tried again and said no more until one is made. */
  notBackedUp(error: StoreError): void {
    this.#count(error.code);
    const level = error.code === 'STORE_CORRUPT' ? 'error' : 'warn';
    this.#log.note({ level, code: error.code, kind: 'backup', text: `no automatic backup is made: ${error.message}` });
  }

  opened(connection: number, peer: string, address: string): void {
    const from = this.#config.log.private ? address : peer;
    this.#log.note({
      level: 'info',
      code: 'connection',
      kind: 'opened',
      text: `connection ${connection} from ${from}`,
    });
  }

  closed(connection: number): void {
    this.#log.note({ level: 'info', code: 'connection', kind: 'closed', text: `connection ${connection} closed` });
  }

  problem(problem: ProblemOutput, connection: number | null, refused?: string): void {
    const { code, battery } = problem;
    this.#count(code);
    const { sentence } = PROBLEMS[code];
    const where = connection === null ? '' : `connection ${connection}: `;
    const address = this.#config.log.private ? refused : undefined;
    const details = [address ?? '', problem.detail].filter((part) => part !== '');
    const text = `${where}${sentence}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
    this.#log.note({ level: 'warn', code, text, battery: this.#nameOf(battery) });
  }

  /** Somebody shows the page a password or token that is none. Of many from one address each that doubles their number is said. */
  loginFailed({ secret, address, attempts }: FailedAttempt): void {
    this.#count('LOGIN_WRONG');
    if (!Number.isInteger(Math.log2(attempts))) return;
    const from = this.#config.log.private && isIP(address) !== 0 ? address : describePeer(address);
    const text = `the page was shown a wrong ${secret} from ${from}${attempts === 1 ? '' : `, ${attempts} times by now`}`;
    this.#log.note({ level: 'warn', code: 'LOGIN_WRONG', kind: secret, text });
  }

  doubted(doubt: ClockDoubt): void {
    this.said({ level: 'warn', code: 'SERVER_CLOCK_DOUBTED', text: doubtSentence(doubt) });
  }

  sure(by: ClockWitness): void {
    this.said({ level: 'info', code: 'SERVER_CLOCK_SURE', text: sureSentence(by) });
  }

  /** There is no such battery any more, by the owner's word. */
  forget(serial: string, id: string): void {
    const battery = this.#config.battery.names[id] ?? id;
    this.#batteryLog.forget(serial);
    this.#clocks.forget(serial);
    this.said({ level: 'info', code: 'forgotten', text: 'forgotten, with everything that is kept of it', battery });
  }

  /** Something of this machine. */
  said(note: Note): void {
    if (note.level === 'warn' || note.level === 'error') this.#count(note.code);
    this.#log.note(note);
  }

  /** An output works, for the first time or again. */
  up(sink: string, where: string): void {
    this.#log.note({ level: 'info', code: 'output', kind: sink, text: `${sink}: connected to ${where}` });
  }

  /** Of the relay; batteries do not notice. */
  relayTrouble(code: RelayProblemCode, detail: string, battery: Private<string> | null): void {
    this.#count(code);
    const text = `${RELAY_PROBLEMS[code].sentence} (${detail})`;
    this.#log.note({ level: 'warn', code, text, battery: this.#nameOf(battery) });
  }

  /** Of the tap; batteries do not notice. @param detail may quote what a command said */
  tapTrouble(code: TapProblemCode, detail: string): void {
    this.#count(code);
    const text = `${TAP_PROBLEMS[code].sentence} (${redactText(detail, [])})`;
    this.#log.note({ level: 'warn', code, text });
  }

  /** Batteries do not notice. */
  recordingFailed(error: Error): void {
    const { code = '' } = error as NodeJS.ErrnoException;
    const text = `${SERVER_PROBLEMS.RECORDING_FAILED.sentence} (${code})`;
    this.said({ level: 'warn', code: 'RECORDING_FAILED', text });
  }

  trouble(sink: string, code: SinkProblemCode, detail: string): void {
    this.#count(code);
    const { sentence } = SINK_PROBLEMS[code];
    const isMistake = code === 'OUTPUT_MISTAKE';
    // Of a mistake nobody knows what it quotes.
    const text = `${sink}: ${sentence} (${isMistake ? redactText(detail, []) : detail})`;
    const level = isMistake ? 'error' : 'warn';
    this.#log.note({ level, code, kind: sink, text, data: { output: sink } });
  }

  /** Readings that were held are gone: there was no more room for them. */
  heldDropped(readings: number): void {
    this.problem({ type: 'problem', code: 'HELD_DROPPED', battery: null, detail: counted(readings, 'reading') }, null);
  }

  /** More had come than is kept. */
  removed(removed: readonly Removed[]): void {
    for (const note of this.#quotas.notes(removed, performance.now())) this.said(note);
  }

  /** An output is configured no more. @param since the time of the first of what waited for it, Unix seconds */
  forgotten(sink: string, readings: number, since: number | null): void {
    if (readings === 0) return;
    const from = since === null ? '' : `, from ${utc(since)} on`;
    this.trouble(sink, 'OUTPUT_FORGOTTEN', `${counted(readings, 'reading')}${from}`);
  }

  renewingEnergies(days: number): void {
    const begun = `the energies of ${counted(days, 'day')} are worked out again, by the rule of this version`;
    const text = days > 0 ? begun : 'the energies of all days are by the rule of this version';
    this.said({ level: 'info', code: 'energy', kind: 'rule', text });
  }

  #sayLive(record: ReadingRecord): void {
    this.#log.live(liveReport(record, () => this.#nameOf(record.battery) ?? ''));
  }

  #sayEvent(record: EventRecord): void {
    // A message of the battery's own may hold its MAC address: only its kind is said. Both are a peer's words.
    if (record.source === 'server' && record.name === 'disconnected' && record.battery !== null)
      this.#sayLog(this.#batteryLog.take(record.battery.reveal()));
    const words = record.source === 'server' ? `${record.name}, ${record.text}` : `message ${record.name}`;
    const text = redactText(words.slice(0, LONGEST_WORDS), []);
    // The name of a message is the peer's: a new one each time would pass for another kind.
    const kind = record.source === 'server' ? record.name : 'message';
    this.#log.note({ level: 'info', code: 'event', kind, text, battery: this.#nameOf(record.battery) });
    if (record.source === 'server' && record.name === 'connected') this.#sayKnownClock(record.battery);
  }

  #sayKnownClock(battery: Private<string> | null): void {
    const epoch = battery === null ? undefined : this.#clocks.newest(battery.reveal());
    if (battery === null || epoch === undefined) return;
    this.#sayEpoch(battery, epoch, 'info');
    if (this.#clocks.isWrong(battery.reveal())) this.#sayClockWrong(battery);
  }

  /** How far a battery's clock is from UTC and from the house's time; what changes by the second is for the curious. */
  #sayClock({ battery, epochs }: ClockRecord): void {
    const epoch = epochs.at(-1);
    if (epoch === undefined) return;
    const serial = battery.reveal();
    const wasWrong = this.#clocks.isWrong(serial);
    this.#clocks.heard(serial, epochs);
    const drifted = epochs.every(({ reason }) => reason === 'drift');
    this.#sayEpoch(battery, epoch, drifted ? 'debug' : 'info');
    if (this.#clocks.isWrong(serial) && !(wasWrong && drifted)) this.#sayClockWrong(battery);
  }

  #sayEpoch(battery: Private<string>, epoch: ClockEpoch, level: 'debug' | 'info'): void {
    const { offsetSeconds: offset, unconfirmed = false } = epoch;
    this.#log.note({
      level,
      code: 'clock',
      kind: epoch.reason,
      text: this.#clocks.sentence(epoch),
      battery: this.#nameOf(battery),
      data: { offset_seconds: offset, drift_ppm: epoch.driftPpm, reason: epoch.reason, unconfirmed },
    });
  }

  #sayClockWrong(battery: Private<string>): void {
    const text = this.#clocks.warning(battery.reveal(), this.#config.time_zone);
    this.#count('CLOCK_WRONG');
    this.#log.note({ level: 'warn', code: 'CLOCK_WRONG', text, battery: this.#nameOf(battery) });
  }

  #sayGap({ battery, gap }: GapRecord): void {
    const { state, askedMs, filledMinutes } = gap;
    const minutes = missingMinutes(gap);
    this.#log.note({
      // A moment later it is asked for, unless the owner does not want that.
      level: state === 'open' ? 'debug' : 'info',
      code: 'gap',
      kind: state,
      text: `${counted(minutes, 'minute')} missed from ${utc(gap.from)} to ${utc(gap.to)}: ${GAP_STATES[state]}`,
      battery: this.#nameOf(battery),
      data: { minutes, filled_minutes: filledMinutes, state, asked: askedMs !== null },
    });
  }

  /** Entries of a battery's own log. */
  #sayLog(entries: readonly EventRecord[]): void {
    for (const { code, text: words, battery } of entries) {
      const text = logEntry(code ?? 0, words);
      this.#log.note({ level: 'info', code: 'event', kind: 'log', text, battery: this.#nameOf(battery) });
    }
  }

  #nameOf(serial: Private<string> | null): string | undefined {
    const id = serial === null ? undefined : this.#store.idOf(serial.reveal());
    return id === undefined ? undefined : (this.#config.battery.names[id] ?? id);
  }

  #count(code: string, times = 1): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + times);
  }
}

/** `log 41: connected to the server (inferred), 21/03/24 20:59:10 41` */
function logEntry(code: number, text: string): string {
  return `log ${code}: ${inferredMeaning(code) ?? 'meaning unknown'}, ${text}`;
}
