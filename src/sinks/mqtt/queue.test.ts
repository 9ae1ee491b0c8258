import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MqttMessage } from './link.ts';
import { MqttQueue } from './queue.ts';

const message = (topic: string, payload: string): MqttMessage => ({ topic, payload, retain: topic !== 'event' });

/** Sends all that may be sent, without a confirmation. */
function sent(queue: MqttQueue): MqttMessage[] {
  const all: MqttMessage[] = [];
  for (let next = queue.next(); next !== null; next = queue.next()) all.push(next);
  return all;
}

const payloads = (messages: readonly MqttMessage[]) => messages.map(({ topic, payload }) => `${topic} ${payload}`);

/** Sends and confirms everything. */
function drained(queue: MqttQueue): string[] {
  const all = sent(queue);
  for (const one of all) queue.confirmed(one);
  return payloads(all);
}

describe('what waits for the broker', () => {
  it('is of what is now the newest alone', () => {
    const queue = new MqttQueue(10);
    queue.replace(message('a', '1'));
    queue.replace(message('b', '1'));
    queue.replace(message('a', '2'));
    expect(queue.length).toBe(2);
    expect(drained(queue)).toEqual(['b 1', 'a 2']);
    expect(queue.length).toBe(0);
  });

  it('is of what happened everything, in its order', () => {
    const queue = new MqttQueue(10);
    for (const payload of ['1', '2', '3']) expect(queue.append(message('event', payload))).toBe(0);
    expect(drained(queue)).toEqual(['event 1', 'event 2', 'event 3']);
  });

  it('lets the oldest go where there is no more room', () => {
    const queue = new MqttQueue(2);
    const dropped = ['1', '2', '3', '4'].map((payload) => queue.append(message('event', payload)));
    expect(dropped).toEqual([0, 0, 1, 1]);
    expect(drained(queue)).toEqual(['event 3', 'event 4']);
  });

  it('lets old totals go before events, since a newer total says all that they said', () => {
    const queue = new MqttQueue(4);
    queue.append(message('event', '1'));
    for (const payload of ['1', '2', '3', '4']) queue.append(message('energy', payload));
    queue.append(message('event', '2'));
    queue.append(message('event', '3'));
    expect(drained(queue)).toEqual(['event 1', 'energy 4', 'event 2', 'event 3']);
  });

  it('is handed out once, and again after the connection broke', () => {
    const queue = new MqttQueue(10);
    queue.append(message('event', '1'));
    queue.append(message('event', '2'));
    queue.replace(message('state', '1'));
    const [first] = sent(queue);
    expect([first?.topic, queue.next(), queue.onItsWay]).toEqual(['state', null, 3]);
    queue.confirmed(first as MqttMessage);
    queue.broken();
    expect(drained(queue)).toEqual(['event 1', 'event 2']);
  });

  it('is sent after one of the same topic that is on its way', () => {
    const queue = new MqttQueue(10);
    const [older, newer] = [message('state', '1'), message('state', '2')];
    queue.replace(older);
    sent(queue);
    queue.replace(newer);
    queue.confirmed(older);
    expect(drained(queue)).toEqual(['state 2']);
  });

  it('does not go back: what is said again waits behind nothing older', () => {
    const queue = new MqttQueue(10);
    queue.replace(message('energy', 'said again'));
    queue.append(message('energy', '1'));
    queue.append(message('energy', '2'));
    queue.replace(message('energy', '2'));
    expect(drained(queue)).toEqual(['energy 1', 'energy 2']);
    queue.replace(message('energy', '2'));
    expect(drained(queue)).toEqual(['energy 2']);
  });

  it('comes whole and in order through any breaks and confirmations', () => {
    const step = fc.oneof(
      fc.record({ act: fc.constant('append' as const) }),
      fc.record({ act: fc.constant('send' as const), count: fc.nat(5) }),
      fc.record({ act: fc.constant('confirm' as const) }),
      fc.record({ act: fc.constant('break' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const queue = new MqttQueue(1000);
        const arrived: number[] = [];
        let flying: MqttMessage[] = [];
        let made = 0;
        const confirm = () => {
          const one = flying.shift();
          if (one === undefined) return;
          arrived.push(Number(one.payload));
          queue.confirmed(one);
        };
        for (const one of steps) {
          if (one.act === 'append') queue.append(message('event', String(made++)));
          else if (one.act === 'confirm') confirm();
          else if (one.act === 'break') {
            queue.broken();
            flying = [];
          } else
            for (let left = one.count; left > 0; left--) {
              const next = queue.next();
              if (next !== null) flying.push(next);
            }
        }
        queue.broken();
        flying = sent(queue);
        while (flying.length > 0) confirm();
        expect(arrived).toEqual(Array.from({ length: made }, (_, index) => index));
        expect([queue.length, queue.onItsWay]).toEqual([0, 0]);
      }),
    );
  });
});

describe('what is forgotten', () => {
  it('is said no more, nor counted; the rest keeps its order', () => {
    const queue = new MqttQueue(3);
    queue.replace(message('a/state', '1'));
    queue.replace(message('b/state', '1'));
    for (const [topic, payload] of [
      ['a/energy', '1'],
      ['b/energy', '1'],
      ['a/energy', '2'],
    ] as const)
      queue.append(message(topic, payload));
    queue.forget((topic) => topic.startsWith('a/'));
    expect(queue.length).toBe(2);
    // There is room again, and what replaces is not held back by what is gone.
    queue.replace(message('a/energy', ''));
    expect([queue.append(message('b/energy', '2')), queue.append(message('b/energy', '3'))]).toEqual([0, 0]);
    expect(drained(queue)).toEqual(['b/state 1', 'a/energy ', 'b/energy 1', 'b/energy 2', 'b/energy 3']);
  });

  it('and is on its way is confirmed without harm', () => {
    const queue = new MqttQueue(3);
    queue.replace(message('a/state', '1'));
    queue.append(message('a/energy', '1'));
    const onTheirWay = sent(queue);
    queue.forget(() => true);
    for (const one of onTheirWay) queue.confirmed(one);
    expect([queue.length, queue.onItsWay, sent(queue)]).toEqual([0, 0, []]);
  });
});
