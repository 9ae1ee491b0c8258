import { expect, it } from 'vitest';
import { Connections } from './connections.ts';
import { TrackedBattery } from './tracked-battery.ts';

const battery = (id: string) => new TrackedBattery({ id, name: id, serial: `AL20020210${id}`, firstSeenMs: 0 });

it('are open until they are closed, the oldest first', () => {
  const connections = new Connections();
  connections.opened(8, 'a private network', 1000);
  connections.opened(7, 'another', 2000);
  expect(connections.count).toBe(2);
  expect([...connections.states()]).toEqual([
    { connection: 8, peer: 'a private network', sinceMs: 1000, tapped: false, battery: null, batteries: [] },
    { connection: 7, peer: 'another', sinceMs: 2000, tapped: false, battery: null, batteries: [] },
  ]);
  expect([...connections.closed(8)]).toEqual([]);
  expect([...connections.closed(99)]).toEqual([]);
  expect([...connections.states()]).toMatchObject([{ connection: 7 }]);
});

it('tell which battery speaks on which, where it is one alone', () => {
  const connections = new Connections();
  const [one, other] = [battery('10101'), battery('10102')];
  for (const connection of [1, 2, 3]) connections.opened(connection, '', 0);
  expect(connections.named(1, one)).toBe(true);
  expect(connections.named(1, one)).toBe(false);
  expect(connections.named(2, one)).toBe(true);
  expect(connections.named(2, other)).toBe(true);
  expect(connections.named(2, one)).toBe(false);
  expect(connections.named(99, one)).toBe(false);
  expect(connections.speakers([1, 2, 3, 99, 1])).toEqual(new Map([[1, one.id]]));
  expect([...connections.states()][1]).toMatchObject({ battery: other.id, batteries: [one.id, other.id] });
});

it('count for each battery, which is connected while one of its own is open', () => {
  const connections = new Connections();
  const one = battery('10101');
  for (const connection of [1, 2]) {
    connections.opened(connection, '', 0);
    connections.named(connection, one);
  }
  expect(one.connections).toBe(2);
  expect([...connections.closed(1)]).toEqual([one]);
  expect(one.connections).toBe(1);
  connections.closed(1);
  expect(one.connections).toBe(1);
  connections.closed(2);
  expect(one.connections).toBe(0);
});

it('that stay open are of nobody, or of another, once their battery is forgotten', () => {
  const connections = new Connections();
  const [one, other] = [battery('10101'), battery('10102')];
  for (const connection of [1, 2]) connections.opened(connection, '', 0);
  connections.named(1, one);
  connections.named(2, other);
  connections.named(2, one);
  connections.forget(one);
  expect([...connections.states()]).toMatchObject([{ battery: null, batteries: [] }, { battery: other.id }]);
  expect([one.connections, ...connections.closed(1), ...connections.closed(2)]).toEqual([0, other]);
});
