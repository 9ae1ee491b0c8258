import { describe, expect, it } from 'vitest';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { Batteries } from '../src/session/batteries.ts';
import { Session } from '../src/session/session.ts';
import { pcap } from './captures/files.ts';
import { recorded, type Said, talk } from './captures/network.ts';
import { missed } from './missed.ts';
import { until } from './server.ts';
import { chatter, chunksOf, recordingOf, TAPPED, tappedHouse } from './tapped.ts';
import { frameByHand } from './wire.ts';

const RESUME = '{"CmdIndex":"82915609","Command":"Resume","Parameter1":"2024/06/12 10:00:00","Parameter2":"60"}';

function tapped(bytes: Uint8Array, more: Parameters<typeof tappedHouse>[1] = {}) {
  const house = tappedHouse({ kind: 'input', chunks: chunksOf(bytes, 333) }, more);
  house.tap.start();
  return house;
}

const readings = (house: ReturnType<typeof tapped>) => house.summary().filter((one) => one === 'reading live').length;

describe('an overheard connection', () => {
  it('is kept with what the other server orders, and what it is answered', async () => {
    const ms = 1_718_190_280_000;
    const answer = frameByHand(2, 8, '{"CmdIndex":"82915609","Command":"Resume","Status":"Success"}');
    const said: Said[] = [
      ...chatter(1),
      { way: 'to_battery', bytes: frameByHand(1, 8, RESUME), ms },
      { way: 'from_battery', bytes: answer, ms: ms + 50 },
    ];
    const house = tapped(recordingOf(said));
    await house.tap.ended;
    await until('both', () => house.kept.filter(({ type }) => type === 'bytes').length === 2);
    const bytes = house.kept.filter((record) => record.type === 'bytes');
    expect(bytes.map(({ direction, kept, command }) => `${kept} ${direction} ${command}`)).toEqual([
      'conversation to_battery 8',
      'conversation from_battery 8',
    ]);
    expect(house.frames).toContain('from server 1,8');
  });

  it('keeps a frame with a wrong checksum, and bytes that are none, and goes on', async () => {
    const said = chatter(3);
    const bad = said[2]?.bytes.slice() ?? expect.unreachable();
    bad[30] = 0;
    const garbage: Said = { way: 'from_battery', bytes: Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9), ms: 1_718_190_265_000 };
    const house = tapped(
      recordingOf([
        ...said.slice(0, 2),
        { ...said[2], bytes: bad } as Said,
        ...said.slice(3, 5),
        garbage,
        ...said.slice(5),
      ]),
    );
    await house.tap.ended;
    await until('the last reading', () => readings(house) === 2);
    const kept = house.kept.filter((record) => record.type === 'bytes').map(({ kept, reason }) => `${kept} ${reason}`);
    expect(kept).toEqual(['discarded FRAME_CHECKSUM', 'discarded FRAME_HEADER']);
    expect(house.said).toContain('FRAME_CHECKSUM 68 bytes'.replace('68', String(bad.length)));
  });

  it('waits until a battery that it names is loaded', async () => {
    const batteries = new Batteries(10, { kept: 1 });
    const forms = new FormBook();
    const loaded: string[] = [];
    const house = tapped(recordingOf(chatter(2)), {
      newSession: (connection, now) => new Session({ connection, batteries, forms, isOverheard: true }, now),
      load: async (serial) => void loaded.push(serial),
    });
    await house.tap.ended;
    await until('the readings', () => readings(house) === 2);
    expect(new Set(loaded)).toEqual(new Set([TAPPED]));
  });

  it('begins anew where a battery cannot be loaded', async () => {
    const batteries = new Batteries(10, { kept: 1 });
    const forms = new FormBook();
    let isFirst = true;
    const load = async () => {
      if (!isFirst) return;
      isFirst = false;
      throw new Error('damaged');
    };
    const newSession = (connection: number, now: Parameters<Session['wake']>[0]) =>
      new Session({ connection, batteries, forms, isOverheard: true }, now);
    const house = tapped(recordingOf(chatter(2)), { newSession, load });
    await house.tap.ended;
    await until('the readings', () => readings(house) === 2);
    expect(house.connections.map((one) => one.replace(/ a private.*/, ' opened'))).toEqual([
      ...['1 opened', '1 closed', '2 opened', '2 closed'],
    ]);
  });

  it('is stale, and is ended, where nothing more is heard, and begins anew', async () => {
    let goOn: () => void = () => {};
    const pause = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const segments = talk(chatter(2), { end: 'none' });
    const file = pcap(recorded(segments));
    const last = segments.findLastIndex(({ way, bytes }) => way === 'from_battery' && bytes.length > 0);
    const tail = file.subarray(pcap(recorded(segments.slice(0, last))).length);
    const chunks = async function* () {
      yield file.subarray(0, file.length - tail.length);
      await pause;
      yield tail;
    };
    const house = tappedHouse({ kind: 'input', chunks: chunks() });
    house.tap.start();
    await until('a reading', () => readings(house) === 1);
    house.pass(95_000);
    await until('stale', () => house.said.find((one) => one.startsWith('BATTERY_STALE')));
    house.pass(300_000);
    await until('the end', () => house.connections.includes('1 closed'));
    goOn();
    await house.tap.ended;
    await until('the next reading', () => readings(house) === 2);
    expect(house.connections.at(-2)).toMatch(/^2 /);
  });

  it('asks for nothing that was missed', async () => {
    const batteries = missed();
    const forms = new FormBook();
    const house = tapped(recordingOf(chatter(2)), {
      newSession: (connection, now) => new Session({ connection, batteries, forms, isOverheard: true }, now),
    });
    await house.tap.ended;
    await until('the gap', () => house.kept.some(({ type }) => type === 'gap'));
    expect(house.kept.filter((record) => record.type === 'gap').map(({ gap }) => gap.state)).toEqual(['open']);
    expect(house.frames).not.toContain('sent');
  });
});
