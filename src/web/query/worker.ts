/**
 * The thread that reads the store: one question after the other, each in a snapshot of its own.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { damageOf, placeOf } from '../../store/backup/way-back.ts';
import { Calendar } from '../../store/energy/calendar.ts';
import { StoreReader } from '../../store/sqlite/reading/reader.ts';
import { WebError } from '../problem.ts';
import { answer, type Question, type Questions } from './queries.ts';

/** What the thread is given when it starts. */
export interface WorkerSetting {
  readonly folder: string;
  /** The folder of its backups, which an error names. */
  readonly backups?: string;
  /** IANA name. */
  readonly timeZone: string;
}

type Where = Omit<WorkerSetting, 'timeZone'>;

export interface Asked {
  readonly number: number;
  readonly question: Question;
  readonly asked: unknown;
}

/** To the question of that number: the answer as JSON, so that the main thread need not write it, or what was wrong. */
export type Told =
  | { readonly number: number; readonly json: string }
  | { readonly number: number; readonly code: string; readonly detail: string; readonly damaged?: true };

/** Answers one question. Whatever goes wrong is told, so that the thread lives on. */
export function tell({ number, question, asked }: Asked, { folder, backups }: Where, calendar: Calendar): Told {
  let reader: StoreReader | null = null;
  try {
    reader = new StoreReader(folder);
    return { number, json: JSON.stringify(answer(question, asked as Questions[Question][0], reader, calendar)) };
  } catch (error) {
    if (error instanceof WebError) return { number, code: error.code, detail: error.message };
    const damage = damageOf(error, placeOf(folder, backups));
    if (damage !== null) return { number, code: 'QUERY_FAILED', detail: damage.message, damaged: true };
    return { number, code: 'QUERY_FAILED', detail: String(error) };
  } finally {
    reader?.close();
  }
}

/** Begins to answer what comes through a port. */
export function serveQuestions(port: MessagePort, { timeZone, ...where }: WorkerSetting): void {
  const calendar = new Calendar(timeZone);
  port.on('message', (asked: Asked) => port.postMessage(tell(asked, where, calendar)));
}

/** Where the processor is scarce, batteries come first. */
const NICE = 10;

/** This thread alone steps back: Linux gives each its own priority, under a number that a link tells. */
function stepBack(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICE);
  } catch {
    // Elsewhere it works on without.
  }
}

if (parentPort !== null && (workerData as WorkerSetting | null)?.folder !== undefined) {
  stepBack();
  serveQuestions(parentPort, workerData);
}
