import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Broker, type BrokerOptions } from '../../../test/broker.ts';
import { at, battery, control as controlNews, energy, happened, isoAt, live, NOW } from '../../../test/news.ts';
import { brokerAt, HOUSE } from '../../../test/sink-settings.ts';
import type { ControlDoor } from '../control-news.ts';
import type { HouseSetting } from './house.ts';
import { MqttSink } from './mqtt.ts';

const CONFIG = 'homeassistant/device/alphaess_b3f1c2/config';

let kept: Map<string, string>;
let story: string[];
let canKeep: boolean;

beforeEach(() => {
  kept = new Map();
  story = [];
  canKeep = true;
});

interface Change {
  readonly house?: Partial<HouseSetting>;
  readonly queue?: number;
  readonly control?: ControlDoor;
  readonly topics?: ReadonlyMap<string, (payload: string) => void>;
}

function sinkTo(url: string, { house, queue = 1000, control, topics }: Change = {}): MqttSink {
  const sink = new MqttSink({
    broker: brokerAt(url),
    house: { ...HOUSE, ...house },
    queue,
    control: control ?? null,
    ...(topics === undefined ? {} : { topics }),
    reports: {
      up: (name, where) => void story.push(`${name} up ${where}`),
      trouble: (name, code, detail) => void story.push(`${name} ${code} ${detail}`),
    },
    memory: {
      recall: (name) => kept.get(name) ?? null,
      remember: (entries) => {
        if (!canKeep) throw new Error('disk full');
        for (const [name, text] of entries) kept.set(name, text);
      },
    },
    wallMs: () => NOW,
    random: () => 0,
  });
  onTestFinished(() => sink.stop());
  return sink;
}

async function started(change: Change = {}, options: BrokerOptions = {}): Promise<{ broker: Broker; sink: MqttSink }> {
  const broker = await Broker.start(options);
  const sink = sinkTo(broker.url, change);
  sink.start();
  await vi.waitFor(() => expect(broker.said('alphaess/bridge/state')).toEqual(['online']));
  return { broker, sink };
}

/** Waits until everything has been confirmed. */
const settled = (sink: MqttSink) => vi.waitFor(() => expect(sink.status.queued).toBe(0), { timeout: 5000 });
const eventTexts = (broker: Broker) => broker.said('alphaess/b3f1c2/event').map((text) => JSON.parse(text).text);
const event = (text: string, seconds = 0) => happened({ text }, seconds);

describe('MQTT', () => {
  it('says at the broker what happens in the house', async () => {
    const { broker, sink } = await started();
    for (const news of [battery(), live({ soc: 5 }), energy(), event('a')]) sink.tell(news);
    await settled(sink);
    expect(broker.published.map(({ topic, retain }) => [topic, retain])).toEqual([
      ['alphaess/bridge/state', true],
      ['alphaess/b3f1c2/availability', true],
      ['alphaess/b3f1c2/status', true],
      [CONFIG, true],
      ['alphaess/b3f1c2/state', true],
      ['alphaess/b3f1c2/energy', true],
      ['alphaess/b3f1c2/status', true],
      ['alphaess/b3f1c2/event', false],
    ]);
    expect(broker.published.every(({ qos }) => qos === 1)).toBe(true);
    expect(sink.status).toMatchObject({ state: 'up', sent: 8, dropped: 0, lastSentMs: NOW, problem: null });
    expect(story).toEqual([`mqtt up 127.0.0.1:${broker.port}`]);
  });

  it('says that it goes, and then nothing more', async () => {
    const { broker, sink } = await started();
    sink.tell(battery());
    await settled(sink);
    await sink.stop();
    sink.tell(live({ soc: 5 }));
    expect(broker.retained.get('alphaess/bridge/state')).toBe('offline');
    expect(broker.said('alphaess/b3f1c2/state')).toEqual([]);
    expect(sink.status.state).toBe('stopped');
  });

  it('says why it cannot work', async () => {
    const broker = await Broker.start({ password: 'right' });
    const sink = sinkTo(broker.url.replace('//', '//u:wrong@'));
    sink.start();
    await vi.waitFor(() => expect(sink.status.state).toBe('refused'));
    expect(story).toEqual(['mqtt OUTPUT_REFUSED user or password is wrong']);
    expect(sink.status.problem).toEqual({ code: 'OUTPUT_REFUSED', detail: 'user or password is wrong' });
  });
});

describe('while the broker is away', () => {
  it('of live values the newest is kept, of totals and events everything, and each arrives once', async () => {
    const { broker, sink } = await started();
    for (const news of [battery(), live({ soc: 1 }), energy({ timeMs: at(0) }), event('before')]) sink.tell(news);
    await settled(sink);
    await broker.kill();
    await vi.waitFor(() => expect(sink.status.state).toBe('down'));
    for (let n = 1; n <= 5; n++) {
      sink.tell(live({ soc: 10 + n }, n));
      sink.tell(energy({ timeMs: at(n) }));
      sink.tell(event(`away ${n}`, n));
    }
    const back = await Broker.start({ port: broker.port });
    await settled(sink);
    const times = (topic: string) => back.said(topic).map((text) => JSON.parse(text).time);
    expect(back.said('alphaess/b3f1c2/state').map((text) => JSON.parse(text).soc)).toEqual([15]);
    expect(times('alphaess/b3f1c2/energy')).toEqual([1, 2, 3, 4, 5].map(isoAt));
    expect(eventTexts(back)).toEqual(['away 1', 'away 2', 'away 3', 'away 4', 'away 5']);
    // It kept nothing, so it is told everything that it is to keep.
    expect([...back.retained.keys()].sort()).toEqual([
      'alphaess/b3f1c2/availability',
      'alphaess/b3f1c2/energy',
      'alphaess/b3f1c2/state',
      'alphaess/b3f1c2/status',
      'alphaess/bridge/state',
      CONFIG,
    ]);
  });

  it('the oldest totals and events are let go where there are too many, which is said once', async () => {
    const sink = sinkTo('mqtt://127.0.0.1:1', { queue: 3 });
    sink.start();
    for (let n = 0; n < 10; n++) sink.tell(event(`${n}`));
    expect(sink.status).toMatchObject({ queued: 3, dropped: 7 });
    expect(story.filter((line) => line.includes('OVERFLOW'))).toHaveLength(1);
  });

  it('what it had not confirmed is said again', async () => {
    const { broker, sink } = await started();
    broker.hold();
    for (const text of ['1', '2', '3']) sink.tell(event(text));
    broker.cut();
    broker.release();
    await settled(sink);
    expect(new Set(eventTexts(broker))).toEqual(new Set(['1', '2', '3']));
  });
});

it('hands a slow broker no more than it can take, and waits for it without making anybody wait', async () => {
  const { broker, sink } = await started();
  broker.hold();
  for (let n = 0; n < 500; n++) sink.tell(event(`${n}`));
  expect(sink.status.queued).toBe(500);
  broker.release();
  await settled(sink);
  expect(eventTexts(broker)).toEqual(Array.from({ length: 500 }, (_, n) => `${n}`));
});

it('hands on what others say under a topic, what the broker has retained too', async () => {
  const heard: string[] = [];
  const broker = await Broker.start();
  broker.publish('house/prices', '[1]', true);
  const sink = sinkTo(broker.url, { topics: new Map([['house/prices', (payload) => void heard.push(payload)]]) });
  sink.start();
  await vi.waitFor(() => expect(heard).toEqual(['[1]']));
  broker.publish('house/prices', '[2]');
  broker.publish('house/others', '[3]');
  await vi.waitFor(() => expect(heard).toEqual(['[1]', '[2]']));
});

describe('when Home Assistant begins', () => {
  it('it is told everything again, after a while', async () => {
    const { broker, sink } = await started();
    for (const news of [battery(), live({ soc: 5 }), event('a')]) sink.tell(news);
    await settled(sink);
    const before = broker.published.length;
    broker.publish('homeassistant/status', 'offline');
    broker.publish('homeassistant/status', 'online');
    broker.publish('homeassistant/status', 'online');
    const birth = () => broker.published.slice(before).filter(({ topic }) => topic !== 'homeassistant/status');
    expect(birth()).toEqual([]);
    await vi.waitFor(() => expect(birth()).not.toEqual([]), { timeout: 5000 });
    await settled(sink);
    expect(birth().map(({ topic }) => topic)).toEqual([
      'alphaess/bridge/state',
      'alphaess/b3f1c2/availability',
      'alphaess/b3f1c2/status',
      CONFIG,
      'alphaess/b3f1c2/state',
    ]);
  });

  it('nobody listens for it where it is not told anything', async () => {
    const { broker, sink } = await started({ house: { discovery: false } });
    sink.tell(live({ soc: 5 }));
    await settled(sink);
    expect([...broker.retained.keys()]).toEqual(['alphaess/bridge/state', 'alphaess/b3f1c2/state']);
  });
});

describe('what the broker keeps', () => {
  it('is cleared of a battery that is left out, after a restart', async () => {
    const { broker, sink } = await started();
    for (const news of [battery(), live({ soc: 5 })]) sink.tell(news);
    await settled(sink);
    await sink.stop();
    expect(broker.retained.size).toBe(5);
    const after = sinkTo(broker.url, { house: { leftOut: ['b3f1c2'] } });
    after.tell(battery());
    after.start();
    await vi.waitFor(() => expect([...broker.retained]).toEqual([['alphaess/bridge/state', 'online']]));
    await settled(after);
    await after.stop();
    expect(JSON.parse(kept.get('mqtt b3f1c2') ?? '{}').retained).toEqual([]);
  });

  it('is remembered later where it cannot be written at once', async () => {
    const { sink } = await started();
    canKeep = false;
    sink.tell(live({ soc: 5 }));
    await settled(sink);
    await sink.stop();
    expect(kept.size).toBe(0);
    canKeep = true;
    sink.tell(live({ soc: 6 }));
    await sink.stop();
    expect(kept.get('mqtt b3f1c2')).toContain('alphaess/b3f1c2/state');
  });
});

describe('a battery that is forgotten', () => {
  const TOPICS = ['availability', 'energy', 'state', 'status'].map((level) => `alphaess/b3f1c2/${level}`);
  const others = (broker: Broker) => [...broker.retained].filter(([topic]) => !topic.includes('b3f1c2')).map(String);
  const left = (broker: Broker) =>
    [...broker.retained]
      .filter(([topic, payload]) => topic.includes('b3f1c2') && payload !== '')
      .map(([topic]) => topic);
  const OTHER = { ...battery().battery, id: 'c0ffee' };

  function say(sink: MqttSink): void {
    for (const news of [battery(), live({ soc: 5 }), energy(), event('a')]) sink.tell(news);
    sink.tell({ type: 'battery', battery: OTHER });
  }

  it('leaves nothing at the broker, and others all of theirs', async () => {
    const { broker, sink } = await started();
    say(sink);
    await settled(sink);
    expect(left(broker).sort()).toEqual([...TOPICS, CONFIG].sort());
    const before = others(broker);
    sink.forget('b3f1c2');
    await settled(sink);
    expect([left(broker), others(broker), sink.clearing]).toEqual([[], before, 0]);
    const othersKept = () => JSON.stringify([...kept].filter(([name]) => name !== 'mqtt b3f1c2'));
    await vi.waitFor(() => expect(othersKept()).not.toContain('b3f1c2'), { timeout: 5000 });
  });

  it('whose broker is away is cleared when that is back, also by the next run, and nothing old is said of it', async () => {
    const { broker, sink } = await started();
    say(sink);
    await settled(sink);
    const retained = [...broker.retained].filter(([topic]) => topic.includes('b3f1c2'));
    await broker.kill();
    await vi.waitFor(() => expect(sink.status.state).toBe('down'));
    for (const news of [live({ soc: 6 }, 1), energy({ timeMs: at(1) }), event('b', 1)]) sink.tell(news);
    sink.forget('b3f1c2');
    expect(sink.clearing).toBe(5);
    await sink.stop();
    // What the store forgets.
    kept.delete('mqtt b3f1c2');

    const back = await Broker.start({ port: broker.port });
    for (const [topic, payload] of retained) back.retained.set(topic, payload);
    const next = sinkTo(back.url);
    next.start();
    await vi.waitFor(() => expect(next.clearing).toBe(0));
    await settled(next);
    expect(left(back)).toEqual([]);
    expect(back.published.filter(({ topic, payload }) => topic.includes('b3f1c2') && payload !== '')).toEqual([]);
    await vi.waitFor(() => expect(JSON.stringify([...kept])).not.toContain('b3f1c2'), { timeout: 5000 });
  });

  it('and speaks again is a new one, whose topics stay', async () => {
    const { broker, sink } = await started();
    say(sink);
    await settled(sink);
    await broker.kill();
    await vi.waitFor(() => expect(sink.status.state).toBe('down'));
    sink.forget('b3f1c2');
    sink.tell(battery({ name: 'New' }));
    sink.tell(live({ soc: 7 }, 1));
    const back = await Broker.start({ port: broker.port });
    await settled(sink);
    expect(sink.clearing).toBe(0);
    const payloads = (level: string) => back.said(`alphaess/b3f1c2/${level}`);
    expect(payloads('state').map((text) => JSON.parse(text).soc)).toEqual([7]);
    // The new one has said nothing of energy.
    expect(payloads('energy')).toEqual(['']);
    expect(left(back)).not.toContain('alphaess/b3f1c2/energy');
    expect(JSON.parse(back.retained.get(CONFIG) ?? '').device.name).toContain('New');
  });
});

describe('commands', () => {
  const soon = (fits: () => void) => vi.waitFor(fits, { timeout: 5000 });
  const CONTROL = 'alphaess/b3f1c2/control';
  const SET = 'alphaess/b3f1c2/set/mode';
  const lastChange = (broker: Broker) => JSON.parse(broker.said(CONTROL).at(-1) ?? '{}').last_change;

  async function controlled(refusal?: string) {
    const taken: string[] = [];
    const take: ControlDoor['take'] = async (id, body) => {
      taken.push(`${id} ${JSON.stringify(body)}`);
      if (refusal !== undefined) throw new Error(refusal);
    };
    const { broker, sink } = await started({ house: { control: true }, control: { take } });
    sink.tell(battery());
    sink.tell(controlNews());
    await settled(sink);
    return { broker, sink, taken };
  }

  it('are not heard where that is not configured', async () => {
    const { broker, sink } = await started();
    sink.tell(battery());
    sink.tell(controlNews());
    broker.publish(SET, 'hold');
    broker.publish('homeassistant/status', 'offline');
    await settled(sink);
    expect([sink.wants.includes('control'), broker.said(CONTROL)]).toEqual([false, []]);
  });

  it('are taken, and change no state before the battery tells it', async () => {
    const { broker, taken } = await controlled();
    broker.publish(SET, 'hold');
    broker.publish('alphaess/b3f1c2/set', '{"undo":true}');
    await soon(() => expect(taken).toEqual(['b3f1c2 {"verb":"hold"}', 'b3f1c2 {"undo":true}']));
    expect(broker.said(CONTROL).map((text) => JSON.parse(text).mode)).toEqual([null, 'normal']);
  });

  it.each([
    ['is not understood', 'off', undefined, 'refused', /expected hold, charge or normal/],
    ['is refused', 'hold', 'hold: at 5 % it would charge', 'refused', /at 5 %/],
  ])('what %s is said: in the log, and at the broker', async (_what, payload, refusal, state, reason) => {
    const { broker, sink } = await controlled(refusal);
    broker.publish(SET, payload);
    await soon(() => expect(lastChange(broker)).toMatchObject({ state, reason: expect.stringMatching(reason) }));
    expect(story.at(-1)).toMatch(/^mqtt OUTPUT_COMMAND b3f1c2, refused: /);
    await settled(sink);
  });

  it('that this server may not hear are no silent failure', async () => {
    const broker = await Broker.start({ denied: 'alphaess/+/set/+' });
    const sink = sinkTo(broker.url, { house: { control: true }, control: { take: async () => {} } });
    sink.start();
    await soon(() =>
      expect(story).toContain('mqtt OUTPUT_REFUSED the broker does not let this user hear alphaess/+/set/+'),
    );
    expect(sink.status.state).toBe('up');
  });

  it('that the broker had kept are ignored, on each connection, and said', async () => {
    const broker = await Broker.start();
    broker.publish(SET, 'hold', true);
    const taken: string[] = [];
    const sink = sinkTo(broker.url, {
      house: { control: true },
      control: { take: async (id) => void taken.push(id) },
    });
    sink.tell(battery());
    sink.start();
    await soon(() => expect(lastChange(broker)).toMatchObject({ state: 'ignored' }));
    broker.cut();
    await soon(() => expect(story.filter((line) => line.includes('OUTPUT_COMMAND'))).toHaveLength(2));
    expect(taken).toEqual([]);
  });
});
