/**
 * Asks the store without anybody waiting for it but the one who asked: a worker thread reads. It is started at the first
 * question and ended after a while without one, so that a server nobody looks at stays small.
 */
import { Worker } from 'node:worker_threads';
import type { WebProblemCode } from '../../problems/web.ts';
import { WebError } from '../problem.ts';
import type { Question, Questions } from './queries.ts';
import type { QueryReply, WorkerSetting } from './worker.ts';

// In a checkout the sources run as they stand; what tsc made has another ending.
const SCRIPT = new URL(import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.js', import.meta.url);

/** JSON that is written already. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export interface PoolOptions {
  readonly setting: WorkerSetting;
  /** How long a question may take, from its turn on, ms. */
  readonly timeoutMs?: number;
  /** How long the thread is kept without a question, ms. */
  readonly idleMs?: number;
  /** How many questions wait at most. */
  readonly maxWaiting?: number;
  /** Told of what is no fault of the one who asked. Must not throw. */
  readonly failed: (detail: string) => void;
  /** Told that the database is damaged. Must not throw. */
  readonly damaged?: (detail: string) => void;
  /** For tests. */
  readonly script?: URL;
}

interface WaitingQuestion {
  readonly number: number;
  readonly question: Question;
  readonly asked: unknown;
  resolve(answer: JsonText): void;
  reject(error: WebError): void;
}

const TIMEOUT_MS = 10_000;
const IDLE_MS = 120_000;
const MAX_WAITING = 32;
/** Of the thread's own memory; an answer has at most some megabytes. */
const MEMORY_MB = 192;
const YOUNG_MB = 16;

export class QueryPool {
  readonly #options: PoolOptions;
  #worker: Worker | null = null;
  #queue: WaitingQuestion[] = [];
  #current: WaitingQuestion | null = null;
  #timer: NodeJS.Timeout | null = null;
  #number = 0;
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Whether the thread runs. */
  get awake(): boolean {
    return this.#worker !== null;
  }

  /** @throws WebError as {@link askJson} does */
  async ask<Q extends Question>(question: Q, asked: Questions[Q][0]): Promise<Questions[Q][1]> {
    return JSON.parse((await this.askJson(question, asked)).text);
  }

  /**
   * The answer as it is sent on, which costs the main thread nothing.
   * @throws WebError SERVER_BUSY, QUERY_TOO_LONG, QUERY_FAILED, or what the question itself is wrong in
   */
  askJson<Q extends Question>(question: Q, asked: Questions[Q][0]): Promise<JsonText> {
    if (this.#stopped || this.#queue.length >= (this.#options.maxWaiting ?? MAX_WAITING)) {
      return Promise.reject(new WebError('SERVER_BUSY', '', { 'retry-after': '2' }));
    }
    return new Promise((resolve, reject) => {
      const number = ++this.#number;
      this.#queue.push({ number, question, asked, resolve, reject });
      this.#next();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const left = [...(this.#current === null ? [] : [this.#current]), ...this.#queue.splice(0)];
    for (const waiting of left) waiting.reject(new WebError('SERVER_BUSY'));
    await this.#end();
  }

  #next(): void {
    if (this.#current !== null) return;
    const next = this.#queue.shift() ?? null;
    this.#setTimer(next);
    if (next === null) return;
    this.#current = next;
    const { number, question, asked } = next;
    try {
      this.#worker ??= this.#start();
    } catch (error) {
      // No thread can be had now, such as for want of file descriptors.
      this.#options.failed(String(error));
      this.#fail('QUERY_FAILED', '');
      return;
    }
    this.#worker.postMessage({ number, question, asked });
  }

  /** One timer: for the question under way, or for the thread that has none. */
  #setTimer(next: WaitingQuestion | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const { timeoutMs = TIMEOUT_MS, idleMs = IDLE_MS } = this.#options;
    const overdue = () => this.#fail('QUERY_TOO_LONG', '');
    this.#timer = next === null ? setTimeout(() => void this.#end(), idleMs) : setTimeout(overdue, timeoutMs);
    this.#timer.unref();
  }

  #start(): Worker {
    const { setting, script = SCRIPT } = this.#options;
    const worker = new Worker(script, {
      workerData: setting,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    worker.unref();
    const lost = (detail: string) => {
      if (this.#worker !== worker) return;
      this.#options.failed(detail);
      this.#fail('QUERY_FAILED', '');
    };
    worker.on('message', (told: QueryReply) => this.#told(told));
    worker.on('error', (error) => lost(String(error)));
    worker.on('exit', (code) => lost(`the reading thread ended with code ${code}`));
    return worker;
  }

  #told(told: QueryReply): void {
    const current = this.#current;
    if (current?.number !== told.number) return;
    this.#current = null;
    if ('json' in told) current.resolve(new JsonText(told.json));
    else {
      // What the store says is for the log: it may name files.
      const ours = told.code === 'QUERY_FAILED';
      if (ours) this.#sayFailed(told);
      current.reject(new WebError(told.code as WebProblemCode, ours ? '' : told.detail));
    }
    this.#next();
  }

  #sayFailed({ detail, damaged }: { detail: string; damaged?: true }): void {
    const say = damaged === true ? this.#options.damaged : undefined;
    (say ?? this.#options.failed)(detail);
  }

  /** The question under way has no answer, and its thread is not to be trusted. */
  #fail(code: WebProblemCode, detail: string): void {
    const current = this.#current;
    this.#current = null;
    void this.#end();
    current?.reject(new WebError(code, detail));
    this.#next();
  }

  async #end(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const worker = this.#worker;
    this.#worker = null;
    this.#current = null;
    await worker?.terminate();
  }
}
