/**
 * What is committed: whole or not at all, for good, and found again as it was said.
 */
import { describe, expect, it } from 'vitest';
import { type Gap, type GapRecord, Private, type StoreRecord } from '../../src/model.ts';
import {
  bytes,
  clock,
  configuration,
  event,
  held,
  identity,
  OTHER,
  POISON,
  peer,
  reading,
  SERIAL,
  T,
  vendorConfiguration,
} from '../records.ts';
import { type Backend, House, pass } from './backend.ts';

const EVERYTHING: readonly StoreRecord[] = [
  identity(),
  event(),
  configuration('{"a":"1"}'),
  bytes({ serial: SERIAL }),
  reading('live', T, { pv1_power: 1 }, { form: { keys: ['Ppv1'], shapes: [0] } }),
  clock(3600),
  peer(),
  vendorConfiguration('newest', '{"a":1}'),
];

/** How much is kept of each. */
async function counts(house: House): Promise<number[]> {
  return [
    (await house.read((reader) => reader.owners())).length,
    (await house.list((reader) => reader.events())).length,
    (await house.list((reader) => reader.configurations())).length,
    (await house.list((reader) => reader.frames('unknown'))).length,
    (await house.list((reader) => reader.readings('live'))).length,
    (await house.list((reader) => reader.epochs())).length,
  ];
}

export function writing(backend: Backend): void {
  const fresh = () => new House(backend.place());

  describe('a commit', () => {
    it('is read as soon as its promise is kept, and after a power cut, and after the end', async () => {
      const house = fresh();
      await house.store.commit(EVERYTHING);
      expect(await counts(house)).toEqual([1, 1, 1, 1, 1, 1]);
      expect(await counts(house.afterPowerCut())).toEqual([1, 1, 1, 1, 1, 1]);
      expect(await counts(await house.again())).toEqual([1, 1, 1, 1, 1, 1]);
    });

    it.each(Array.from({ length: EVERYTHING.length + 1 }, (_, at) => [at]))(
      'is all or nothing: refused for what stands at place %i',
      async (at) => {
        const house = fresh();
        const poisoned = [...EVERYTHING.slice(0, at), POISON, ...EVERYTHING.slice(at)];
        await expect(house.store.commit(poisoned)).rejects.toMatchObject({ code: 'STORE_REFUSED', passing: false });
        expect(await counts(house)).toEqual([0, 0, 0, 0, 0, 0]);
        expect([house.store.idOf(SERIAL), await house.store.countBatteries()]).toEqual([undefined, 0]);
        expect(house.store.waitingRows).toBe(0);
        await house.store.commit(EVERYTHING);
        expect(await counts(house)).toEqual([1, 1, 1, 1, 1, 1]);
      },
    );

    it('of nothing is fine, and what is kept is there', async () => {
      const house = fresh();
      await house.store.commit([]);
      await house.store.verify();
      expect(await counts(house)).toEqual([0, 0, 0, 0, 0, 0]);
    });

    it('is seen whole or not at all by who has begun to read before', async () => {
      const house = fresh();
      await house.store.commit([reading('live', T)]);
      const seen = await house.read(async (reader) => {
        await house.store.commit([reading('live', T + 10)]);
        const times: (number | null)[] = [];
        for await (const { time } of reader.readings('live')) times.push(time);
        return times;
      });
      expect(seen).toEqual([T]);
    });
  });

  describe('batteries', () => {
    it('come back with the same id, the same clock and the time they were first heard', async () => {
      const house = fresh();
      await house.store.commit([identity(), clock(3600, 1000), clock(7200, 2000, SERIAL, 2), peer(), identity(OTHER)]);
      const before = await house.store.batteries(9);
      expect(before.map(({ serial }) => serial.reveal())).toEqual([SERIAL, OTHER]);
      for (const other of [house.afterPowerCut(), await house.again()]) {
        expect(await other.store.batteries(9)).toEqual(before);
        expect(await other.store.batteryOf(SERIAL)).toEqual(before[0]);
        expect(other.store.idOf(SERIAL)).toBe(before[0]?.id);
      }
      expect(before[0]).toMatchObject({ firstSeenMs: T * 1000, trust: { peers: [{ number: 1 }], lastRun: 0 } });
      expect(before[0]?.epochs.map(({ offsetSeconds }) => offsetSeconds)).toEqual([3600, 7200]);
      expect(before[1]?.epochs).toEqual([]);
    });

    it('are so many at most, those heard first, and each is found by itself', async () => {
      const house = fresh();
      await house.store.commit([OTHER, SERIAL, 'AL3'].map((serial) => identity(serial)));
      expect(await house.store.countBatteries()).toBe(3);
      expect((await house.store.batteries(2)).map(({ serial }) => serial.reveal())).toEqual([OTHER, SERIAL]);
      const id = house.store.idOf('AL3') ?? '';
      expect((await house.store.serialOf(id))?.reveal()).toBe('AL3');
      expect([await house.store.serialOf('nobody'), await house.store.batteryOf('AL-NOBODY')]).toEqual([null, null]);
    });

    it('have short ids that tell nothing of the serial number and differ from store to store', async () => {
      const houses = [fresh(), fresh()];
      const ids: (string | undefined)[] = [];
      for (const { store } of houses) {
        expect(store.idOf(SERIAL)).toBeUndefined();
        const would = store.shortIdOf(SERIAL);
        await store.commit([identity(), identity(OTHER)]);
        expect(store.idOf(SERIAL)).toBe(would);
        ids.push(store.idOf(SERIAL), store.idOf(OTHER));
      }
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{6,}$/);
      expect(new Set(ids).size).toBe(4);
    });

    it('have the later of two clocks of the same number', async () => {
      const house = fresh();
      await house.store.commit([clock(5, 1000), clock(7, 1000)]);
      await house.store.commit([clock(9, 2000, SERIAL, 2), clock(11, 2000, SERIAL, 2)]);
      const offsets = async (one: House) =>
        (await one.list((reader) => reader.epochs())).map(({ offsetSeconds }) => offsetSeconds);
      expect(await offsets(house)).toEqual([7, 11]);
      expect(await offsets(await house.again())).toEqual([7, 11]);
    });

    it('bring along the newest reading that is kept of them, which is not of the future', async () => {
      const house = fresh();
      await house.store.commit([clock(0), reading('live', T), reading('detail', T + 90)]);
      await house.store.commit([reading('history', T + 1e6, {}, { receivedMs: T * 1000 })]);
      const { store } = await house.again();
      expect((await store.batteryOf(SERIAL))?.newest).toEqual({ time: T, receivedMs: T * 1000 });
    });
  });

  describe('a battery that is forgotten', () => {
    const both = (serial: string): StoreRecord[] => [
      identity(serial),
      event({ serial }),
      configuration('{"a":"1"}', 1, serial),
      bytes({ serial }),
      reading('live', T, { pv1_power: 1 }, { serial }),
      clock(0, T * 1000, serial),
      vendorConfiguration('passed', '{"a":1}', {}, serial),
    ];

    it('is there no more, nor anything of it; if it speaks again it is new', async () => {
      const house = new House(backend.place(), { outboxes: ['one'] });
      await house.store.commit([...both(SERIAL), ...both(OTHER)]);
      const id = house.store.idOf(SERIAL) ?? '';
      const number = (await house.store.forget(id)) ?? Number.NaN;
      for (const one of [house, house.afterPowerCut({ outboxes: ['one'] })]) {
        expect([one.store.idOf(SERIAL), await one.store.batteryOf(SERIAL), await one.store.serialOf(id)]).toEqual([
          undefined,
          null,
          null,
        ]);
        expect(await counts(one)).toEqual([1, 1, 1, 1, 1, 1]);
        expect(
          one
            .outbox()
            .next(9)
            .readings.map(({ battery }) => battery),
        ).toEqual([one.store.idOf(OTHER)]);
      }
      await pass();
      expect(await house.store.forgettingOf(number)).toMatchObject({ number, isDone: true });
      expect(await counts(house)).toEqual([1, 1, 1, 1, 1, 1]);
      expect([await house.store.forget(id), await house.store.forgettingOf(number + 1)]).toEqual([null, null]);
      await house.store.commit([identity()]);
      const again = await house.store.batteryOf(SERIAL);
      expect(again).toMatchObject({ epochs: [], newest: null });
      expect(again?.vendor).toBeUndefined();
    });

    it('may be one of which only held readings are kept', async () => {
      const house = fresh();
      const newcomer = held(reading('live', T, {}, { serial: OTHER }), { why: 'newcomer' });
      await house.store.commit([identity(), newcomer]);
      const id = house.store.shortIdOf(OTHER);
      expect((await house.store.serialOf(id))?.reveal()).toBe(OTHER);
      expect(await house.store.forget(id)).not.toBeNull();
      await pass();
      expect(await house.list((reader) => reader.held())).toEqual([]);
      expect(await house.store.countBatteries()).toBe(1);
    });
  });

  describe('gaps', () => {
    const gap = (number: number, state: Gap['state'], change: Partial<Gap> = {}): GapRecord => ({
      type: 'gap',
      battery: new Private(SERIAL),
      receivedMs: T * 1000,
      gap: { number, from: T + number, to: T + 600, filledMinutes: 0, state, askedMs: null, ...change },
    });

    it('are told as they were last said to be, and come back where they are not closed', async () => {
      const house = fresh();
      await house.store.commit([gap(1, 'open'), gap(2, 'open'), gap(3, 'open'), gap(4, 'refused')]);
      await house.store.commit([gap(2, 'asked', { askedMs: 5, filledMinutes: 3, to: T + 900 }), gap(1, 'filled')]);
      const told = await house.list((reader) => reader.gaps());
      expect(told.map(({ number, state, filledMinutes }) => [number, state, filledMinutes])).toEqual([
        [1, 'filled', 0],
        [2, 'asked', 3],
        [3, 'open', 0],
        [4, 'refused', 0],
      ]);
      const battery = await (await house.again()).store.batteryOf(SERIAL);
      expect(battery?.openGaps.map(({ number }) => number)).toEqual([2, 3]);
      expect(battery?.lastGapNumber).toBe(4);
    });
  });

  describe('events', () => {
    const log = (serial: string | null, connection = 7) => [
      event({ serial, connection, batteryTime: T + 60 }),
      event({ serial, connection, batteryTime: T }),
      event({ serial, connection, batteryTime: T, occurrence: 1 }),
    ];
    const told = (house: House) => house.list((reader) => reader.events());

    it('that the battery repeats at every login are one each; of another battery, second or code they are others', async () => {
      const house = fresh();
      await house.store.commit(log(SERIAL));
      await house.store.commit([
        ...log(SERIAL, 8),
        event({ serial: OTHER, batteryTime: T }),
        event({ code: 42, batteryTime: T }),
      ]);
      expect(await told(house)).toHaveLength(5);
    });

    it('without a code, and those the server saw, are as many as came', async () => {
      const house = fresh();
      const restart = event({ name: 'System', code: null, batteryTime: null, time: T, text: 'System is restart' });
      const seen = event({ source: 'server', name: 'connected', code: null, batteryTime: null, time: T });
      await house.store.commit([restart, restart, seen, seen]);
      expect(await told(house)).toHaveLength(4);
    });

    it('and frames that came before the battery said its name become that battery’s', async () => {
      const house = fresh();
      await house.store.commit([
        ...log(null),
        event({ serial: null, connection: 8 }),
        bytes(),
        bytes({ connection: 8 }),
      ]);
      await house.store.commit([identity()]);
      await pass();
      const owners = (all: readonly { owner: { serial: Private<string> } | null }[]) =>
        all.map(({ owner }) => owner?.serial.reveal() ?? null).sort();
      expect(owners(await told(house))).toEqual([SERIAL, SERIAL, SERIAL, null].sort());
      expect(owners(await house.list((reader) => reader.frames('unknown')))).toEqual([SERIAL, null].sort());
    });
  });

  describe('configurations', () => {
    const told = async (house: House) =>
      (await house.list((reader) => reader.configurations())).map(
        ({ text, bytes: raw, receivedMs, lastReceivedMs }) => [text, raw, receivedMs, lastReceivedMs],
      );

    it('that have not changed are one with two times; that come back are another', async () => {
      const house = fresh();
      await house.store.commit([configuration('A', 1), configuration('A', 2)]);
      await house.store.commit([configuration('B', 3), configuration('A', 4)]);
      expect(await told(house)).toEqual([
        ['A', null, 1, 2],
        ['B', null, 3, 3],
        ['A', null, 4, 4],
      ]);
    });

    it('are what was sent, with the bytes of what is no UTF-8, which tell one from another', async () => {
      const house = fresh();
      const text = '\ufeff{"a":"\0"}\0\0';
      const [latin1, other] = [Uint8Array.of(0x41, 0xdf), Uint8Array.of(0x41, 0xe9)];
      await house.store.commit([configuration(text, 1), configuration('Aß', 2, SERIAL, latin1)]);
      await house.store.commit([
        configuration('Aß', 3, SERIAL, Uint8Array.from(latin1)),
        configuration('Aß', 4, SERIAL, other),
      ]);
      expect(await told(house)).toEqual([
        [text, null, 1, 1],
        ['Aß', latin1, 2, 3],
        ['Aß', other, 4, 4],
      ]);
    });
  });

  describe('bytes', () => {
    it('are kept as they came, and what is known of them', async () => {
      const house = fresh();
      const all = Uint8Array.from({ length: 256 }, (_, n) => n);
      const nothing = { frameType: null, command: null, reason: 'FRAME_TLS', bytes: new Uint8Array(0) };
      await house.store.commit([
        bytes({ bytes: all, serial: SERIAL, direction: 'to_battery' }),
        bytes({ kept: 'discarded', ...nothing }),
      ]);
      expect(await house.list((reader) => reader.frames('unknown'))).toMatchObject([
        {
          bytes: all,
          receivedMs: T * 1000,
          direction: 'to_battery',
          frameType: 1,
          command: 7,
          reason: 'COMMAND_UNKNOWN',
        },
      ]);
      expect(await house.list((reader) => reader.frames('discarded'))).toMatchObject([{ owner: null, ...nothing }]);
    });

    it('stay within their quota: the oldest go first', async () => {
      const house = new House(backend.place(), { rawBytes: 2000 });
      for (let n = 1; n <= 30; n++)
        await house.store.commit([bytes({ receivedMs: n, bytes: new Uint8Array(100).fill(n) })]);
      const kept = (await house.list((reader) => reader.frames('unknown'))).map((one) => one.bytes[0] as number);
      expect(kept.length).toBeLessThanOrEqual(20);
      expect(kept).toEqual(Array.from({ length: kept.length }, (_, n) => 31 - kept.length + n));
      expect(kept.length).toBeGreaterThan(0);
    });
  });

  describe('what others remember', () => {
    it('is there at once, after the end and after a power cut, the last of each name', async () => {
      const house = fresh();
      expect(house.store.recall('totals aaa')).toBeNull();
      house.store.remember(
        new Map([
          ['totals aaa', '1'],
          ['time_zone', 'not the store’s own'],
        ]),
      );
      house.store.remember(new Map([['totals aaa', '2']]));
      const recalled = ({ store }: House) => [store.recall('totals aaa'), store.recall('time_zone')];
      const expected = ['2', 'not the store’s own'];
      expect([recalled(house), recalled(house.afterPowerCut())]).toEqual([expected, expected]);
      expect(recalled(await house.again())).toEqual(expected);
    });
  });

  describe('connection numbers', () => {
    it('never repeat, however often the store is opened or loses power', async () => {
      let house = fresh();
      const given: number[] = [];
      for (let round = 0; round < 4; round++) {
        for (let n = 0; n < 1000; n++) given.push(house.store.nextConnection());
        house = round % 2 === 0 ? house.afterPowerCut() : await house.again();
      }
      expect(new Set(given).size).toBe(4000);
      expect(given.every((number) => Number.isSafeInteger(number) && number > 0)).toBe(true);
    });
  });
}
