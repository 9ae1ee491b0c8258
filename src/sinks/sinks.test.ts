import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { at, battery, NOW } from '../../test/news.ts';
import type { Sink, SinkNews, SinkStatus } from './sink.ts';
import { type EnergyAnswer, type Inquiries, Sinks } from './sinks.ts';

const DAY_MS = 86_400_000;
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

  constructor(name: string, wants: Sink['wants'] = ['reading', 'battery', 'event', 'energy', 'configuration']) {
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
let answers: Record<string, EnergyAnswer>;
let mistakes: string[];
/** Each question for energy. */
let asked: (readonly string[])[];
let now: number;

beforeEach(() => {
  kept = new Map();
  writes = 0;
  canKeep = true;
  answers = {};
  mistakes = [];
  asked = [];
  now = NOW;
});

function energyOf(total: number): EnergyAnswer {
  return { today: { load_energy: 0.5 }, day_start: at(-43_440), total: { load_energy: total } };
}

function sinks(all: Sink[], inquiring: Partial<Inquiries> = {}): Sinks {
  const inquiries: Inquiries = {
    energy: async (ids) => {
      asked.push(ids);
      return Object.fromEntries(ids.map((id) => [id, answers[id] ?? expect.unreachable(`energy of ${id}`)]));
    },
    configuration: async (id) => (id === 'b3f1c2' ? { ems_version: '1.2' } : null),
    ...inquiring,
  };
  const made = new Sinks(all, {
    memory: {
      recall: (name) => kept.get(name) ?? null,
      remember: (entries) => {
        if (!canKeep) throw new Error('disk full');
        writes++;
        for (const [name, text] of entries) kept.set(name, text);
      },
    },
    inquiries,
    wallMs: () => now,
    dayStartMs: (ms) => ms - (ms % DAY_MS),
    staleMs: 90_000,
    failed: (sink, text) => void mistakes.push(`${sink} ${text.split('\n')[0]}`),
  });
  onTestFinished(() => made.stop());
  return made;
}

const reading =
  (kind: 'live' | 'detail', values: object, seconds = 0) =>
  () => ({
    battery: 'b3f1c2',
    kind,
    time: at(seconds),
    values,
    other: {},
  });

describe('outputs', () => {
  it('are told what they want to know, all of the same, and nothing else', () => {
    const [all, some] = [new Heard('all'), new Heard('some', ['event'])];
    const both = sinks([all, some]);
    both.tell('reading', reading('live', { soc: 5 }));
    both.tell('event', () => ({ battery: null, event: { name: 'x' } }));
    both.tell('gap', () => expect.unreachable('nobody wants it'));
    expect(all.take()).toMatchObject([
      { type: 'reading', values: { soc: 5 } },
      { type: 'event', battery: null },
    ]);
    expect(some.take()).toMatchObject([{ type: 'event' }]);
  });

  it('are told nothing that is old, as if it were now', () => {
    const heard = new Heard('a');
    const one = sinks([heard]);
    one.tell('reading', reading('live', { soc: 5 }, -91));
    one.tell('reading', reading('detail', { soc: 5 }, -901));
    expect(heard.take()).toEqual([]);
    one.tell('reading', reading('live', { soc: 5 }, -90));
    one.tell('reading', reading('detail', { soc: 5 }, -900));
    expect(heard.take()).toHaveLength(2);
  });

  it('do not disturb whoever tells them, whatever goes wrong', async () => {
    const one = sinks([new Heard('a')]);
    one.tell('event', () => {
      throw new Error('not to be made');
    });
    vi.spyOn(kept, 'get').mockImplementation(() => {
      throw new Error('locked');
    });
    one.tell('reading', reading('detail', { pv_energy: 433 }));
    answers.b3f1c2 = energyOf(1);
    await one.tick();
    expect(mistakes).toEqual(['outputs Error: not to be made', 'outputs Error: locked', 'outputs Error: locked']);
  });

  it('cost nothing where there are none', async () => {
    const none = sinks([]);
    none.start([battery().battery]);
    none.tell('reading', () => expect.unreachable('nobody listens'));
    await none.tick();
    expect(none.statuses).toEqual([]);
  });

  it('hear of the batteries there are when they start, and of their settings', async () => {
    const heard = new Heard('a');
    sinks([heard]).start([battery().battery, battery({ id: 'ccc' }).battery]);
    await vi.waitFor(() => expect(heard.news).toHaveLength(3));
    expect(heard.take()).toMatchObject([
      { type: 'battery', battery: { id: 'b3f1c2' } },
      { type: 'battery', battery: { id: 'ccc' } },
      { type: 'configuration', battery: 'b3f1c2', settings: { ems_version: '1.2' } },
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
    const fleet = sinks([new Heard('a')], { configuration: slow });
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
    sinks([heard]).tell('configuration', () => ({ battery: 'b3f1c2' }));
    await vi.waitFor(() => expect(heard.news).toHaveLength(1));
  });

  it('fail alone, in all they do', async () => {
    const [bad, good] = [new Heard('bad'), new Heard('good')];
    bad.failure = new Error('a mistake');
    const both = sinks([bad, good]);
    both.start([]);
    both.tell('reading', reading('live', {}));
    await both.stop();
    expect([good.started, good.news.length, good.stopped]).toEqual([1, 1, 1]);
    expect(mistakes).toEqual(['bad Error: a mistake', 'bad Error: a mistake', 'bad Error: a mistake']);
  });

  it('say how they are', () => {
    expect(sinks([new Heard('a')]).statuses).toEqual([{ name: 'a', status: STATUS }]);
  });
});

describe('totals', () => {
  it('in a detail are held from falling, and stay as they are where they rise', () => {
    const heard = new Heard('a');
    const one = sinks([heard]);
    one.tell('reading', reading('detail', { pv_energy: 433, bms_state: 1 }));
    one.tell('reading', reading('detail', { pv_energy: 0, bms_state: 2 }, 300));
    one.tell('reading', reading('detail', { bms_state: 2 }, 600));
    expect(heard.take()).toMatchObject([
      { values: { pv_energy: 433, bms_state: 1 } },
      { values: { pv_energy: 433, bms_state: 2 } },
      { values: { pv_energy: 433, bms_state: 2 } },
    ]);
  });

  it('are not in live readings, which have none', () => {
    const heard = new Heard('a');
    const one = sinks([heard]);
    one.tell('reading', reading('detail', { pv_energy: 433 }));
    one.tell('reading', reading('live', { soc: 5 }));
    expect(heard.take()[1]).toMatchObject({ values: { soc: 5 } });
    expect(heard.take()).toEqual([]);
  });

  it('are told once a minute of batteries that were heard, with energy as the page has it', async () => {
    const heard = new Heard('a');
    const one = sinks([heard]);
    one.tell('reading', reading('detail', { pv_energy: 433 }));
    heard.take();
    answers.b3f1c2 = energyOf(12.25);
    await one.tick();
    expect(heard.take()).toEqual([
      {
        type: 'energy',
        battery: 'b3f1c2',
        time: at(0),
        counters: expect.objectContaining({ pv_energy: 433, grid_import_energy: null }),
        totals: { load_energy: 12.25 },
        today: { load_energy: 0.5 },
        day_start: at(-43_440),
      },
    ]);
    await one.tick();
    expect(heard.take()).toEqual([]);
  });

  it('are asked again a minute later where they could not be read', async () => {
    const heard = new Heard('a', ['energy']);
    const one = sinks([heard]);
    one.tell('reading', reading('live', {}));
    await one.tick();
    expect(heard.take()).toEqual([]);
    answers.b3f1c2 = energyOf(1);
    one.tell('reading', reading('live', {}));
    await one.tick();
    expect(heard.take()).toHaveLength(1);
  });

  it('are asked of a fleet in portions', async () => {
    const heard = new Heard('a', ['energy']);
    const one = sinks([heard]);
    const ids = Array.from({ length: 45 }, (_, n) => `b${n}`);
    for (const id of ids) {
      answers[id] = energyOf(1);
      one.tell('reading', () => ({ battery: id, kind: 'live', time: at(0), values: {}, other: {} }));
    }
    await one.tick();
    expect(asked.map(({ length }) => length)).toEqual([20, 20, 5]);
    expect(heard.take()).toHaveLength(45);
  });

  it('of a battery that is silent are told when a day begins, so that none shows yesterday’s', async () => {
    const heard = new Heard('a', ['energy']);
    const one = sinks([heard]);
    answers.b3f1c2 = energyOf(1);
    one.start([battery().battery]);
    await one.tick();
    await one.tick();
    expect(heard.take()).toHaveLength(1);
    now += DAY_MS;
    await one.tick();
    expect(heard.take()).toHaveLength(1);
  });

  it('do not fall after a restart', async () => {
    const before = sinks([new Heard('a')]);
    before.tell('reading', reading('detail', { pv_energy: 433 }));
    answers.b3f1c2 = energyOf(12.25);
    await before.tick();
    await before.stop();
    const heard = new Heard('a');
    const after = sinks([heard]);
    after.tell('reading', reading('detail', { pv_energy: 0 }, 300));
    answers.b3f1c2 = energyOf(12.2);
    await after.tick();
    expect(heard.take()).toMatchObject([
      { values: { pv_energy: 433 } },
      { counters: { pv_energy: 433 }, totals: { load_energy: 12.25 } },
    ]);
  });

  it('are kept before they are told, so that a crash does not let them fall', async () => {
    const heard = new Heard('a', ['energy']);
    const order: string[] = [];
    const one = sinks([heard]);
    vi.spyOn(kept, 'set').mockImplementation((name) => {
      order.push(`kept ${name}`);
      return kept;
    });
    vi.spyOn(heard, 'tell').mockImplementation(({ type }) => void order.push(type));
    answers.b3f1c2 = energyOf(1);
    one.tell('reading', reading('live', {}));
    await one.tick();
    expect(order).toEqual(['kept totals b3f1c2', 'energy']);
  });

  it('are kept a second after a detail, in one write, and later where that fails', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const one = sinks([new Heard('a')]);
    one.tell('reading', reading('detail', { pv_energy: 433 }));
    one.tell('reading', reading('detail', { pv_energy: 433.1 }, 300));
    canKeep = false;
    vi.advanceTimersByTime(1000);
    expect(writes).toBe(0);
    canKeep = true;
    await one.stop();
    expect(writes).toBe(1);
    expect(kept.get('totals b3f1c2')).toContain('433.1');
  });
});
