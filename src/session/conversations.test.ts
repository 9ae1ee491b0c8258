import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { frameByHand } from '../../test/wire.ts';
import type { Instant } from '../model.ts';
import type { Frame } from '../protocol/frame.ts';
import type { Message } from '../protocol/messages.ts';
import { Batteries, type HeardBattery } from './batteries.ts';
import type { BegunConversation, Consequence, Conversation, ConversationState, Heard } from './conversation.ts';
import { Conversations, interruptAll } from './conversations.ts';
import { Outputs } from './outputs.ts';

const FRAME: Frame = { kind: 'frame', type: 2, command: 8, body: new Uint8Array(), offset: 0 };
const at = (monoMs: number): Instant => ({ wallMs: 1_718_190_251_000 + monoMs, monoMs });

/** What a scripted conversation does with a message it takes, or when its deadline passes. */
type Step = 'stay' | 'listen' | 'again' | 'end';

interface Script {
  /** The indices of the answers that are part of it. */
  readonly takes?: readonly string[];
  readonly patienceMs?: number;
  readonly heard?: Step;
  readonly woken?: Step;
  /** It finds, when it is its turn, that it has nothing to ask. */
  readonly refuses?: boolean;
}

/** A conversation that does what the test says, and says what was done to it. */
class Scripted implements Conversation {
  readonly name: string;
  readonly script: Script;
  readonly story: string[];
  state: ConversationState = 'idle';
  connection: number | null = null;
  deadline: number | null = null;

  constructor(name: string, script: Script, story: string[]) {
    this.name = name;
    this.script = script;
    this.story = story;
  }

  wants(now: Instant): this {
    this.state = 'waiting';
    this.#wait(now);
    return this;
  }

  begin(connection: number, now: Instant): BegunConversation | null {
    this.#tell(`begins on ${connection}`);
    if (this.script.refuses) {
      this.#step('end', now);
      return null;
    }
    this.state = 'asking';
    this.connection = connection;
    this.#wait(now);
    return { order: frameByHand(1, 8, this.name), outputs: this.#said('begun') };
  }

  sent(now: Instant): void {
    this.#tell('is sent');
    this.#wait(now);
  }

  heard(message: Message, _frame: Frame, now: Instant): Heard | null {
    const isPart = message.type === 'order_reply' && (this.script.takes ?? [this.name]).includes(message.reply.index);
    if (!isPart) return null;
    this.#tell('hears');
    this.#step(this.script.heard ?? 'end', now);
    return { outputs: this.#said('heard'), reply: 'withheld' };
  }

  wake(now: Instant): Consequence[] {
    this.#tell('wakes');
    this.#step(this.script.woken ?? 'end', now);
    return this.#said('woken');
  }

  excuse(ms: number): void {
    if (this.deadline !== null) this.deadline += ms;
  }

  interrupted(): Consequence[] {
    this.#tell('is interrupted');
    this.#end();
    return this.#said('interrupted');
  }

  #step(step: Step, now: Instant): void {
    if (step === 'end') this.#end();
    else {
      if (step === 'listen') this.state = 'listening';
      if (step === 'again') this.state = 'waiting';
      if (step === 'again') this.connection = null;
      this.#wait(now);
    }
  }

  #end(): void {
    this.state = 'idle';
    this.connection = null;
    this.deadline = null;
  }

  #wait(now: Instant): void {
    this.deadline = now.monoMs + (this.script.patienceMs ?? 60_000);
  }

  #tell(what: string): void {
    this.story.push(`${this.name} ${what}`);
  }

  #said(detail: string): Consequence[] {
    return [{ type: 'problem', code: 'RESPONSE_UNEXPECTED', battery: null, detail: `${this.name} ${detail}` }];
  }
}

const answer = (index: string): Message => ({
  type: 'order_reply',
  reply: { command: 'Resume', index, success: true },
  partly: false,
});

function batteryNamed(batteries: Batteries, serial: string): HeardBattery {
  const battery = batteries.hear(serial);
  return typeof battery === 'object' && 'trust' in battery ? battery : expect.unreachable();
}

/** One connection, and the batteries that are believed to speak on it. */
class Line {
  readonly outputs: Outputs;
  readonly conversations: Conversations;
  readonly believed = new Set<HeardBattery>();

  constructor(connection: number, ...batteries: readonly HeardBattery[]) {
    for (const battery of batteries) this.believed.add(battery);
    this.outputs = new Outputs(connection);
    this.conversations = new Conversations(connection, (battery) => this.believed.has(battery), this.outputs);
  }

  /** What is to be done: details of problems, and the names in orders. */
  taken(): string[] {
    return this.outputs.take().map((output) => {
      if (output.type === 'order') return `order of ${Buffer.from(output.frame).toString().slice(7, -2)}`;
      return output.type === 'problem' ? output.detail : output.type;
    });
  }
}

let story: string[];
let battery: HeardBattery;
let other: HeardBattery;
let line: Line;

beforeEach(() => {
  story = [];
  const batteries = new Batteries(10);
  battery = batteryNamed(batteries, 'AL1');
  other = batteryNamed(batteries, 'AL2');
  line = new Line(7, battery, other);
});

function conversation(name: string, script: Script = {}): Scripted {
  return new Scripted(name, script, story);
}

function started(name: string, script: Script = {}, of = battery): Scripted {
  const one = conversation(name, script).wants(at(0));
  line.conversations.start(of, one, at(0));
  return one;
}

const hear = (index: string, of: HeardBattery | null = null, ms = 0) =>
  line.conversations.heard(answer(index), of, FRAME, at(ms));

describe('a line of conversations', () => {
  it('gives the first its turn at once, the next when that is over', () => {
    expect(line.conversations.isFree).toBe(true);
    started('one');
    started('two', {}, other);
    expect(line.conversations.isFree).toBe(false);
    expect(line.taken()).toEqual(['one begun', 'order of one']);
    line.conversations.sent(at(0));
    expect(line.conversations.isFree).toBe(false);
    expect(hear('one')).toMatchObject({ reply: 'withheld' });
    expect(line.taken()).toEqual(['one heard', 'two begun', 'order of two']);
    expect(line.conversations.isFree).toBe(false);
    hear('two');
    expect(line.conversations.isFree).toBe(true);
    expect([battery.conversations.size, other.conversations.size]).toEqual([0, 0]);
    expect(line.conversations.deadline).toBeNull();
  });

  it('takes nobody in twice', () => {
    const one = started('one');
    line.conversations.start(battery, one, at(0));
    hear('one');
    expect(story).toEqual(['one begins on 7', 'one hears']);
  });

  it('goes on to the next where the first has nothing to ask any more', () => {
    started('one');
    started('two', { refuses: true });
    started('three');
    hear('one');
    expect(line.taken()).toEqual(['one begun', 'one heard', 'three begun', 'order of one', 'order of three']);
  });

  it('has whoever wants a second turn stand at its end', () => {
    started('one', { heard: 'again' });
    started('two');
    hear('one');
    hear('two');
    hear('one');
    expect(line.taken().filter((what) => what.startsWith('order'))).toEqual([
      'order of one',
      'order of two',
      'order of one',
      'order of one',
    ]);
  });

  it('has nobody begin while an order is still to be written, though its conversation has ended', () => {
    started('one');
    started('two');
    interruptAll(battery, at(0));
    const three = started('three');
    expect(three.state).toBe('waiting');
    line.conversations.sent(at(0));
    expect(story).toEqual(['one begins on 7', 'one is interrupted', 'two is interrupted', 'three begins on 7']);
    line.conversations.sent(at(5));
    expect(three.deadline).toBe(60_005);
  });

  it('wakes whose deadline has passed, waiting or not, and then goes on', () => {
    started('one', { patienceMs: 10 });
    started('two', { patienceMs: 20 });
    started('three', { patienceMs: 5 });
    expect(line.conversations.deadline).toBe(5);
    line.conversations.wake(at(5));
    expect(line.conversations.deadline).toBe(10);
    line.conversations.excuse(100);
    line.conversations.wake(at(109));
    line.conversations.wake(at(110));
    expect(story).toEqual(['one begins on 7', 'three wakes', 'one wakes', 'two begins on 7']);
  });

  it('ends with its connection: all in it are interrupted, and told', () => {
    const all = [started('one'), started('two'), started('three', {}, other)];
    line.taken();
    line.conversations.end(at(1));
    expect(line.taken()).toEqual(['one interrupted', 'two interrupted', 'three interrupted']);
    expect(all.map(({ state }) => state)).toEqual(['idle', 'idle', 'idle']);
    expect([battery.conversations.size, other.conversations.size]).toEqual([0, 0]);
    expect(hear('one')).toBeNull();
  });
});

describe('a message', () => {
  it('is taken by who asked first, and by nobody else', () => {
    started('one', { takes: ['x'], heard: 'listen' });
    started('two', { takes: ['x', 'y'], heard: 'listen' });
    hear('x');
    hear('x');
    hear('y');
    expect(story).toEqual(['one begins on 7', 'one hears', 'two begins on 7', 'one hears', 'two hears']);
  });

  it('that is part of none is none of theirs, nor is any to who waits', () => {
    started('one');
    started('two');
    expect(hear('three')).toBeNull();
    expect(hear('two')).toBeNull();
  });

  it('of one battery is not offered to a conversation with another', () => {
    started('one');
    expect(hear('one', other)).toBeNull();
    expect(hear('one', battery)).not.toBeNull();
  });

  it('is not offered where its peer is not believed to be the battery any more', () => {
    const one = started('one');
    line.believed.delete(battery);
    expect(hear('one')).toBeNull();
    line.conversations.wake(at(0));
    expect(one.state).toBe('idle');
    expect(started('two').state).toBe('idle');
    expect(story).toEqual(['one begins on 7', 'one is interrupted', 'two is interrupted']);
  });

  it('that a listening one takes does not say that another’s order was written', () => {
    started('one', { heard: 'listen' });
    const two = started('two', { heard: 'listen' });
    hear('one');
    expect(two.state).toBe('asking');
    hear('one');
    two.interrupted();
    started('three');
    expect(story.at(-1)).toBe('two is interrupted');
    line.conversations.sent(at(0));
    expect(story.at(-1)).toBe('three begins on 7');
  });
});

describe('a conversation in two lines', () => {
  it('goes on over the one where it began, and is left alone by the other', () => {
    const second = new Line(8, battery);
    started('one', {}, other);
    const two = started('two');
    second.conversations.start(battery, two, at(0));
    expect(two.connection).toBe(8);
    expect(hear('two')).toBeNull();
    line.conversations.excuse(10);
    expect(two.deadline).toBe(60_000);
    line.conversations.wake(at(60_010));
    expect(story).toEqual(['one begins on 7', 'two begins on 8', 'one wakes']);
    expect(battery.conversations.has(two)).toBe(true);
    expect(line.conversations.deadline).toBeNull();
  });

  it('is not ended with the connection that it left, and does not keep others from their turn there', () => {
    const second = new Line(8, battery);
    started('one', {}, other);
    const two = started('two');
    second.conversations.start(battery, two, at(0));
    expect(line.conversations.deadline).toBe(60_000);
    line.conversations.end(at(0));
    expect(two.state).toBe('asking');
  });
});

// ---- whatever happens ----------------------------------------------------------------------------------------------

const CONNECTIONS = [1, 2] as const;
const NAMES = ['a', 'b', 'c', 'd', 'e'] as const;

/** What should be so, worked out from what conversations say was done to them. */
class Model {
  readonly states = new Map<string, ConversationState>(NAMES.map((name) => [name, 'idle']));
  /** Of each connection: who waits, first come first; and who has begun, first asked first. */
  readonly waiting = new Map<number, string[]>(CONNECTIONS.map((connection) => [connection, []]));
  readonly begun = new Map<number, string[]>(CONNECTIONS.map((connection) => [connection, []]));
  /** Connections on which an order is on its way to the socket. */
  readonly unsent = new Set<number>();

  asking(connection: number): string[] {
    return this.#of(this.begun, connection).filter((name) => this.states.get(name) === 'asking');
  }

  mayTake(connection: number): string[] {
    return this.#of(this.begun, connection);
  }

  queue(connection: number): string[] {
    return this.#of(this.waiting, connection);
  }

  joins(name: string, connection: number): void {
    this.states.set(name, 'waiting');
    this.#of(this.waiting, connection).push(name);
  }

  begins(name: string, connection: number, refuses: boolean): void {
    expect(this.queue(connection).shift(), 'first come, first served').toBe(name);
    expect([this.asking(connection), this.unsent.has(connection)], 'one order at a time').toEqual([[], false]);
    this.states.set(name, refuses ? 'idle' : 'asking');
    if (refuses) return;
    this.#of(this.begun, connection).push(name);
    this.unsent.add(connection);
  }

  does(name: string, step: Step, connection: number): void {
    const state = this.states.get(name);
    if (state === 'asking') this.unsent.delete(connection);
    if (step === 'end') this.ends(name);
    else if (step === 'listen') this.states.set(name, 'listening');
    else if (step === 'again' && state !== 'waiting') {
      this.ends(name);
      this.joins(name, connection);
    }
  }

  ends(name: string): void {
    this.states.set(name, 'idle');
    for (const names of [...this.waiting.values(), ...this.begun.values()]) {
      const index = names.indexOf(name);
      if (index >= 0) names.splice(index, 1);
    }
  }

  #of(names: ReadonlyMap<number, string[]>, connection: number): string[] {
    return names.get(connection) as string[];
  }
}

class Real {
  ms = 0;
  readonly story: string[] = [];
  readonly batteries: readonly HeardBattery[];
  readonly talks: readonly Scripted[];
  readonly lines = new Map<number, Line>();

  constructor(scripts: readonly Script[]) {
    const known = new Batteries(10);
    this.batteries = ['AL1', 'AL2'].map((serial) => batteryNamed(known, serial));
    this.talks = scripts.map((script, index) => new Scripted(NAMES[index] as string, script, this.story));
    for (const connection of CONNECTIONS) this.connect(connection);
  }

  get now(): Instant {
    return at(this.ms);
  }

  connect(connection: number): void {
    this.lines.set(connection, new Line(connection, ...this.batteries));
  }

  line(connection: number): Line {
    return this.lines.get(connection) as Line;
  }

  talk(name: string): Scripted {
    return this.talks.find((talk) => talk.name === name) as Scripted;
  }

  batteryOf(talk: Scripted): HeardBattery {
    return this.batteries[this.talks.indexOf(talk) % 2] as HeardBattery;
  }
}

/** Does something on one connection, follows what is said of it, and looks whether all is as it should be. */
function act(model: Model, real: Real, connection: number, what: (line: Line) => void): void {
  real.story.length = 0;
  what(real.line(connection));
  let begun = 0;
  for (const told of real.story) {
    const talk = real.talk(told.slice(0, 1));
    const { refuses = false, heard = 'end', woken = 'end' } = talk.script;
    if (told.includes('begins')) {
      model.begins(talk.name, connection, refuses);
      begun += refuses ? 0 : 1;
    } else if (told.endsWith('hears')) model.does(talk.name, heard, connection);
    else if (told.endsWith('wakes')) model.does(talk.name, woken, connection);
    else if (told.endsWith('is interrupted')) model.ends(talk.name);
    else expect(model.asking(connection), 'told that its order was written').toEqual([talk.name]);
  }
  const orders = real.line(connection).outputs.take();
  expect(orders.filter(({ type }) => type === 'order')).toHaveLength(begun);
  for (const talk of real.talks) expect(talk.state, talk.name).toBe(model.states.get(talk.name));
  for (const one of CONNECTIONS) {
    const isHeldUp = model.asking(one).length > 0 || model.unsent.has(one);
    if (one === connection && !isHeldUp) expect(model.queue(one), 'nobody waits for nothing').toEqual([]);
  }
  for (const one of real.batteries) {
    const going = real.talks.filter((talk) => real.batteryOf(talk) === one && talk.state !== 'idle');
    expect(new Set(one.conversations)).toEqual(new Set(going));
  }
}

type Command = fc.Command<Model, Real>;

function command(label: string, run: Command['run'], check: Command['check'] = () => true): Command {
  return { check, run, toString: () => label };
}

const anyConnection = fc.constantFrom(...CONNECTIONS);
const anyName = fc.constantFrom(...NAMES);

const start = (name: string, connection: number) =>
  command(
    `start ${name} on ${connection}`,
    (model, real) => {
      const talk = real.talk(name).wants(real.now);
      model.joins(name, connection);
      act(model, real, connection, (line) => line.conversations.start(real.batteryOf(talk), talk, real.now));
    },
    (model) => model.states.get(name) === 'idle',
  );

const sent = (connection: number) =>
  command(
    `sent on ${connection}`,
    (model, real) => {
      model.unsent.delete(connection);
      act(model, real, connection, (line) => line.conversations.sent(real.now));
    },
    (model) => model.unsent.has(connection),
  );

const message = (index: string, of: 0 | 1 | null, connection: number) =>
  command(`message ${index} of ${of} on ${connection}`, (model, real) => {
    const takers = model.mayTake(connection).filter((name) => {
      const talk = real.talk(name);
      const isOfIt = of === null || real.batteryOf(talk) === real.batteries[of];
      return isOfIt && (talk.script.takes ?? []).includes(index);
    });
    let taken: Heard | null = null;
    act(model, real, connection, ({ conversations }) => {
      const whose = of === null ? null : (real.batteries[of] as HeardBattery);
      taken = conversations.heard(answer(index), whose, FRAME, real.now);
    });
    expect(taken === null).toBe(takers.length === 0);
    const hearing = real.story.filter((told) => told.endsWith('hears'));
    expect(hearing, 'who asked first gets it, alone').toEqual(takers.slice(0, 1).map((name) => `${name} hears`));
  });

const pass = (ms: number, connection: number) =>
  command(`${ms} ms pass, then ${connection} wakes`, (model, real) => {
    real.ms += ms;
    act(model, real, connection, (line) => line.conversations.wake(real.now));
  });

const hangUp = (connection: number) =>
  command(`${connection} ends, and begins anew`, (model, real) => {
    model.unsent.delete(connection);
    act(model, real, connection, (line) => line.conversations.end(real.now));
    real.connect(connection);
  });

const otherPeer = (index: 0 | 1, connection: number) =>
  command(`another peer is believed to be ${index}`, (model, real) => {
    act(model, real, connection, (line) => {
      line.outputs.add(...interruptAll(real.batteries[index] as HeardBattery, real.now));
      line.conversations.wake(real.now);
    });
    for (const one of CONNECTIONS) act(model, real, one, (line) => line.conversations.wake(real.now));
  });

const anyScript: fc.Arbitrary<Script> = fc.record({
  // Few, so that several take the same.
  takes: fc.subarray(['x', 'y', 'z']),
  patienceMs: fc.constantFrom(10, 100, 1000),
  heard: fc.constantFrom<Step>('stay', 'listen', 'again', 'end'),
  woken: fc.constantFrom<Step>('stay', 'again', 'end'),
  refuses: fc.constantFrom(false, false, false, true),
});

const anyBattery = fc.constantFrom<0 | 1>(0, 1);
const anyIndex = fc.constantFrom('x', 'y', 'z', 'none');

describe('several conversations, whatever happens', () => {
  it('have one order out on a connection at most, in the order in which they came, and no answer is given to two', () => {
    const commands = [
      fc.tuple(anyName, anyConnection).map((args) => start(...args)),
      anyConnection.map(sent),
      fc.tuple(anyIndex, fc.option(anyBattery), anyConnection).map((args) => message(...args)),
      fc.tuple(fc.constantFrom(0, 5, 50, 500), anyConnection).map((args) => pass(...args)),
      anyConnection.map(hangUp),
      fc.tuple(anyBattery, anyConnection).map((args) => otherPeer(...args)),
    ];
    const scripts = fc.array(anyScript, { minLength: NAMES.length, maxLength: NAMES.length });
    fc.assert(
      fc.property(scripts, fc.commands(commands, { maxCommands: 60 }), (chosen, steps) => {
        fc.modelRun(() => ({ model: new Model(), real: new Real(chosen) }), steps);
      }),
      { numRuns: 600 },
    );
  });
});
