/**
 * What the owner is told: lines for the log, made of what the committer, the port and the keeper report.
 */
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { EventRecord, Private, ReadingRecord, StoreRecord, Value } from './model.ts';
import { PROBLEMS } from './protocol/errors.ts';
import { inferredMeaning } from './protocol/event-codes.ts';
import { columnsOf } from './protocol/fields.ts';
import { redactText } from './redact.ts';
import type { CommitListener } from './server/committer.ts';
import type { ListenerWatcher } from './server/listener.ts';
import type { ProblemOutput } from './session/output.ts';
import type { Store, StoreError } from './store/store.ts';

const LIVE_COLUMNS = columnsOf('live');
/** Of what a peer may put into a line; the whole is kept and can be exported. */
const LONGEST_WORDS = 120;

/** What the committer, the port and the keeper tell, as lines for the owner and numbers for the page. */
export class Reporter implements CommitListener, ListenerWatcher {
  readonly #config: Config;
  readonly #log: Log;
  readonly #store: Store;
  readonly #committed: () => void;
  /** How often each problem was seen, by code. */
  readonly counts = new Map<string, number>();
  /** Up to when each battery's own log was said, in its time: one number a battery. */
  readonly #saidUntil = new Map<string, number>();

  constructor(config: Config, log: Log, store: Store, committed: () => void) {
    this.#config = config;
    this.#log = log;
    this.#store = store;
    this.#committed = committed;
  }

  committed(records: readonly StoreRecord[]): void {
    const { wantsLive } = this.#log;
    const log: EventRecord[] = [];
    for (const record of records) {
      if (record.type === 'reading') {
        if (wantsLive && record.kind === 'live') this.#sayLive(record);
      } else if (record.type === 'event') {
        if (record.code === null) this.#sayEvent(record);
        else log.push(record);
      }
    }
    this.#sayLog(log);
    this.#committed();
  }

  failing(error: StoreError): void {
    this.#count(error.code);
    const text = `cannot write: ${error.message}. Batteries are not answered until it passes, so nothing is lost`;
    this.#log.note({ level: 'error', code: error.code, text });
  }

  recovered(seconds: number): void {
    this.#log.note({
      level: 'info',
      code: 'STORE_RECOVERED',
      text: `writing works again after ${Math.round(seconds)} s`,
    });
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

  problem(problem: ProblemOutput, connection: number | null): void {
    const { code, battery, detail } = problem;
    this.#count(code);
    const { sentence } = PROBLEMS[code];
    const where = connection === null ? '' : `connection ${connection}: `;
    const text = `${where}${sentence}${detail === '' ? '' : ` (${detail})`}`;
    this.#log.note({ level: 'warn', code, text, battery: this.#nameOf(battery) });
  }

  #sayLive(record: ReadingRecord): void {
    const named = LIVE_COLUMNS.map((field, index): [string, Value] => [field.name, record.values[index] ?? null]);
    const values = Object.fromEntries(named.filter(([, value]) => value !== null));
    const time = record.time ?? Math.floor(record.receivedMs / 1000);
    this.#log.live({ battery: this.#nameOf(record.battery) ?? '', time, values });
  }

  #sayEvent(record: EventRecord): void {
    // A message of the battery's own may hold its MAC address: only its kind is said. Both are a peer's words.
    const words = record.source === 'server' ? `${record.name}, ${record.text}` : `message ${record.name}`;
    const text = redactText(words.slice(0, LONGEST_WORDS), []);
    this.#log.note({ level: 'info', code: 'event', kind: record.name, text, battery: this.#nameOf(record.battery) });
  }

  /** The battery repeats its whole log at every login, newest first: here each entry is said once, in its order. */
  #sayLog(entries: readonly EventRecord[]): void {
    const fresh = entries.filter(
      (entry) => timeOf(entry) > (this.#saidUntil.get(this.#nameOf(entry.battery) ?? '') ?? 0),
    );
    for (const entry of fresh.sort((a, b) => timeOf(a) - timeOf(b))) {
      const battery = this.#nameOf(entry.battery);
      this.#saidUntil.set(battery ?? '', timeOf(entry));
      this.#log.note({
        level: 'info',
        code: 'event',
        kind: 'log',
        text: logEntry(entry.code ?? 0, entry.text),
        battery,
      });
    }
  }

  #nameOf(serial: Private<string> | null): string | undefined {
    const id = serial === null ? undefined : this.#store.idOf(serial.reveal());
    return id === undefined ? undefined : (this.#config.battery.names[id] ?? id);
  }

  #count(code: string): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
  }
}

/** `log 41: connected to the server (inferred), 21/03/24 20:59:10 41` */
function logEntry(code: number, text: string): string {
  return `log ${code}: ${inferredMeaning(code) ?? 'meaning unknown'}, ${text}`;
}

function timeOf(entry: EventRecord): number {
  return entry.batteryTime ?? 0;
}
