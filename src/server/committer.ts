/**
 * Between the sessions and the store: gathers what all connections produced in one turn of the event loop, or while the store
 * writes, into one commit, and lets replies go only after it (promise 2). While the store cannot take anything, nothing is
 * answered and nobody is read from; it is tried again until it passes (decision 0025).
 */
import type { StoreRecord } from '../model.ts';
import type { Output, UpstreamOutput } from '../session/output.ts';
import { type Store, StoreError } from '../store/store.ts';

/** The store, as far as the committer writes to it. */
export type CommitStore = Pick<Store, 'commit' | 'verify'>;

/** A connection, as the committer sees it. */
export interface Recipient {
  /** Send these bytes: replies, whole. */
  send(bytes: Uint8Array): void;
  /** Send this order a moment after the replies, in a write of its own. */
  sendOrder(order: Uint8Array): void;
  /** Hand this to the vendor. */
  forward(output: UpstreamOutput): void;
  /** Say no more once all is sent. */
  hangUp(): void;
  /** Read no more from the peer until {@link resume}. */
  pause(): void;
  resume(): void;
}

/** What became of a commit, for those who tell the owner. They must not throw. */
export interface CommitListener {
  /**
   * On disk; in the order in which it came.
   * @param tookMs how long writing took
   */
  committed(records: readonly StoreRecord[], tookMs: number): void;
  /** Could not be written; will be tried again. Called once per trouble, and when it becomes another. */
  failing(error: StoreError): void;
  /** Writing works again after `seconds` of failing. */
  recovered(seconds: number): void;
  /** What one connection sent can never be written; it was not acknowledged, and the connection is closed. */
  refused(error: StoreError): void;
}

/** Who awaits no answer. */
const NOBODY: Recipient = {
  send: () => {},
  sendOrder: () => {},
  forward: () => {},
  hangUp: () => {},
  pause: () => {},
  resume: () => {},
};

interface PendingReplies {
  readonly recipient: Recipient;
  readonly outputs: readonly Output[];
  /** The peer has said its last: hang up once it has its answers. */
  readonly last: boolean;
}

/** What is written together. */
interface Batch {
  readonly deliveries: readonly PendingReplies[];
  /** The same array each time it is tried: see {@link Store.commit}. */
  readonly records: readonly StoreRecord[];
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;
const LOOK_MS = 1000;
/** Deliveries that may be gathered while a batch is in flight; connections that send more are read again after it. */
const MOST_GATHERED = 2000;
/**
 * What one batch costs at most, in readings: where a fleet is gone at once, others are heard between. An event or a clock is a row
 * with indexes and quotas of its own, and costs as much as so many readings.
 */
const MOST_COST = 1000;
const OTHERS_COST = 5;
/** Some milliseconds: a fraction of what a slow card takes to write. */
const MOST_TURNS = 30;

export class Committer {
  readonly #store: CommitStore;
  readonly #listener: CommitListener;
  readonly #monoMs: () => number;
  #gathering: PendingReplies[] = [];
  /** What is in flight or to be tried again, the first; behind it what was refused together with it. */
  readonly #batches: Batch[] = [];
  #writing: Promise<void> | null = null;
  /** How many deliveries went into the batch in flight. */
  #taken = 0;
  #turn: NodeJS.Immediate | null = null;
  /** Whether a connection was taken in since the turn began; for how many turns what is to be written has waited for that. */
  #isArriving = false;
  #turnsWaited = 0;
  #retry: NodeJS.Timeout | null = null;
  #retryMs = FIRST_RETRY_MS;
  #failingSinceMs: number | null = null;
  /** The code that was said last of what is failing. */
  #trouble: string | null = null;
  #watch: NodeJS.Timeout | null = null;
  readonly #paused = new Set<Recipient>();
  #damaged = false;
  #isStopped = false;

  constructor(store: CommitStore, listener: CommitListener, monoMs: () => number) {
    this.#store = store;
    this.#listener = listener;
    this.#monoMs = monoMs;
  }

  /** Whether the last attempt to write failed, so that batteries wait. */
  get failing(): boolean {
    return this.#failingSinceMs !== null;
  }

  /** Looks, also while nobody speaks, whether what is kept is still there. */
  start(): void {
    this.#watch = setInterval(() => void this.look(), LOOK_MS);
  }

  async look(): Promise<void> {
    if (this.failing || this.#writing !== null) return;
    const error = await attempt(() => this.#store.verify());
    // What began to be written meanwhile finds the same.
    if (error !== null && this.#writing === null) this.#wait(error);
  }

  /** Whether what batteries send can be kept, as far as the last attempt shows. */
  get storing(): boolean {
    return !this.failing && !this.#damaged;
  }

  /** Takes what one connection wants done; does it at the end of this turn of the event loop, or after the batch in flight. */
  submit(recipient: Recipient, outputs: readonly Output[], last = false): void {
    if ((outputs.length === 0 && !last) || this.#isStopped) return;
    this.#gathering.push({ recipient, outputs, last });
    if (this.failing || this.#gathering.length > MOST_GATHERED) this.#pause(recipient);
    if (!this.failing && this.#writing === null) this.#schedule();
  }

  /**
   * A connection was taken in. The system hands out one a turn: where each turn waited for the disk, a fleet that comes back
   * would wait for minutes. So what is to be written waits while more come, for some turns.
   */
  arriving(): void {
    this.#isArriving = true;
  }

  #schedule(): void {
    this.#turn ??= setImmediate(() => this.#turnEnded());
  }

  #turnEnded(): void {
    this.#turn = null;
    const waits = this.#isArriving && this.#turnsWaited < MOST_TURNS;
    this.#isArriving = false;
    this.#turnsWaited = waits ? this.#turnsWaited + 1 : 0;
    if (waits) this.#schedule();
    else void this.flush();
  }

  /** Writes what no connection has sent, with all that was submitted. */
  keep(records: readonly StoreRecord[]): void {
    const outputs = records.map((record) => ({ type: 'record' as const, record }));
    this.submit(NOBODY, outputs);
    void this.flush();
  }

  /** Writes and answers all that was submitted. @returns when that is done, or has failed */
  async flush(): Promise<void> {
    this.#unschedule();
    if (this.#writing === null && !this.#isAnything) return;
    this.#writing ??= this.#write();
    await this.#writing;
  }

  /** Stops trying. What could not be written was not acknowledged either. */
  async stop(): Promise<void> {
    if (this.#watch !== null) clearInterval(this.#watch);
    await this.flush();
    this.#isStopped = true;
    this.#unschedule();
  }

  get #isAnything(): boolean {
    return this.failing || this.#batches.length > 0 || this.#gathering.length > 0;
  }

  /** One attempt at a time: what is asked for now replaces what was scheduled. */
  #unschedule(): void {
    if (this.#turn !== null) clearImmediate(this.#turn);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#turn = null;
    this.#retry = null;
  }

  /** One batch after the other, until nothing is left or the store fails. */
  async #write(): Promise<void> {
    let isWritten = true;
    do {
      const gathered = this.#gathering.length;
      isWritten = await this.#writeNext();
      // Some of what was there before the batch is left.
      if (this.#taken > 0 && this.#taken < gathered) await nextTurn();
    } while (isWritten && (this.#batches.length > 0 || this.#gathering.length > 0));
    if (isWritten) this.#recovered();
    this.#writing = null;
  }

  /** @returns whether the next may be tried */
  async #writeNext(): Promise<boolean> {
    this.#taken = this.#batches.length === 0 ? countOfBatch(this.#gathering) : 0;
    if (this.#batches.length === 0) this.#batches.push(batchOf(this.#gathering.splice(0, this.#taken)));
    const [batch] = this.#batches as [Batch];
    const startedMs = this.#monoMs();
    const { records } = batch;
    const error = await attempt(() => (records.length > 0 ? this.#store.commit(records) : this.#store.verify()));
    if (error?.passing) {
      this.#wait(error);
      return false;
    }
    this.#batches.shift();
    if (error === null) this.#answer(batch, this.#monoMs() - startedMs);
    else this.#refuse(batch, error);
    return true;
  }

  #answer({ deliveries, records }: Batch, tookMs: number): void {
    if (records.length > 0) this.#damaged = false;
    for (const delivery of deliveries) deliver(delivery);
    if (records.length > 0) this.#listener.committed(records, tookMs);
    if (!this.failing) this.#resumeAll();
  }

  /** Something in there can never be written: only the connection that sent it is to suffer. */
  #refuse({ deliveries }: Batch, error: StoreError): void {
    if (deliveries.length > 1) {
      this.#batches.unshift(...deliveries.map((delivery) => batchOf([delivery])));
      return;
    }
    this.#damaged = error.code === 'STORE_CORRUPT';
    this.#listener.refused(error);
    for (const { recipient } of deliveries) recipient.hangUp();
  }

  #wait(error: StoreError): void {
    if (!this.failing) {
      this.#failingSinceMs = this.#monoMs();
      this.#retryMs = FIRST_RETRY_MS;
      this.#trouble = null;
    }
    if (error.code !== this.#trouble) this.#listener.failing(error);
    this.#trouble = error.code;
    for (const { deliveries } of this.#batches) for (const { recipient } of deliveries) this.#pause(recipient);
    for (const { recipient } of this.#gathering) this.#pause(recipient);
    this.#unschedule();
    this.#retry = setTimeout(() => void this.flush(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  #recovered(): void {
    if (this.#failingSinceMs === null) return;
    const seconds = (this.#monoMs() - this.#failingSinceMs) / 1000;
    this.#failingSinceMs = null;
    this.#listener.recovered(seconds);
    this.#resumeAll();
  }

  #pause(recipient: Recipient): void {
    if (this.#paused.has(recipient)) return;
    this.#paused.add(recipient);
    recipient.pause();
  }

  #resumeAll(): void {
    for (const recipient of this.#paused) recipient.resume();
    this.#paused.clear();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** How many of these deliveries, from the first on, are written together: one at least, if there is one. */
function countOfBatch(deliveries: readonly PendingReplies[]): number {
  let count = 0;
  for (let cost = 0; count < deliveries.length && cost < MOST_COST; count++)
    cost += costOf((deliveries[count] as PendingReplies).outputs);
  return count;
}

function costOf(outputs: readonly Output[]): number {
  let cost = 1;
  for (const output of outputs) if (output.type === 'record' && output.record.type !== 'reading') cost += OTHERS_COST;
  return cost;
}

function batchOf(deliveries: readonly PendingReplies[]): Batch {
  return { deliveries, records: recordsOf(deliveries) };
}

/** What could not be done, as a store says it; null where it was done. */
async function attempt(work: () => Promise<void>): Promise<StoreError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof StoreError ? error : new StoreError('STORE_REFUSED', String(error), error);
  }
}

function recordsOf(deliveries: readonly PendingReplies[]): StoreRecord[] {
  const records: StoreRecord[] = [];
  for (const { outputs } of deliveries) {
    for (const output of outputs) if (output.type === 'record') records.push(output.record);
  }
  return records;
}

/** All replies to one connection in one write (measured: up to seven times faster than one each); orders follow by themselves. */
function deliver({ recipient, outputs, last }: PendingReplies): void {
  let first: Uint8Array | null = null;
  let more: Uint8Array[] | null = null;
  let hasOthers = last;
  for (const output of outputs) {
    if (output.type === 'record') continue;
    if (output.type !== 'reply') hasOthers = true;
    else if (first === null) first = output.frame;
    else {
      more ??= [first];
      more.push(output.frame);
    }
  }
  if (first !== null) recipient.send(more === null ? first : Buffer.concat(more));
  if (hasOthers) deliverOthers(recipient, outputs, last);
}

/** What follows the replies; of nearly every message there is nothing. */
function deliverOthers(recipient: Recipient, outputs: readonly Output[], last: boolean): void {
  for (const output of outputs) if (output.type === 'order') recipient.sendOrder(output.frame);
  // The house first: the battery has its answers by now.
  for (const output of outputs) if (output.type === 'upstream') recipient.forward(output);
  if (last || outputs.some(({ type }) => type === 'close')) recipient.hangUp();
}
