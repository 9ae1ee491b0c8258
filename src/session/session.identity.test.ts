/** Which battery talks on a session: names, two connections of one, two on one connection, what is kept of it. */
import { describe, expect, it } from 'vitest';
import {
  acquainted,
  DETAIL,
  EPOCH,
  FIRST_LIVE,
  FIRST_LIVE_TIME,
  fixture,
  history,
  LIVE_SUCCESS,
  LOGIN,
  live,
  NOON_SECONDS,
  OFFSET,
  OTHER_SERIAL,
  PING,
  SECOND_LIVE,
  SERIAL,
} from '../../test/acquainted.ts';
import { type Dialogue, dialogue, hex, NOON, toldOf } from '../../test/dialogue.ts';
import { frameByHand } from '../../test/wire.ts';
import { Private } from '../model.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { Batteries } from './batteries.ts';
import type { Output } from './output.ts';
import { Session } from './session.ts';

describe('who is talking', () => {
  it('is said once per connection, however often the serial number comes', () => {
    acquainted()
      .battery(LOGIN)
      .keeps({ name: 'login' })
      .success(2)
      .sends(3, `{"SN":"${SERIAL}"}`)
      .success(3)
      .battery(SECOND_LIVE)
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS);
  });

  it('is said again on another connection, to a clock that is known already', () => {
    const batteries = new Batteries(10);
    acquainted({ batteries });
    dialogue({ batteries, connection: 8 })
      .after(10)
      .battery(SECOND_LIVE)
      .keeps({ type: 'identity', battery: SERIAL, connection: 8 })
      .keeps({ name: 'connected', text: 'connection 8' })
      .keeps({ type: 'reading', time: FIRST_LIVE_TIME + 10 - OFFSET })
      .server(LIVE_SUCCESS);
  });

  it('is learnt from a request for configuration too', () => {
    dialogue().sends(3, fixture('1-1-3.ask.json')).meets(SERIAL).success(3);
  });

  it('is remembered for messages that do not say it', () => {
    acquainted()
      .sends(16, '{"Time":"2024/06/12 12:04:20","Ppv1":"1"}')
      .keeps({ kind: 'live', battery: SERIAL, values: { pv1_power: 1 } })
      .success(16)
      .sends(4, '{"UPS1":"0"}')
      .keeps({ type: 'configuration', battery: SERIAL })
      .success(4);
  });

  it('keeps two batteries on one connection apart', () => {
    acquainted()
      .sends(16, live('2024/06/12 12:34:11', OTHER_SERIAL))
      .meets(OTHER_SERIAL)
      .keeps({ type: 'clock', battery: OTHER_SERIAL, epochs: [{ offsetSeconds: 5400 }] })
      .keeps({ type: 'reading', battery: OTHER_SERIAL, time: NOON_SECONDS })
      .success(16)
      .after(10)
      .battery(SECOND_LIVE)
      .keeps({ type: 'reading', battery: SERIAL, time: FIRST_LIVE_TIME + 10 - OFFSET })
      .server(LIVE_SUCCESS)
      .sends(5, '{"Ppv1":"5"}')
      .keeps({ type: 'reading', kind: 'detail', battery: SERIAL })
      .success(5);
  });

  it('is one of too many: the message is kept as it came, and answered', () => {
    const frame = frameByHand(1, 16, live('2024/06/12 12:04:10', OTHER_SERIAL));
    acquainted({ batteries: new Batteries(1) })
      .battery(frame)
      .keeps({
        type: 'bytes',
        kept: 'unknown',
        reason: 'BATTERIES_TOO_MANY',
        bytes: hex(frame),
        frameType: 1,
        command: 16,
      })
      .reports('BATTERIES_TOO_MANY', 'live, 67 bytes')
      .success(16)
      .battery(SECOND_LIVE)
      .keeps({ type: 'reading', battery: SERIAL })
      .server(LIVE_SUCCESS);
  });

  it.each([
    ['a login whose user name is no serial number', 2, '{"UserName":"","Password":"p","CompanyName":"c"}', 'login'],
    ['a request for configuration', 3, '{}', 'configuration_request'],
    ['a configuration', 4, '{"UPS1":"0"}', 'configuration'],
    ['a live reading', 16, '{"Time":"2024/06/12 12:04:10","Ppv1":"1"}', 'live'],
    ['a detail reading', 5, '{"Ppv1":"1"}', 'detail'],
    ['a history packet', 12, 'Date,Time,Ppv1\n2024/06/12,11:14:22,1\n2024/06/12,11:15:22,1\n', 'history'],
  ])('is not known: %s is kept whole, once, and answered', (_, command, body, name) => {
    const frame = frameByHand(1, command, body);
    dialogue()
      .battery(frame)
      .keeps({
        type: 'bytes',
        kept: 'unknown',
        battery: null,
        connection: 7,
        reason: 'IDENTITY_MISSING',
        bytes: hex(frame),
      })
      .reports('IDENTITY_MISSING', `${name}, ${body.length} bytes`)
      .success(command)
      .hangsUp()
      .nothing();
  });

  it.each(['False', 'connection', 'null', '0', 'true', '0.0'])('is not %j, which is no serial number', (name) => {
    const batteries = new Batteries(10);
    dialogue({ batteries })
      .sends(2, JSON.stringify({ UserName: name, Password: 'p', CompanyName: 'c' }))
      .keeps({ type: 'bytes', reason: 'IDENTITY_MISSING' })
      .reports('IDENTITY_MISSING')
      .success(2)
      .sends(16, `{"Time":"2024/06/12 12:04:10","SN":"${name}","Ppv1":"1"}`)
      .keeps({ type: 'bytes', reason: 'IDENTITY_MISSING' })
      .reports('IDENTITY_MISSING')
      .success(16)
      .battery(FIRST_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading', battery: SERIAL })
      .server(LIVE_SUCCESS);
    expect(batteries.size).toBe(1);
  });

  it('takes in no battery for a login it cannot tell', () => {
    const batteries = new Batteries(10);
    dialogue({ batteries })
      .sends(2, '{"UserName":null}')
      .keeps({ type: 'bytes', reason: 'IDENTITY_MISSING' })
      .reports('IDENTITY_MISSING')
      .success(2);
    expect(batteries.size).toBe(0);
  });
});

describe('two connections of one battery', () => {
  const soon = { wallMs: NOON.wallMs + 20_000, monoMs: NOON.monoMs + 20_000 };

  /** The second, of which nothing was heard yet, and the first. */
  function both(): readonly [older: Dialogue, newer: Dialogue] {
    const batteries = new Batteries(10);
    return [acquainted({ batteries }).after(20), dialogue({ batteries, connection: 8, at: soon })];
  }

  it('are left alone until the newer has delivered a reading; then the older is closed', () => {
    const [older, newer] = both();
    newer.battery(LOGIN).meets(SERIAL).keeps({ name: 'login' }).success(2);
    older.after(1).nothing();
    newer.battery(SECOND_LIVE).keeps({ type: 'reading' }).server(LIVE_SUCCESS);
    expect(older.session.deadline).toBe(Number.NEGATIVE_INFINITY);
    older
      .after(0)
      .reports('CONNECTION_SUPERSEDED')
      .keeps({ type: 'event', name: 'disconnected', battery: SERIAL, connection: 7 })
      .closes('CONNECTION_SUPERSEDED')
      .nothing();
    newer.after(10).nothing();
  });

  it('keep what the older had begun to say', () => {
    const [older, newer] = both();
    older.battery('0101');
    newer.battery(SECOND_LIVE).meets(SERIAL).keeps({ type: 'reading' }).server(LIVE_SUCCESS);
    older
      .after(0)
      .keeps({ type: 'bytes', kept: 'discarded', bytes: '0101' })
      .reports('CONNECTION_SUPERSEDED')
      .keeps({ name: 'disconnected' })
      .closes('CONNECTION_SUPERSEDED');
  });

  it('keep what the older still says, which does not make it the newer', () => {
    const [older, newer] = both();
    newer.battery(SECOND_LIVE).meets(SERIAL).keeps({ type: 'reading' }).server(LIVE_SUCCESS);
    const { session } = older;
    const outputs = session.receive(Buffer.from(DETAIL, 'hex'), older.now);
    expect(outputs.map(({ type }) => type)).toEqual(['record', 'reply']);
    expect(session.deadline).toBe(Number.NEGATIVE_INFINITY);
    expect(newer.session.deadline).toBe(soon.monoMs + 90_000);
  });

  it('leave alone a connection on which another battery speaks as well', () => {
    const [older, newer] = both();
    older
      .sends(16, live('2024/06/12 12:34:11', OTHER_SERIAL))
      .meets(OTHER_SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .success(16);
    newer.battery(SECOND_LIVE).meets(SERIAL).keeps({ type: 'reading' }).server(LIVE_SUCCESS);
    older.after(1).nothing();
  });
});

describe('two batteries on one connection', () => {
  /** Both have sent a live reading, the other one second later. */
  function two(batteries = new Batteries(10)): Dialogue {
    return acquainted({ batteries })
      .after(1)
      .sends(16, live('2024/06/12 12:34:12', OTHER_SERIAL))
      .meets(OTHER_SERIAL)
      .keeps({ type: 'clock', battery: OTHER_SERIAL })
      .keeps({ type: 'reading', battery: OTHER_SERIAL })
      .success(16);
  }

  /** One of them speaks on a newer connection. */
  function moves(batteries: Batteries, at: Dialogue['now'], frame: string, serial: string): void {
    dialogue({ batteries, connection: 8, at }).sends(16, frame).meets(serial).keeps({ type: 'reading' }).success(16);
  }

  it('are both said to be disconnected, whoever ends it', () => {
    two()
      .hangsUp()
      .keeps({ type: 'event', name: 'disconnected', battery: SERIAL, text: 'connection 7' })
      .keeps({ type: 'event', name: 'disconnected', battery: OTHER_SERIAL, text: 'connection 7' })
      .nothing();
    two()
      .after(90)
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale', battery: SERIAL, time: NOON_SECONDS + 90 })
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale', battery: OTHER_SERIAL, time: NOON_SECONDS + 91 })
      .after(210)
      .reports('PEER_SILENT')
      .keeps({ name: 'disconnected', battery: SERIAL })
      .keeps({ name: 'disconnected', battery: OTHER_SERIAL })
      .closes('PEER_SILENT')
      .nothing();
  });

  it('become stale and fresh each by itself', () => {
    const told = two();
    for (let second = 31; second <= 121; second += 30) {
      told.after(30);
      if (second === 91)
        told.reports('BATTERY_STALE').keeps({ name: 'stale', battery: SERIAL, time: NOON_SECONDS + 90 });
      told
        .sends(16, live(`2024/06/12 12:3${4 + Math.floor((second + 11) / 60)}:${(second + 11) % 60}`, OTHER_SERIAL))
        .keeps({ type: 'reading', battery: OTHER_SERIAL })
        .success(16);
    }
    told
      .sends(16, live('2024/06/12 12:06:11'))
      .keeps({ name: 'fresh', battery: SERIAL, time: NOON_SECONDS + 121 })
      .keeps({ type: 'reading', battery: SERIAL })
      .success(16)
      .after(89)
      .nothing()
      .after(1)
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale', battery: SERIAL })
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale', battery: OTHER_SERIAL });
  });

  it('of which one has moved to a newer connection keep theirs for the other', () => {
    const batteries = new Batteries(10);
    const told = two(batteries).after(9);
    moves(batteries, told.now, live('2024/06/12 12:04:20'), SERIAL);
    told
      .after(80)
      .nothing()
      .after(1)
      // The one that moved is fresh there.
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale', battery: OTHER_SERIAL, time: NOON_SECONDS + 91 });
  });

  it('that have both moved leave it to be closed', () => {
    const batteries = new Batteries(10);
    const told = two(batteries).after(9);
    moves(batteries, told.now, live('2024/06/12 12:04:20'), SERIAL);
    told.after(0).nothing();
    moves(batteries, told.now, live('2024/06/12 12:34:21', OTHER_SERIAL), OTHER_SERIAL);
    told
      .after(0)
      .reports('CONNECTION_SUPERSEDED')
      .keeps({ name: 'disconnected', battery: SERIAL })
      .keeps({ name: 'disconnected', battery: OTHER_SERIAL })
      .closes('CONNECTION_SUPERSEDED')
      .nothing();
  });
});

describe('a battery of which something is kept', () => {
  const kept = (serial = SERIAL) => ({
    id: 'b3f1c2',
    serial: new Private(serial),
    firstSeenMs: 0,
    epochs: [{ ...EPOCH, sinceMs: 0, possibleSinceMs: 0 }],
    newest: null,
    openGaps: [],
    lastGapNumber: 0,
    trust: { peers: [], lastRun: 0 },
  });
  const hearing = (atOnce = 10, count = 1) => {
    const batteries = new Batteries(10, { kept: count, atOnce });
    const session = new Session({ connection: 7, batteries, forms: new FormBook() }, NOON);
    const types = (outputs: readonly Output[]) =>
      outputs.map((output) => (output.type === 'record' ? output.record.type : output.type));
    return { batteries, session, types };
  };
  const frames = (...all: string[]) => Buffer.concat(all.map((text) => Buffer.from(text.replaceAll(' ', ''), 'hex')));

  it('is not heard, nor anything behind it, until the batteries were told', () => {
    const { batteries, session, types } = hearing();
    expect(types(session.receive(frames(PING, FIRST_LIVE, PING), NOON))).toEqual(['reply']);
    expect(session.awaited).toBe(SERIAL);
    expect(session.receive(frames(SECOND_LIVE), NOON)).toEqual([]);
    batteries.restore(kept());
    const heard = types(session.told(NOON));
    expect(session.awaited).toBeNull();
    expect(heard.filter((type) => type === 'reading')).toHaveLength(2);
    expect(heard.filter((type) => type === 'reply')).toHaveLength(3);
    // Its clock is the one that was kept.
    expect(batteries.get(SERIAL)?.clock.timeline.epochs[0]?.sinceMs).toBe(0);
    expect(session.told(NOON)).toEqual([]);
  });

  it('can have what its house is rated for from the first message on', () => {
    const { batteries, session } = hearing();
    const body = `{"Time":"2024/06/12 12:04:10","SN":"${SERIAL}","SOC":"50","Ppv1":"120000"}`;
    session.receive(frameByHand(1, 16, body), NOON);
    batteries.restore({ ...kept(), ratedWatts: 50_000 });
    const told = session.told(NOON).flatMap((output) => (output.type === 'record' ? [toldOf(output.record)] : []));
    expect(told).toContainEqual(expect.objectContaining({ values: expect.objectContaining({ pv1_power: 120_000 }) }));
  });

  it('is asked for once, and no serial number is any more where all that is kept was told', () => {
    const { batteries, session } = hearing();
    session.receive(frames(FIRST_LIVE), NOON);
    batteries.restore(kept());
    session.told(NOON);
    session.receive(frames(SECOND_LIVE), NOON);
    session.receive(frameByHand(1, 16, live('2024/06/12 12:05:00', OTHER_SERIAL)), NOON);
    expect(session.awaited).toBeNull();
  });

  it('may be another: then it is new, and the next new one is asked for, too', () => {
    const { batteries, session, types } = hearing();
    session.receive(frames(FIRST_LIVE), NOON);
    expect(types(session.told(NOON))).toContain('reading');
    session.receive(frameByHand(1, 16, live('2024/06/12 12:05:00', OTHER_SERIAL)), NOON);
    expect(session.awaited).toBe(OTHER_SERIAL);
    batteries.restore(kept(OTHER_SERIAL));
    expect(types(session.told(NOON))).toContain('reading');
    expect(batteries.size).toBe(2);
  });

  it('is asked for each, where one message names several', () => {
    const { session, types } = hearing();
    const rows = [SERIAL, OTHER_SERIAL, SERIAL].map((serial, n) => `2024/06/12,12:0${n}:00,${serial},1`);
    session.receive(frameByHand(1, 12, history(...rows)), NOON);
    expect(session.awaited).toBe(SERIAL);
    session.told(NOON);
    expect(session.awaited).toBe(OTHER_SERIAL);
    expect(types(session.told(NOON)).filter((type) => type === 'reading')).toHaveLength(3);
    expect(session.awaited).toBeNull();
  });

  it('has its place kept: those that are new find it taken, and wait without being asked for again', () => {
    const { session } = hearing(1);
    session.receive(frameByHand(1, 16, live('2024/06/12 12:05:00', OTHER_SERIAL)), NOON);
    expect(session.told(NOON)).toContainEqual(expect.objectContaining({ code: 'BATTERY_WAITS' }));
    session.receive(frameByHand(1, 16, live('2024/06/12 12:05:10', OTHER_SERIAL)), NOON);
    expect(session.awaited).toBeNull();
  });

  it('is told once: what is heard of it since is not undone', () => {
    const { batteries } = hearing(10, 2);
    batteries.restore(kept());
    const battery = batteries.get(SERIAL);
    batteries.restore(kept());
    expect(batteries.get(SERIAL)).toBe(battery);
    expect(batteries.size).toBe(2);
  });

  it('is not heard any more where the connection has ended meanwhile', () => {
    const { session, types } = hearing();
    session.receive(frames(FIRST_LIVE), NOON);
    expect(types(session.ended(NOON))).toEqual([]);
    expect(session.told(NOON)).toEqual([]);
  });
});
