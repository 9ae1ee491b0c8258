import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { bytes, event, POISON, reading, T, temporaryFolder } from '../../test/records.ts';
import type { StoreRecord } from '../model.ts';
import type { Output } from '../session/output.ts';
import { SelfKeepingStore } from '../store/sqlite/self-keeping-store.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { DATABASE_FILE, StoreError, type StoreErrorCode } from '../store/store.ts';
import { type CommitListener, type CommitStore, Committer, type Recipient } from './committer.ts';

/** All that happened, in its order: `commit a b`, `1 < reply`, `1 pauses` … */
let story: string[];

/** A store that fails as it is told, and keeps nothing but the story. */
class FakeStore implements CommitStore {
  /** What the next commits do; undefined is to succeed. */
  readonly plan: (StoreErrorCode | Error | undefined)[] = [];
  /** How long each commit takes. */
  takesMs = 0;
  /** Its files are not where they were. */
  isGone = false;
  /** What the next commits wait for. */
  readonly slow: Promise<void>[] = [];
  /** Written, but where it is not found. */
  #unconfirmed: readonly StoreRecord[] | null = null;

  async verify(): Promise<void> {
    if (this.isGone) throw new StoreError('STORE_GONE', 'as told');
  }

  async commit(records: readonly StoreRecord[]): Promise<void> {
    if (records !== this.#unconfirmed) await this.#write(records);
    this.#unconfirmed = records;
    await this.verify();
    this.#unconfirmed = null;
  }

  async #write(records: readonly StoreRecord[]): Promise<void> {
    now += this.takesMs;
    const named = records.map(nameOf).join(' ');
    const planned = this.plan.shift();
    const poisoned = records.some((record) => nameOf(record) === 'poison');
    const failure = planned ?? (poisoned ? 'STORE_REFUSED' : undefined);
    story.push(failure === undefined ? `commit ${named}` : `fail ${named}`);
    await this.slow.shift();
    if (failure instanceof Error) throw failure;
    if (failure !== undefined) throw new StoreError(failure, 'as told');
  }
}

const nameOf = (record: StoreRecord) => (record.type === 'event' ? record.text : record.type);

class FakeRecipient implements Recipient {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  send = (frame: Uint8Array) => void story.push(`${this.name} < ${Buffer.from(frame)}`);
  sendOrder = (frame: Uint8Array) => void story.push(`${this.name} << ${Buffer.from(frame)}`);
  forward = ({ frame }: { readonly frame: Uint8Array }) => void story.push(`${this.name} ^ ${Buffer.from(frame)}`);
  hangUp = () => void story.push(`${this.name} hung up`);
  pause = () => void story.push(`${this.name} paused`);
  resume = () => void story.push(`${this.name} resumed`);
}

const listener: CommitListener = {
  committed: (records) => void story.push(`told ${records.map(nameOf).join(' ')}`),
  failing: (error) => void story.push(`failing ${error.code}`),
  recovered: (seconds) => void story.push(`recovered after ${seconds} s`),
  refused: (error) => void story.push(`refused ${error.code} ${error.message}`),
};

/** Something to keep, and its answer behind it. */
const said = (text: string): Output[] => [
  { type: 'record', record: event({ text }) },
  { type: 'reply', frame: Buffer.from(`ok ${text};`) },
];

let store: FakeStore;
let committer: Committer;
let now: number;
const [one, two, three] = ['1', '2', '3'].map((name) => new FakeRecipient(name)) as [
  FakeRecipient,
  FakeRecipient,
  FakeRecipient,
];

/** The rest of the story since the last look. */
function happened(): string[] {
  return story.splice(0);
}

beforeEach(() => {
  vi.useFakeTimers();
  story = [];
  now = 0;
  store = new FakeStore();
  committer = new Committer(store, listener, () => now);
});

afterEach(() => {
  vi.useRealTimers();
});

/** Time passes, and with it what was to be done. */
async function after(ms: number): Promise<string[]> {
  now += ms;
  await vi.advanceTimersByTimeAsync(ms);
  return happened();
}

/** The turn of the event loop ends. */
const endOfTurn = () => after(0);

/** With these timers what begins in a turn is a millisecond later. */
async function someTurns(): Promise<string[]> {
  const all: string[] = [];
  for (let turn = 0; turn < 10; turn++) all.push(...(await after(1)));
  return all;
}

describe('what is for the vendor', () => {
  it('leaves once it is on disk, and behind all that the battery is owed', async () => {
    const outputs: Output[] = [
      { type: 'upstream', frame: Buffer.from('b'), isLogin: false, battery: null },
      { type: 'order', frame: Buffer.from('order') },
      ...said('b'),
    ];
    store.plan.push('STORE_FULL');
    committer.submit(one, outputs);
    expect(await endOfTurn()).toEqual(['fail b', 'failing STORE_FULL', '1 paused']);
    expect(await after(250)).toEqual([
      'commit b',
      '1 < ok b;',
      '1 << order',
      '1 ^ b',
      'told b',
      expect.any(String),
      '1 resumed',
    ]);
  });
});

describe('a database whose files are gone', () => {
  it('is noticed with the commit, nothing is answered, and each record is written once when they come back', async () => {
    committer.submit(one, said('a'));
    await endOfTurn();
    happened();
    store.isGone = true;
    committer.submit(one, said('b'));
    committer.submit(two, said('c'));
    expect(await endOfTurn()).toEqual(['commit b c', 'failing STORE_GONE', '1 paused', '2 paused']);
    committer.submit(three, said('d'));
    expect(await after(250)).toEqual(['3 paused']);
    expect(committer.failing).toBe(true);
    expect(await after(500)).toEqual([]);
    store.isGone = false;
    expect(await after(1000)).toEqual([
      '1 < ok b;',
      '2 < ok c;',
      'told b c',
      'commit d',
      '3 < ok d;',
      'told d',
      'recovered after 1.75 s',
      '1 resumed',
      '2 resumed',
      '3 resumed',
    ]);
  });

  it('is noticed within a second while nobody speaks, and so is that it is back', async () => {
    committer.start();
    expect(await after(5000)).toEqual([]);
    store.isGone = true;
    expect(await after(1000)).toEqual(['failing STORE_GONE']);
    expect(await after(60_000)).toEqual([]);
    committer.submit(one, said('a'));
    expect(happened()).toEqual(['1 paused']);
    store.isGone = false;
    expect(await after(5000)).toEqual(['commit a', '1 < ok a;', 'told a', 'recovered after 65 s', '1 resumed']);
    expect(await after(5000)).toEqual([]);
    await committer.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is back also where nobody has spoken', async () => {
    committer.start();
    store.isGone = true;
    await after(1000);
    store.isGone = false;
    expect(await after(250)).toEqual(['recovered after 0.25 s']);
    await committer.stop();
  });

  it('is said although it was full before, and the other way round', async () => {
    store.plan.push('STORE_FULL', 'STORE_FULL', undefined, 'STORE_FULL');
    committer.submit(one, said('a'));
    expect(await endOfTurn()).toEqual(['fail a', 'failing STORE_FULL', '1 paused']);
    expect(await after(250)).toEqual(['fail a']);
    store.isGone = true;
    expect(await after(500)).toEqual(['commit a', 'failing STORE_GONE']);
    committer.submit(two, said('b'));
    store.isGone = false;
    expect(await after(1000)).toEqual(['2 paused', '1 < ok a;', 'told a', 'fail b', 'failing STORE_FULL']);
    await committer.stop();
  });

  it('answers nobody at the end', async () => {
    store.isGone = true;
    committer.submit(one, said('a'));
    await committer.stop();
    expect(happened()).toEqual(['commit a', 'failing STORE_GONE', '1 paused']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a commit', () => {
  it('is one for all that came in one turn, and each is answered only after it', async () => {
    committer.submit(one, said('a'));
    committer.submit(two, said('b'));
    committer.submit(one, said('c'));
    expect(happened()).toEqual([]);
    expect(await endOfTurn()).toEqual(['commit a b c', '1 < ok a;', '2 < ok b;', '1 < ok c;', 'told a b c']);
    committer.submit(two, said('d'));
    expect(await endOfTurn()).toEqual(['commit d', '2 < ok d;', 'told d']);
  });

  it('is made at once of what no connection has sent, with all that came before; while it fails it waits', async () => {
    committer.submit(one, said('a'));
    committer.keep([event({ text: 'b' })]);
    expect(happened()).toEqual(['commit a b']);
    await committer.flush();
    expect(happened()).toEqual(['1 < ok a;', 'told a b']);
    store.plan.push('STORE_FULL');
    committer.keep([event({ text: 'c' })]);
    await committer.flush();
    expect(happened()).toEqual(['fail c', 'failing STORE_FULL']);
    expect(await after(250)).toEqual(['commit c', 'told c', 'recovered after 0.25 s']);
  });

  it('is followed by all answers to one delivery in one write, in their order', async () => {
    committer.submit(one, [...said('a'), ...said('b'), ...said('c')]);
    expect(await endOfTurn()).toEqual(['commit a b c', '1 < ok a;ok b;ok c;', 'told a b c']);
  });

  it('is followed by all answers in one write, and by each order apart from them', async () => {
    const order = (text: string): Output => ({ type: 'order', frame: Buffer.from(text) });
    committer.submit(one, [...said('a'), order('resume'), ...said('b'), order('set')]);
    committer.submit(two, [order('resume'), { type: 'close', code: 'FRAME_TLS' }]);
    expect(await endOfTurn()).toEqual([
      'commit a b',
      '1 < ok a;ok b;',
      '1 << resume',
      '1 << set',
      '2 << resume',
      '2 hung up',
      'told a b',
    ]);
  });

  it('is told with how long writing took', async () => {
    const took: number[] = [];
    const timed = { ...listener, committed: (_records: unknown, tookMs: number) => void took.push(tookMs) };
    committer = new Committer(store, timed, () => now);
    store.takesMs = 7;
    committer.submit(one, said('a'));
    await endOfTurn();
    expect(took).toEqual([7]);
  });

  it('is not made where nothing is to be kept', async () => {
    committer.submit(one, [{ type: 'reply', frame: Buffer.from('pong') }]);
    expect(await endOfTurn()).toEqual(['1 < pong']);
  });

  it('is not made where nothing was done', async () => {
    committer.submit(one, []);
    await committer.flush();
    expect(await endOfTurn()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may be asked for before the turn ends, and is made once', async () => {
    committer.submit(one, said('a'));
    await committer.flush();
    expect(happened()).toEqual(['commit a', '1 < ok a;', 'told a']);
    expect(await endOfTurn()).toEqual([]);
  });

  it('comes before hanging up, whether we or the peer said the last word', async () => {
    committer.submit(one, [...said('a'), { type: 'close', code: 'FRAME_TLS' }]);
    committer.submit(two, said('b'), true);
    committer.submit(three, [], true);
    expect(await endOfTurn()).toEqual([
      'commit a b',
      '1 < ok a;',
      '1 hung up',
      '2 < ok b;',
      '2 hung up',
      '3 hung up',
      'told a b',
    ]);
  });

  it('takes no notice of problems, which have been told already', async () => {
    committer.submit(one, [{ type: 'problem', code: 'FRAME_TLS', battery: null, detail: '' }]);
    expect(await endOfTurn()).toEqual([]);
  });
});

describe('a store that takes its time', () => {
  /** The next commit waits until it is told to go on. */
  function held(): () => void {
    let goOn = () => {};
    store.slow.push(
      new Promise((resolve) => {
        goOn = resolve;
      }),
    );
    return goOn;
  }

  it('has one batch in flight and one gathering, and answers each behind its own', async () => {
    const first = held();
    committer.submit(one, said('a'));
    expect(await endOfTurn()).toEqual(['commit a']);
    committer.submit(two, said('b'));
    committer.submit(one, said('c'));
    expect(await after(1000)).toEqual([]);
    first();
    expect(await endOfTurn()).toEqual(['1 < ok a;', 'told a', 'commit b c', '2 < ok b;', '1 < ok c;', 'told b c']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is handed the same records again, the very same, before what was gathered meanwhile', async () => {
    const seen: (readonly StoreRecord[])[] = [];
    const commit = store.commit.bind(store);
    store.commit = (records) => {
      seen.push(records);
      return commit(records);
    };
    const first = held();
    store.plan.push('STORE_IO');
    committer.submit(one, said('a'));
    await endOfTurn();
    committer.submit(two, said('b'));
    first();
    expect(await endOfTurn()).toEqual(['failing STORE_IO', '1 paused', '2 paused']);
    expect(await after(250)).toContain('told b');
    expect(seen.map((records) => records.map(nameOf))).toEqual([['a'], ['a'], ['b']]);
    expect(seen[1]).toBe(seen[0]);
  });

  it('is not asked whether it is there while it writes', async () => {
    committer.start();
    const first = held();
    committer.submit(one, said('a'));
    await endOfTurn();
    store.isGone = true;
    expect(await after(3000)).toEqual([]);
    first();
    expect(await endOfTurn()).toEqual(['failing STORE_GONE', '1 paused']);
    await committer.stop();
  });

  it('writes what very many have sent in several batches, one a turn', async () => {
    const first = held();
    committer.submit(one, said('a'));
    await endOfTurn();
    for (let n = 0; n < 1500; n++) committer.submit(one, [{ type: 'reply', frame: Buffer.from('x') }]);
    first();
    committer.submit(two, said('b'));
    const all = await someTurns();
    expect(all.filter((what) => what === '1 < x')).toHaveLength(1500);
    // The first thousand want an answer alone; with the others goes what is to be written.
    expect([all.indexOf('commit b'), ...all.slice(-2)]).toEqual([2 + 1000, '2 < ok b;', 'told b']);
  });

  it('writes fewer together of what is dearer than a reading', async () => {
    const first = held();
    committer.submit(one, said('a'));
    await endOfTurn();
    for (let n = 0; n < 400; n++) committer.submit(one, said(`b${n}`));
    first();
    const commits = (await someTurns()).filter((what) => what.startsWith('commit ')).map((what) => what.split(' '));
    expect(commits.map(({ length }) => length - 1)).toEqual([167, 167, 66]);
    expect(commits.flatMap(([, ...names]) => names)).toEqual(Array.from({ length: 400 }, (_, n) => `b${n}`));
  });

  it('has what was gathered wait while connections are taken in, for some turns', async () => {
    committer.arriving();
    committer.submit(one, said('a'));
    expect(await endOfTurn()).toEqual([]);
    expect(await someTurns()).toEqual(['commit a', '1 < ok a;', 'told a']);
    // Also where there is no end of them.
    committer.submit(one, said('b'));
    const all: string[] = [];
    for (let turn = 0; turn < 60; turn++) {
      committer.arriving();
      all.push(...(await after(1)));
    }
    expect(all).toEqual(['commit b', '1 < ok b;', 'told b']);
  });

  it('has connections read no more that send more than is gathered at once, until it goes on', async () => {
    const first = held();
    committer.submit(one, said('a'));
    await endOfTurn();
    for (let n = 0; n < 2000; n++) committer.submit(one, [{ type: 'reply', frame: Buffer.from('x') }]);
    expect(happened()).toEqual([]);
    committer.submit(two, said('b'));
    expect(happened()).toEqual(['2 paused']);
    first();
    const rest = await someTurns();
    expect(rest.slice(0, 3)).toEqual(['1 < ok a;', 'told a', '2 resumed']);
    expect(rest.slice(-2)).toEqual(['2 < ok b;', 'told b']);
  });
});

describe('a store that cannot write for a while', () => {
  it.each<StoreErrorCode>(['STORE_BUSY', 'STORE_FULL', 'STORE_IO'])(
    'has nobody answered or read from, and all in order once it can: %s',
    async (code) => {
      store.plan.push(code, code);
      committer.submit(one, said('a'));
      committer.submit(two, said('b'));
      expect(await endOfTurn()).toEqual(['fail a b', `failing ${code}`, '1 paused', '2 paused']);
      expect(committer.failing).toBe(true);
      committer.submit(three, said('c'));
      committer.submit(one, said('d'));
      expect(await endOfTurn()).toEqual(['3 paused']);
      expect(await after(249)).toEqual([]);
      expect(await after(1)).toEqual(['fail a b']);
      expect(await after(499)).toEqual([]);
      expect(await after(1)).toEqual([
        'commit a b',
        '1 < ok a;',
        '2 < ok b;',
        'told a b',
        'commit c d',
        '3 < ok c;',
        '1 < ok d;',
        'told c d',
        'recovered after 0.75 s',
        '1 resumed',
        '2 resumed',
        '3 resumed',
      ]);
      expect(committer.failing).toBe(false);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('is tried again less and less often, but every five seconds at least', async () => {
    store.plan.push(...Array.from({ length: 8 }, () => 'STORE_FULL' as const));
    committer.submit(one, said('a'));
    await endOfTurn();
    for (const wait of [250, 500, 1000, 2000, 4000, 5000, 5000]) {
      expect(await after(wait - 1)).toEqual([]);
      expect(await after(1)).toEqual(['fail a']);
    }
    expect(await after(5000)).toEqual(['commit a', '1 < ok a;', 'told a', 'recovered after 22.75 s', '1 resumed']);
  });

  it('is told of once per trouble, and begins with a short wait the next time', async () => {
    store.plan.push('STORE_FULL', 'STORE_FULL', undefined, 'STORE_BUSY');
    committer.submit(one, said('a'));
    await endOfTurn();
    await after(250);
    await after(500);
    committer.submit(one, said('b'));
    expect(await endOfTurn()).toEqual(['fail b', 'failing STORE_BUSY', '1 paused']);
    expect(await after(250)).toEqual(['commit b', '1 < ok b;', 'told b', 'recovered after 0.25 s', '1 resumed']);
  });

  it('keeps also those waiting who only want an answer', async () => {
    store.plan.push('STORE_BUSY');
    committer.submit(one, said('a'));
    await endOfTurn();
    committer.submit(two, [{ type: 'reply', frame: Buffer.from('pong') }]);
    expect(await endOfTurn()).toEqual(['2 paused']);
    expect(await after(250)).toContain('2 < pong');
  });

  it('has no second attempt scheduled beside the first when asked to write at once', async () => {
    store.plan.push('STORE_BUSY', 'STORE_BUSY');
    committer.submit(one, said('a'));
    await endOfTurn();
    await committer.flush();
    expect(happened()).toEqual(['fail a']);
    expect(vi.getTimerCount()).toBe(1);
    expect((await after(10_000)).filter((what) => what === 'commit a')).toHaveLength(1);
  });
});

describe('something that can never be written', () => {
  const poison: Output[] = [
    { type: 'record', record: event({ text: 'poison' }) },
    { type: 'reply', frame: Buffer.from('never') },
  ];

  it('costs only the connection that sent it', async () => {
    committer.submit(one, said('a'));
    committer.submit(two, poison);
    committer.submit(three, said('c'));
    expect(await endOfTurn()).toEqual([
      'fail a poison c',
      'commit a',
      '1 < ok a;',
      'told a',
      'fail poison',
      'refused STORE_REFUSED as told',
      '2 hung up',
      'commit c',
      '3 < ok c;',
      'told c',
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is taken for a refusal where the store throws what is no error of its own', async () => {
    store.plan.push(new TypeError('no such column'));
    committer.submit(one, said('a'));
    expect(await endOfTurn()).toEqual(['fail a', 'refused STORE_REFUSED TypeError: no such column', '1 hung up']);
  });

  it('of a damaged database says that nothing is stored, until something is', async () => {
    expect(committer.storing).toBe(true);
    store.plan.push('STORE_CORRUPT');
    committer.submit(one, said('a'));
    expect(await endOfTurn()).toEqual(['fail a', 'refused STORE_CORRUPT as told', '1 hung up']);
    expect({ failing: committer.failing, storing: committer.storing }).toEqual({ failing: false, storing: false });
    committer.submit(two, said('b'));
    await endOfTurn();
    expect(committer.storing).toBe(true);
  });

  it('does not keep the others waiting that waited with it for a store that was busy', async () => {
    store.plan.push('STORE_BUSY');
    committer.submit(one, poison);
    committer.submit(two, said('b'));
    expect(await endOfTurn()).toEqual(['fail poison b', 'failing STORE_BUSY', '1 paused', '2 paused']);
    expect(await after(250)).toEqual([
      'fail poison b',
      'fail poison',
      'refused STORE_REFUSED as told',
      '1 hung up',
      'commit b',
      '2 < ok b;',
      'told b',
      'recovered after 0.25 s',
      '1 resumed',
      '2 resumed',
    ]);
    expect(committer.failing).toBe(false);
    committer.submit(two, said('c'));
    expect(await endOfTurn()).toEqual(['commit c', '2 < ok c;', 'told c']);
  });

  it('alone after a busy store, ends the trouble too', async () => {
    store.plan.push('STORE_BUSY');
    committer.submit(one, poison);
    await endOfTurn();
    expect(await after(250)).toContain('recovered after 0.25 s');
    expect(committer.failing).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves the rest in order, unanswered and unread, where the store is busy meanwhile', async () => {
    store.plan.push(undefined, undefined, 'STORE_BUSY');
    committer.submit(one, poison);
    committer.submit(two, said('b'));
    committer.submit(three, said('c'));
    store.plan.splice(0, 3, undefined, undefined, 'STORE_BUSY');
    expect(await endOfTurn()).toEqual([
      'fail poison b c',
      'fail poison',
      'refused STORE_REFUSED as told',
      '1 hung up',
      'fail b',
      'failing STORE_BUSY',
      '2 paused',
      '3 paused',
    ]);
    expect(vi.getTimerCount()).toBe(1);
    expect(await after(250)).toEqual([
      'commit b',
      '2 < ok b;',
      'told b',
      'commit c',
      '3 < ok c;',
      'told c',
      'recovered after 0.25 s',
      '2 resumed',
      '3 resumed',
    ]);
  });

  it('is found again after the store was busy in the midst of it', async () => {
    store.plan.push(undefined, 'STORE_BUSY');
    committer.submit(one, said('a'));
    committer.submit(two, poison);
    expect(await endOfTurn()).toEqual(['fail a poison', 'fail a', 'failing STORE_BUSY', '1 paused', '2 paused']);
    expect(await after(250)).toEqual([
      'commit a',
      '1 < ok a;',
      'told a',
      'fail poison',
      'refused STORE_REFUSED as told',
      '2 hung up',
      'recovered after 0.25 s',
      '1 resumed',
      '2 resumed',
    ]);
  });
});

describe('stopping', () => {
  it('writes and answers what was submitted', async () => {
    committer.submit(one, said('a'));
    await committer.stop();
    expect(happened()).toEqual(['commit a', '1 < ok a;', 'told a']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tries once more where the store fails, and leaves nothing behind', async () => {
    store.plan.push('STORE_FULL', 'STORE_FULL', 'STORE_FULL');
    committer.submit(one, said('a'));
    await endOfTurn();
    await committer.flush();
    await committer.stop();
    expect(happened()).toEqual(['fail a', 'fail a']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does nothing where nothing was ever done', async () => {
    await committer.stop();
    expect(happened()).toEqual([]);
  });
});

describe('with the real store', () => {
  function opened() {
    vi.useRealTimers();
    const folder = temporaryFolder();
    const real = new SelfKeepingStore(SqliteStore.open({ folder, timeZone: 'UTC' }));
    const behind = new DatabaseSync(join(folder, DATABASE_FILE));
    onTestFinished(() => {
      behind.close();
      return real.stop();
    });
    return { real, behind };
  }

  it('waits while another program holds the database locked, and then loses nothing', async () => {
    const { real, behind } = opened();
    const waiting = new Committer(real, listener, () => performance.now());
    behind.exec('BEGIN IMMEDIATE');
    waiting.submit(one, said('a'));
    await turn();
    expect(happened()).toEqual(['failing STORE_BUSY', '1 paused']);
    waiting.submit(two, [{ type: 'record', record: reading('live', T) }]);
    behind.exec('ROLLBACK');
    await vi.waitFor(() => expect(story).toContain('2 resumed'), { timeout: 5000 });
    expect(happened().slice(0, 3)).toEqual(['2 paused', '1 < ok a;', 'told a']);
    expect(behind.prepare('SELECT text FROM event').all()).toEqual([expect.objectContaining({ text: 'a' })]);
    expect(real.waitingRows).toBe(1);
    await waiting.stop();
  });

  it('refuses what SQLite cannot take, from one connection only', async () => {
    const { real, behind } = opened();
    const waiting = new Committer(real, listener, () => performance.now());
    waiting.submit(one, [{ type: 'record', record: POISON }]);
    waiting.submit(two, [
      { type: 'record', record: bytes() },
      { type: 'reply', frame: Buffer.from('ok') },
    ]);
    await turn();
    expect(happened()).toEqual([expect.stringMatching(/^refused STORE_REFUSED /), '1 hung up', '2 < ok', 'told bytes']);
    expect(behind.prepare('SELECT count(*) AS n FROM frame').get()).toMatchObject({ n: 1 });
    await waiting.stop();
  });
});
