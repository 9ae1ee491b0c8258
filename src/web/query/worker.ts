/**
 * The thread that reads the store: one question after the other, each in a snapshot of its own.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Calendar } from '../../store/energy/calendar.ts';
import type { ReaderSource, StoreReader } from '../../store/reader.ts';
import { readerSource } from '../../store/reader-source.ts';
import { WebError } from '../problem.ts';
import { answer, type Question, type Questions } from './queries.ts';

/** What the thread is given when it starts. */
export interface WorkerSetting {
  /** The data folder. */
  readonly data: string;
  /** The folder of its backups, which an error names. */
  readonly backups: string;
  /** IANA name. */
  readonly timeZone: string;
}

export interface QueryRequest {
  readonly number: number;
  readonly question: Question;
  readonly asked: unknown;
}

/** To the question of that number: the answer as JSON, so that the main thread need not write it, or what was wrong. */
export type QueryReply =
  | { readonly number: number; readonly json: string }
  | { readonly number: number; readonly code: string; readonly detail: string; readonly damaged?: true };

/** Answers one question. Whatever goes wrong is told, so that the thread lives on. */
export async function tell(
  { number, question, asked }: QueryRequest,
  source: ReaderSource,
  calendar: Calendar,
): Promise<QueryReply> {
  let reader: StoreReader | null = null;
  try {
    reader = await source.openReader();
    const found = await answer(question, asked as Questions[Question][0], reader, calendar);
    return { number, json: JSON.stringify(found) };
  } catch (error) {
    if (error instanceof WebError) return { number, code: error.code, detail: error.message };
    const damage = source.damageOf(error);
    if (damage !== null) return { number, code: 'QUERY_FAILED', detail: damage.message, damaged: true };
    return { number, code: 'QUERY_FAILED', detail: String(error) };
  } finally {
    await reader?.close();
  }
}

/** Begins to answer what comes through a port. */
export function serveQuestions(port: MessagePort, { timeZone, ...place }: WorkerSetting): void {
  const calendar = new Calendar(timeZone);
  const source = readerSource(place);
  port.on('message', async (asked: QueryRequest) => port.postMessage(await tell(asked, source, calendar)));
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

if (parentPort !== null && (workerData as WorkerSetting | null)?.data !== undefined) {
  stepBack();
  serveQuestions(parentPort, workerData);
}
