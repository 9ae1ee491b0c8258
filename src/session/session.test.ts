/** How a session talks: answers, patience, the end. Others: session.identity, session.clock, session.bad-input. */
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
  LOG,
  LOGIN,
  NOON_SECONDS,
  OFFSET,
  PING,
  played,
  SECOND_LIVE,
  SERIAL,
} from '../../test/acquainted.ts';
import { type Dialogue, dialogue, hex, NOON, toldOf } from '../../test/dialogue.ts';
import { frameByHand } from '../../test/wire.ts';
import { Batteries } from './batteries.ts';

describe('a conversation', () => {
  it('goes as it was captured', () => {
    const told = dialogue()
      .battery(LOGIN)
      .meets(SERIAL)
      .keeps({ type: 'event', source: 'server', name: 'login', text: 'AlphaESS', battery: SERIAL, connection: 7 })
      .success(2)
      .battery(PING)
      .success(0)
      .battery(LOG);
    const codes = [41, 29, 30, 29, 30, 29, 30, 29, 30, 29, 30, 29, 30, 29, 30, 42];
    for (const code of codes) told.keeps({ type: 'event', source: 'battery', name: 'EventLog', code, time: null });
    told
      .success(9)
      .battery(FIRST_LIVE)
      .keeps({
        type: 'clock',
        battery: SERIAL,
        epochs: [EPOCH],
        corrections: [],
      })
      .keeps({
        type: 'reading',
        kind: 'live',
        battery: SERIAL,
        time: FIRST_LIVE_TIME - OFFSET,
        batteryTime: FIRST_LIVE_TIME,
        receivedMs: NOON.wallMs,
        values: { pv1_power: 1890, grid_power_l1: -3442, load_power: 418 },
      })
      .server(LIVE_SUCCESS)
      .after(10)
      .battery(SECOND_LIVE)
      .keeps({ type: 'reading', kind: 'live', time: FIRST_LIVE_TIME + 10 - OFFSET, values: { pv1_power: 1893 } })
      .server(LIVE_SUCCESS)
      .after(6)
      .battery(DETAIL)
      .keeps({ type: 'reading', kind: 'detail', time: FIRST_LIVE_TIME + 16 - OFFSET, values: { load_power: 421 } })
      .success(5)
      .hangsUp()
      .keeps({ type: 'event', source: 'server', name: 'disconnected', battery: SERIAL, time: NOON_SECONDS + 16 })
      .nothing();
  });

  it('needs no login: a battery that reconnects streams on', () => {
    acquainted().nothing();
  });

  it('keeps the event log of a battery that has not said its name, and the name when it comes', () => {
    dialogue()
      .sends(9, '{"MsgType":"EventLog","MsgContent":"24/06/12 12:03:41 41;"}')
      .keeps({ type: 'event', battery: null, connection: 7, batteryTime: 1_718_193_821, time: null, code: 41 })
      .success(9)
      .battery(FIRST_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS);
  });

  it('dates an entry of the log when the clock is known, and a message without a time by its arrival', () => {
    acquainted()
      .after(1)
      .sends(9, '{"MsgType":"EventLog","MsgContent":"24/06/12 12:03:41 41;24/06/12 12:03:41 41;nonsense"}')
      .keeps({ battery: SERIAL, time: 1_718_193_821 - OFFSET, code: 41, occurrence: 0 })
      .keeps({ battery: SERIAL, time: 1_718_193_821 - OFFSET, code: 41, occurrence: 1 })
      .keeps({ battery: SERIAL, time: NOON_SECONDS + 1, batteryTime: null, code: null, text: 'nonsense' })
      .success(9)
      .battery(frameByHand(1, 9, fixture('1-1-9.system.json')))
      .keeps({ name: 'System', time: NOON_SECONDS + 1, code: null, receivedMs: NOON.wallMs + 1000 })
      .success(9);
  });

  it('answers bunched frames of one read one by one, in order', () => {
    dialogue()
      .battery(FIRST_LIVE, DETAIL, SECOND_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ kind: 'live', batteryTime: FIRST_LIVE_TIME })
      .server(LIVE_SUCCESS)
      .keeps({ kind: 'detail', batteryTime: FIRST_LIVE_TIME + 16 })
      .success(5)
      .keeps({ kind: 'live', batteryTime: FIRST_LIVE_TIME + 10 })
      .server(LIVE_SUCCESS)
      .nothing();
  });

  it('keeps a sample that comes twice both times: the store knows that it is one', () => {
    acquainted()
      .battery(FIRST_LIVE, FIRST_LIVE)
      .keeps({ kind: 'live', time: FIRST_LIVE_TIME - OFFSET })
      .server(LIVE_SUCCESS)
      .keeps({ kind: 'live', time: FIRST_LIVE_TIME - OFFSET })
      .server(LIVE_SUCCESS);
  });

  it('says the same wherever the bytes are cut', () => {
    const stream = Buffer.from(LOGIN + PING + FIRST_LIVE + DETAIL, 'hex');
    const whole = played([stream]);
    expect(whole.filter((output) => output.type === 'reply')).toHaveLength(4);
    for (let cut = 1; cut < stream.length; cut++) {
      expect(played([stream.subarray(0, cut), stream.subarray(cut)]), `cut at ${cut}`).toEqual(whole);
    }
    expect(played(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('does nothing for a read of no bytes', () => {
    dialogue().battery('').nothing();
  });
});

describe('patience', () => {
  it('is 30 seconds for a frame begun: what came of it is kept', () => {
    const begun = FIRST_LIVE.slice(0, 14);
    dialogue()
      .battery(begun)
      .after(29.999)
      .after(0.001)
      .keeps({
        type: 'bytes',
        kept: 'discarded',
        reason: 'FRAME_INCOMPLETE',
        bytes: begun,
        receivedMs: NOON.wallMs + 30_000,
      })
      .reports('FRAME_INCOMPLETE')
      .closes('FRAME_INCOMPLETE')
      .nothing();
  });

  it('is 30 seconds for a single byte', () => {
    acquainted()
      .battery('01')
      .after(30)
      .keeps({ type: 'bytes', kept: 'discarded', battery: SERIAL, bytes: '01' })
      .reports('FRAME_INCOMPLETE')
      .keeps({ name: 'disconnected' })
      .closes('FRAME_INCOMPLETE');
  });

  it('does not begin again with each byte', () => {
    const told = dialogue();
    for (let at = 0; at < 30; at++) told.battery(FIRST_LIVE.slice(at * 2, at * 2 + 2)).after(at < 29 ? 1 : 0);
    told
      .after(1)
      .keeps({ type: 'bytes', kept: 'discarded', reason: 'FRAME_INCOMPLETE', bytes: FIRST_LIVE.slice(0, 60) })
      .reports('FRAME_INCOMPLETE')
      .closes('FRAME_INCOMPLETE');
  });

  it('begins again with each whole frame', () => {
    dialogue()
      .battery(FIRST_LIVE.slice(0, 20))
      .after(29)
      .battery(FIRST_LIVE.slice(20), SECOND_LIVE.slice(0, 20))
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS)
      .after(29)
      .battery(SECOND_LIVE.slice(20))
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS)
      .after(89)
      .nothing();
  });

  it('is 90 seconds without a reading until a battery is stale, and 300 until the connection is closed', () => {
    acquainted()
      .after(89.999)
      .nothing()
      .after(0.001)
      .reports('BATTERY_STALE', '')
      .keeps({ type: 'event', source: 'server', name: 'stale', battery: SERIAL, time: NOON_SECONDS + 90 })
      .after(209.999)
      .nothing()
      .after(0.001)
      .reports('PEER_SILENT')
      .keeps({ type: 'event', name: 'disconnected', battery: SERIAL })
      .closes('PEER_SILENT')
      .nothing();
  });

  it.each([
    ['a login', LOGIN, 2],
    ['an event without a serial number', hex(frameByHand(1, 9, '{"MsgType":"Socket","MsgContent":"x"}')), 9],
    ['the answer to an order', hex(frameByHand(2, 8, '{"Command":"Resume"}')), null],
    ['a message that nobody can read', hex(frameByHand(1, 16, 'nan')), 16],
    ['a message that nobody has documented', hex(frameByHand(1, 7, 'x')), 7],
  ])('does not close a connection while its battery says anything, though it is stale: %s', (_what, frame, replies) => {
    const told = acquainted();
    for (let minute = 1; minute <= 8; minute++) {
      told.after(60);
      if (minute === 2) told.reports('BATTERY_STALE').keeps({ name: 'stale', time: NOON_SECONDS + 90 });
      const outputs = told.session.receive(Buffer.from(frame, 'hex'), told.now);
      expect(outputs.filter(({ type }) => type === 'reply')).toHaveLength(replies === null ? 0 : 1);
      expect(outputs.some(({ type }) => type === 'close')).toBe(false);
    }
    told.after(299.999).nothing().after(0.001);
    told.reports('PEER_SILENT').keeps({ name: 'disconnected' }).closes('PEER_SILENT');
  });

  it('closes a connection on which nothing but empty requests came', () => {
    const told = acquainted();
    for (let minute = 1; minute <= 4; minute++) {
      told.after(60);
      if (minute === 2) told.reports('BATTERY_STALE').keeps({ name: 'stale', time: NOON_SECONDS + 90 });
      told.battery(PING).success(0);
    }
    told.after(60).reports('PEER_SILENT').keeps({ name: 'disconnected' }).closes('PEER_SILENT');
  });

  it('closes a connection on which frames with wrong checksums came, or nobody said who it is', () => {
    const damaged = `${FIRST_LIVE.slice(0, -4)}0000`;
    const told = acquainted()
      .after(80)
      .battery(damaged)
      .keeps({ type: 'bytes', kept: 'discarded' })
      .reports('FRAME_CHECKSUM');
    expect(told.session.deadline).toBe(NOON.monoMs + 90_000);
    told.after(10).reports('BATTERY_STALE').keeps({ name: 'stale' });
    told.after(210).reports('PEER_SILENT').keeps({ name: 'disconnected' }).closes('PEER_SILENT');
    const nameless = dialogue()
      .after(200)
      .sends(16, 'nan')
      .keeps({ type: 'bytes' })
      .reports('BODY_UNREADABLE')
      .success(16);
    nameless.after(100).reports('PEER_SILENT').closes('PEER_SILENT');
  });

  it.each([
    ['live', SECOND_LIVE, '16'],
    ['detail', DETAIL, '5'],
    ['history', hex(frameByHand(1, 12, history(`2024/06/12,11:14:22,${SERIAL},1722`))), '12'],
  ])(
    'begins again with each reading, and it is said that a stale battery is fresh again: %s',
    (kind, frame, command) => {
      acquainted()
        .after(100)
        .reports('BATTERY_STALE')
        .keeps({ name: 'stale' })
        .battery(frame)
        .keeps({ type: 'event', source: 'server', name: 'fresh', battery: SERIAL, time: NOON_SECONDS + 100 })
        .keeps({ type: 'reading', kind })
        .success(Number(command))
        .after(89.999)
        .nothing()
        .after(0.001)
        .reports('BATTERY_STALE')
        .keeps({ name: 'stale', time: NOON_SECONDS + 190 })
        .nothing();
    },
  );

  it('is not said to be over of a peer that never said who it is', () => {
    dialogue().battery(PING).success(0).after(299.999).nothing();
  });

  it('is 300 seconds for a peer that never says anything, and nothing is kept of it', () => {
    dialogue().after(300).reports('PEER_SILENT').closes('PEER_SILENT').nothing();
  });

  it('for readings is not stretched by a frame that is begun', () => {
    dialogue()
      .after(290)
      .battery('0101')
      .after(10)
      .keeps({ type: 'bytes', bytes: '0101' })
      .reports('PEER_SILENT')
      .closes('PEER_SILENT');
  });

  it('can be set, and counts from when the connection began', () => {
    const told = dialogue({ patience: { frameMs: 100, staleMs: 1000, silenceMs: 2000 } });
    expect(told.session.deadline).toBe(NOON.monoMs + 2000);
    told.battery('01');
    expect(told.session.deadline).toBe(NOON.monoMs + 100);
  });

  it('does nothing when woken too early, or by the other clock', () => {
    const { session } = acquainted();
    expect(session.wake({ wallMs: NOON.wallMs + 9e9, monoMs: NOON.monoMs + 89_999 })).toEqual([]);
    expect(session.deadline).toBe(NOON.monoMs + 90_000);
  });
});

describe('time in which nobody listened', () => {
  it('does not count against a silent peer', () => {
    const { session } = acquainted();
    session.excuse(60_000);
    expect(session.deadline).toBe(NOON.monoMs + 150_000);
  });

  it('does not count against a frame that was begun', () => {
    const told = acquainted().battery('0101');
    told.session.excuse(60_000);
    expect(told.session.deadline).toBe(NOON.monoMs + 90_000);
  });
});

describe('a peer that hangs up', () => {
  it('in the middle of a frame leaves what came of it', () => {
    acquainted()
      .battery(SECOND_LIVE.slice(0, 100))
      .hangsUp()
      .keeps({
        type: 'bytes',
        kept: 'discarded',
        battery: SERIAL,
        reason: 'FRAME_INCOMPLETE',
        bytes: SECOND_LIVE.slice(0, 100),
      })
      .keeps({ type: 'event', name: 'disconnected' })
      .battery(SECOND_LIVE.slice(100))
      .after(1000)
      .hangsUp()
      .nothing();
  });

  it('without a word leaves nothing', () => {
    const told = dialogue().hangsUp().nothing();
    expect(told.session.deadline).toBeNull();
  });
});

describe('the phases of a battery', () => {
  const phases = (second: string, PmeterL2: string) =>
    `{"Time":"2024/06/12 12:04:${second}","SN":"${SERIAL}","PmeterL1":"500","PmeterL2":"${PmeterL2}","PmeterL3":"-"}`;

  it('are remembered across its connections: one that cannot be read now leaves no sum', () => {
    const batteries = new Batteries(10);
    const first = dialogue({ batteries, connection: 7 });
    const sumOn = (one: Dialogue, body: string) => {
      const outputs = one.session.receive(frameByHand(1, 16, body), one.now);
      const records = outputs.flatMap((output) => (output.type === 'record' ? [toldOf(output.record)] : []));
      const [values] = records.flatMap((record) => (record.type === 'reading' ? [record.values] : []));
      return (values as Record<string, unknown>).grid_power;
    };
    expect(sumOn(first, phases('10', '20'))).toBe(520);
    const second = dialogue({ batteries, connection: 8, at: { wallMs: NOON.wallMs + 20_000, monoMs: 25_000 } });
    expect(sumOn(second, phases('30', '-'))).toBeNull();
    expect(sumOn(second, phases('40', '21'))).toBe(521);
  });
});

describe('a blackout', () => {
  const detail = (second: string, Ua: string, PmeterL1: string, PrealL1: string) =>
    `{"Time":"2024/06/12 12:04:${second}","SN":"${SERIAL}","Ua":"${Ua}","PmeterL1":"${PmeterL1}","PrealL1":"${PrealL1}"}`;

  it('is an event when it begins and when the grid is back', () => {
    const { session, now } = dialogue({ batteries: new Batteries(10), connection: 7 });
    const said = (body: string) =>
      session.receive(frameByHand(1, 5, body), now).flatMap((output) => {
        if (output.type !== 'record' || output.record.type !== 'event') return [];
        return output.record.name === 'connected' ? [] : [output.record.name];
      });
    expect(said(detail('10', '231.0', '300', '200'))).toEqual([]);
    expect(said(detail('15', '0.0', '0', '640'))).toEqual(['blackout']);
    expect(said(detail('20', '0.0', '0', '500'))).toEqual([]);
    // Not known: nothing has changed.
    expect(said(detail('25', '0.0', '400', '500'))).toEqual([]);
    expect(said(detail('30', '229.5', '50', '200'))).toEqual(['grid_back']);
  });
});

describe('a battery that speaks with another server, overheard,', () => {
  const live = (time: string) => `{"Time":"${time}","SN":"${SERIAL}","Ppv1":"1890"}`;
  const overheard = () => dialogue({ isOverheard: true });
  const met = () =>
    overheard().battery(FIRST_LIVE).meets(SERIAL).keeps({ type: 'clock' }).keeps({ type: 'reading', kind: 'live' });

  it('is kept as if it spoke to us, and never answered', () => {
    overheard()
      .battery(LOGIN)
      .meets(SERIAL)
      .keeps({ name: 'login' })
      .battery(PING)
      .battery(FIRST_LIVE)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading', time: FIRST_LIVE_TIME - OFFSET })
      .nothing();
  });

  it('is asked for nothing that is missing: the gap is noted alone', () => {
    const told = met();
    for (const time of ['12:04:20', '12:04:30', '12:04:40']) {
      told
        .after(10)
        .battery(frameByHand(1, 16, live(`2024/06/12 ${time}`)))
        .keeps({ type: 'reading' });
    }
    told.after(600).reports('BATTERY_STALE').keeps({ name: 'stale' });
    told
      .battery(frameByHand(1, 16, live('2024/06/12 12:14:40')))
      .keeps({ name: 'fresh' })
      .keeps({ type: 'reading' });
    told.keeps({ type: 'gap' }).nothing();
  });

  it('may be silent for hours, and is still listened to', () => {
    met()
      .after(7200)
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale' })
      .battery(PING)
      .hangsUp()
      .keeps({ name: 'disconnected' })
      .nothing();
  });

  it('is heard on an older connection though it speaks on a newer one', () => {
    const batteries = new Batteries(10);
    const older = dialogue({ isOverheard: true, batteries, connection: 7 }).battery(LOGIN).meets(SERIAL);
    older.keeps({ name: 'login' });
    const newer = dialogue({ isOverheard: true, batteries, connection: 8 }).battery(FIRST_LIVE);
    newer.meets(SERIAL).keeps({ type: 'clock' }).keeps({ type: 'reading' });
    older.after(1).battery(LOG);
    for (let entry = 0; entry < 16; entry++) older.keeps({ type: 'event', source: 'battery' });
    older.nothing();
  });

  it('is given orders, and answers: both are kept as they came', () => {
    const order = '{"Command":"SyncTime","CmdIndex":"20417060"}';
    const answer = '{"Command":"SyncTime","CmdIndex":"20417060","Status":"Success"}';
    met()
      .otherServer(1, 8, order)
      .keeps({
        ...{
          type: 'bytes',
          kept: 'conversation',
          battery: SERIAL,
          direction: 'to_battery',
          reason: 'SERVER_OVERHEARD',
        },
        ...{ frameType: 1, command: 8, bytes: hex(frameByHand(1, 8, order)) },
      })
      .battery(frameByHand(2, 8, answer))
      .keeps({
        ...{ type: 'bytes', kept: 'conversation', battery: SERIAL, direction: 'from_battery' },
        ...{ reason: 'SERVER_OVERHEARD', frameType: 2, command: 8, bytes: hex(frameByHand(2, 8, answer)) },
      })
      .nothing();
  });

  it('is told success a thousand times, of which nothing is kept', () => {
    met().otherServer(2, 16, '{"Status":"Success"}').nothing();
    met().otherServer(2, 3, '{"Status":"Success","SN":"x"}').keeps({ kept: 'conversation', command: 3 }).nothing();
  });

  it('is heard on behind bytes that are no frame', () => {
    met()
      .overhears('0101100000', 'FRAME_INCOMPLETE', 'from_battery')
      .keeps({ type: 'bytes', kept: 'discarded', direction: 'from_battery', bytes: '0101100000', battery: SERIAL })
      .reports('FRAME_INCOMPLETE', '5 bytes')
      .overhears('ff', 'FRAME_HEADER', 'to_battery')
      .keeps({ type: 'bytes', kept: 'discarded', direction: 'to_battery', bytes: 'ff' })
      .reports('FRAME_HEADER', '1 byte')
      .battery(SECOND_LIVE)
      .keeps({ type: 'reading' })
      .nothing();
  });
});
