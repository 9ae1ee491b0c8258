import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { at, battery, detail, happened, live, NOW } from '../../test/news.ts';
import type { ConfigurationNews, EnergyNews, ReadingNews } from '../now/news.ts';
import type { Settings } from '../now/state.ts';
import type { Sink, SinkNews, SinkStatus } from './sink.ts';
import { Sinks, type SinksOptions } from './sinks.ts';

const STATUS: SinkStatus = { state: 'up', queued: 0, sent: 0, dropped: 0, lastSentMs: null, problem: null };

/** Remembers what it was told. */
class Heard implements Sink {
  readonly name: string;
  readonly wants: Sink['wants'];
  readonly status = STATUS;
  readonly news: SinkNews[] = [];
  failure: Error | null = null;
  started = 0;
  stopped = 0;

  constructor(name: string, wants: Sink['wants'] = ['reading', 'battery', 'event', 'energy', 'settings']) {
    this.name = name;
    this.wants = wants;
  }

  start(): void {
    this.started++;
    if (this.failure !== null) throw this.failure;
  }

  tell(news: SinkNews): void {
    if (this.failure !== null) throw this.failure;
    this.news.push(news);
  }

  async stop(): Promise<void> {
    this.stopped++;
    if (this.failure !== null) throw this.failure;
  }

  take(): SinkNews[] {
    return this.news.splice(0);
  }
}

let kept: Map<string, string>;
let writes: number;
let canKeep: boolean;
let mistakes: string[];

beforeEach(() => {
  kept = new Map();
  writes = 0;
  canKeep = true;
  mistakes = [];
});

const configured: ConfigurationNews = { type: 'configuration', battery: 'b3f1c2' };

function energyOf(total: number, id = 'b3f1c2'): EnergyNews {
  return {
    type: 'energy',
    battery: id,
    timeMs: at(0),
    dayStartMs: at(-43_440),
    today: { load_energy: 0.5 },
    total: { load_energy: total },
  };
}

async function settingsOf(id: string): Promise<Settings | null> {
  return id === 'b3f1c2' ? { ems_version: '1.2' } : null;
}

function sinks(all: Sink[], settings: SinksOptions['settings'] = settingsOf): Sinks {
  const made = new Sinks(all, {
    memory: {
      recall: (name) => kept.get(name) ?? null,
      remember: (entries) => {
        if (!canKeep) throw new Error('disk full');
        writes++;
        for (const [name, text] of entries) kept.set(name, text);
      },
    },
    settings,
    wallMs: () => NOW,
    staleMs: 90_000,
    failed: (sink, text) => void mistakes.push(`${sink} ${text.split('\n')[0]}`),
  });
  onTestFinished(() => made.stop());
  return made;
}

/** Values that cannot be worked out. */
function unreadable(news: ReadingNews, error: Error): ReadingNews {
  return {
    ...news,
    snapshot: {
      timeMs: news.snapshot.timeMs,
      held: [],
      get values(): never {
        throw error;
      },
    },
  };
}

describe('outputs', () => {
  it('are told what they want to know, all of the same, and nothing else', () => {
    const [all, some] = [new Heard('all'), new Heard('some', ['event'])];
    const both = sinks([all, some]);
    both.tell(live({ soc: 5 }));
    both.tell(happened({ name: 'x' }, 0, null));
    both.tell({ type: 'server_state', storing: true, connections: 1 });
    expect(all.take()).toMatchObject([
      { type: 'reading', snapshot: { values: { soc: 5 } } },
      { type: 'event', battery: null },
    ]);
    expect(some.take()).toMatchObject([{ type: 'event' }]);
  });

  it('are told nothing that is old, as if it were now', () => {
    const heard = new Heard('a');
    const one = sinks([heard]);
    one.tell(live({ soc: 5 }, -91));
    one.tell(detail({ soc: 5 }, -901));
    expect(heard.take()).toEqual([]);
    one.tell(live({ soc: 5 }, -90));
    one.tell(detail({ soc: 5 }, -900));
    expect(heard.take()).toHaveLength(2);
  });

  it('do not disturb whoever tells them, whatever goes wrong', async () => {
    const one = sinks([new Heard('a')]);
    one.tell(unreadable(detail({}), new Error('not to be read')));
    kept.clear();
    vi.spyOn(kept, 'get').mockImplementation(() => {
      throw new Error('locked');
    });
    one.tell(detail({ pv_energy: 433 }, 0, 'ccc'));
    await one.tellEnergy([energyOf(1, 'ccc')]);
    expect(mistakes).toEqual(['outputs Error: not to be read', 'outputs Error: locked', 'outputs Error: locked']);
  });

  it('cost nothing where there are none', () => {
    const none = sinks([]);
    none.start([battery().battery]);
    none.tell(unreadable(detail({}), new Error('nobody listens')));
    expect([none.inUse, none.isWanted('reading'), mistakes]).toEqual([[], false, []]);
  });

  it('cost no values of a live reading while none of them looks', () => {
    const one = sinks([new Heard('a')]);
    one.tell(unreadable(live({}), new Error('nobody looks')));
    expect(mistakes).toEqual([]);
  });

  it('hear of the batteries there are when they start, and of their settings', async () => {
    const heard = new Heard('a');
    sinks([heard]).start([battery().battery, battery({ id: 'ccc' }).battery]);
    await vi.waitFor(() => expect(heard.news).toHaveLength(3));
    expect(heard.take()).toMatchObject([
      { type: 'battery', battery: { id: 'b3f1c2' } },
      { type: 'battery', battery: { id: 'ccc' } },
      { type: 'settings', battery: 'b3f1c2', settings: { ems_version: '1.2' } },
    ]);
  });

  it('of a fleet ask for one battery’s settings after the other, and for no more once they end', async () => {
    const asked: string[] = [];
    let answer = () => {};
    const slow = (id: string) => {
      asked.push(id);
      return new Promise<null>((resolve) => {
        answer = () => resolve(null);
      });
    };
    const fleet = sinks([new Heard('a')], slow);
    fleet.start(['a', 'b', 'c'].map((id) => battery({ id }).battery));
    expect(asked).toEqual(['a']);
    answer();
    await vi.waitFor(() => expect(asked).toEqual(['a', 'b']));
    const ended = fleet.stop();
    answer();
    await ended;
    await turn();
    expect(asked).toEqual(['a', 'b']);
  });

  it('hear of settings again when they are reported', async () => {
    const heard = new Heard('a');
    sinks([heard]).tell(configured);
    await vi.waitFor(() => expect(heard.news).toHaveLength(1));
  });

  it('fail alone, in all they do', async () => {
    const [bad, good] = [new Heard('bad'), new Heard('good')];
    bad.failure = new Error('a mistake');
    const both = sinks([bad, good]);
    both.start([]);
    both.tell(live({}));
    await both.stop();
    expect([good.started, good.news.length, good.stopped]).toEqual([1, 1, 1]);
    expect(mistakes).toEqual(['bad Error: a mistake', 'bad Error: a mistake', 'bad Error: a mistake']);
  });

  it('say how they are', () => {
    expect(sinks([new Heard('a')]).inUse).toEqual([{ name: 'a', status: STATUS }]);
  });

  it('are in use from the first time they are asked, where they are pulled, and never sent anything', () => {
    const pulled = (lastSentMs: number | null) =>
      Object.assign(new Heard('b'), { isPulled: true, status: { ...STATUS, lastSentMs } });
    const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);
    const [unasked, asked] = [null, 1_700_000_000_000].map((ms) => sinks([new Heard('a'), pulled(ms)]));
    expect([names(unasked?.inUse ?? []), names(unasked?.pushed ?? [])]).toEqual([['a'], ['a']]);
    expect([names(asked?.inUse ?? []), names(asked?.pushed ?? [])]).toEqual([['a', 'b'], ['a']]);
  });
});

describe('totals', () => {
  it('in a detail are held from falling, and stay as they are where they rise', () => {
    const heard = new Heard('a');
    const one = sinks([heard]);
    one.tell(detail({ pv_energy: 433, bms_state: 1 }));
    one.tell(detail({ pv_energy: 0, bms_state: 2 }, 300));
    one.tell(detail({ bms_state: 2 }, 600));
    expect(heard.take()).toMatchObject([
      { snapshot: { values: { pv_energy: 433, bms_state: 1 } } },
      { snapshot: { values: { pv_energy: 433, bms_state: 2 } } },
      { snapshot: { values: { pv_energy: 433, bms_state: 2 } } },
    ]);
  });

  it('are not in live readings, which have none', () => {
    const heard = new Heard('a');
    const one = sinks([heard]);
    one.tell(detail({ pv_energy: 433 }));
    one.tell(live({ soc: 5 }));
    expect(heard.take()[1]).toMatchObject({ snapshot: { values: { soc: 5 } } });
  });

  it('are told with energy as the page has it', () => {
    const heard = new Heard('a');
    const one = sinks([heard]);
    one.tell(detail({ pv_energy: 433 }));
    heard.take();
    one.tellEnergy([energyOf(12.25)]);
    expect(heard.take()).toEqual([
      { ...energyOf(12.25), counters: expect.objectContaining({ pv_energy: 433, grid_import_energy: null }) },
    ]);
  });

  it('do not fall after a restart', async () => {
    const before = sinks([new Heard('a')]);
    before.tell(detail({ pv_energy: 433 }));
    before.tellEnergy([energyOf(12.25)]);
    await before.stop();
    const heard = new Heard('a');
    const after = sinks([heard]);
    after.tell(detail({ pv_energy: 0 }, 300));
    after.tellEnergy([energyOf(12.2)]);
    expect(heard.take()).toMatchObject([
      { snapshot: { values: { pv_energy: 433 } } },
      { counters: { pv_energy: 433 }, total: { load_energy: 12.25 } },
    ]);
  });

  it('are kept before they are told, so that a crash does not let them fall', () => {
    const heard = new Heard('a', ['energy']);
    const order: string[] = [];
    const one = sinks([heard]);
    vi.spyOn(kept, 'set').mockImplementation((name) => {
      order.push(`kept ${name}`);
      return kept;
    });
    vi.spyOn(heard, 'tell').mockImplementation(({ type }) => void order.push(type));
    one.tellEnergy([energyOf(1), energyOf(1, 'ccc')]);
    expect(order).toEqual(['kept totals b3f1c2', 'kept totals ccc', 'energy', 'energy']);
  });

  it('are kept a second after a detail, in one write, and later where that fails', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const one = sinks([new Heard('a')]);
    one.tell(detail({ pv_energy: 433 }));
    one.tell(detail({ pv_energy: 433.1 }, 300));
    canKeep = false;
    vi.advanceTimersByTime(1000);
    expect(writes).toBe(0);
    canKeep = true;
    await one.stop();
    expect(writes).toBe(1);
    expect(kept.get('totals b3f1c2')).toContain('433.1');
  });
});

describe('a battery that is forgotten', () => {
  const OTHER = { ...battery().battery, id: 'c0ffee' };

  it('is so by each output, also where one fails', () => {
    const forgotten: string[] = [];
    const [failing, other] = [new Heard('failing'), new Heard('other')];
    Object.assign(failing, {
      forget: () => {
        throw new Error('broken');
      },
    });
    Object.assign(other, { forget: (id: string) => forgotten.push(id) });
    sinks([failing, other, new Heard('without')]).forget('b3f1c2');
    expect([forgotten, mistakes]).toEqual([['b3f1c2'], ['failing Error: broken']]);
  });

  it('is not kept, and others are', async () => {
    const one = sinks([new Heard('a')]);
    one.tell(battery());
    one.tell({ type: 'battery', battery: OTHER });
    for (const id of ['b3f1c2', 'c0ffee']) one.tell({ ...detail({ pv_energy: 433 }), battery: id });
    one.forget('b3f1c2');
    await one.stop();
    expect([...kept.keys()]).toEqual(['totals c0ffee']);
  });

  it('is not told of by an answer to what was asked before; a new one of that id is', async () => {
    const heard = new Heard('a', ['settings']);
    const waiting: ((settings: Settings) => void)[] = [];
    const one = sinks([heard], () => new Promise((resolve) => waiting.push(resolve)));
    one.tell(configured);
    one.forget('b3f1c2');
    one.tell(configured);
    waiting[0]?.({ ems_version: 'old' });
    waiting[1]?.({ ems_version: 'new' });
    await turn();
    expect(heard.take()).toEqual([{ type: 'settings', battery: 'b3f1c2', settings: { ems_version: 'new' } }]);
  });

  it('is told how much of it outputs have still to remove', () => {
    const [one, other] = [new Heard('one'), new Heard('other')];
    Object.assign(one, { clearing: 3 });
    expect(sinks([one, other]).clearing).toBe(3);
  });
});

describe('a value of before', () => {
  it('is handed to no output as if it were of now', () => {
    const heard: unknown[] = [];
    const listening = new Heard('listening');
    const all = sinks([listening]);
    const news = (kind: 'live' | 'detail'): ReadingNews => ({
      type: 'reading',
      battery: 'b3f1c2',
      kind,
      snapshot: { timeMs: NOW, held: [{ field: 'soc', timeMs: NOW - 60_000 }], values: { soc: 62, load_power: 700 } },
      other: {},
    });
    all.tell(news('live'));
    all.tell(news('detail'));
    for (const one of listening.news) if (one.type === 'reading') heard.push(one.snapshot.values);
    expect(heard).toEqual([{ load_power: 700 }, { load_power: 700 }]);
  });
});
