/** Conversations with one battery. What the server says is built by hand here, from the captures. */
import { describe, expect, test } from 'vitest';
import { crc16 } from '../../protocol/crc16.ts';
import { FrameDecoder } from '../../protocol/frame.ts';
import { FAULT_NAMES, type FaultName } from '../faults.ts';
import { NO_PAUSES, PAUSES } from '../pauses.ts';
import type { SampleStamp } from './acknowledgements.ts';
import { SimulatedBattery } from './battery.ts';
import type { SimulatedBatteryOptions, SimulatedOutgoing } from './options.ts';
import { clockText, joined } from './text.ts';

const START = Date.UTC(2021, 2, 24, 0, 0, 35);
/** `{"Status":"Success"}` as 1,2,16: the whole frame as captured. */
const SUCCESS_16 = Buffer.from('01021000000014' + '7b22537461747573223a2253756363657373227d' + '57ac', 'hex');

/** A frame of the server, put together byte by byte. */
function frame(type: 1 | 2 | 4, command: number, body: string): Buffer {
  const head = Buffer.from([1, type, command, 0, 0, body.length >> 8, body.length & 0xff]);
  const covered = Buffer.concat([head, Buffer.from(body)]);
  const crc = crc16(covered);
  return Buffer.concat([covered, Buffer.from([crc >> 8, crc & 0xff])]);
}
const success = (command: number) => frame(2, command, '{"Status":"Success"}');
const command = (fields: Record<string, unknown>) => frame(1, 8, JSON.stringify(fields));

interface Heard {
  readonly atMs: number;
  readonly type: number;
  readonly command: number;
  readonly body: string;
}

/** A battery, the time, and a server that answers Success unless told otherwise. */
class Stage {
  readonly battery: SimulatedBattery;
  readonly heard: Heard[] = [];
  readonly notes: string[] = [];
  readonly writes: { atMs: number; bytes: Uint8Array }[] = [];
  readonly acknowledged: SampleStamp[] = [];
  discarded = 0;
  disconnects = 0;
  nowMs = 0;
  answer: (heard: Heard) => Uint8Array | null = ({ command }) => success(command);
  #decoder = new FrameDecoder();

  constructor(options: Partial<SimulatedBatteryOptions> = {}) {
    this.battery = new SimulatedBattery({
      seed: 'stage',
      startMs: START,
      pauses: NO_PAUSES,
      onAcknowledged: (one) => this.acknowledged.push(one),
      ...options,
    });
  }

  get now() {
    return { wallMs: START + this.nowMs, monoMs: 5000 + this.nowMs };
  }

  connect(): this {
    this.#decoder = new FrameDecoder();
    this.#take(this.battery.connected(this.now));
    return this;
  }

  disconnect(): this {
    this.battery.disconnected(this.now);
    return this;
  }

  say(bytes: Uint8Array): this {
    this.#take(this.battery.receive(bytes, this.now));
    return this;
  }

  /** Lets time pass, waking the battery when it asks for it, and connecting again 20 s after it hangs up. */
  pass(seconds: number): this {
    const end = this.nowMs + seconds * 1000;
    for (let due = this.battery.deadline - 5000; due <= end; due = this.battery.deadline - 5000) {
      this.nowMs = Math.max(this.nowMs, due);
      this.#take(this.battery.wake(this.now));
    }
    this.nowMs = end;
    return this;
  }

  of(command: number): Heard[] {
    return this.heard.filter((one) => one.command === command);
  }

  #take(outgoing: readonly SimulatedOutgoing[]): void {
    const hungUp = outgoing.some((item) => item.type === 'disconnect');
    for (const item of outgoing) {
      if (item.type === 'send') this.#hear(item.bytes, !hungUp);
      else if (item.type === 'note') this.notes.push(item.text);
    }
    if (!hungUp) return;
    this.disconnects++;
    this.battery.disconnected(this.now);
    this.nowMs += 20_000;
    this.connect();
  }

  #hear(bytes: Uint8Array, answering: boolean): void {
    this.writes.push({ atMs: this.nowMs, bytes });
    this.#decoder.receive(bytes);
    for (let one = this.#decoder.next(); one !== null; one = this.#decoder.next()) {
      if (one.kind !== 'frame') {
        this.discarded++;
        continue;
      }
      const body = Buffer.from(one.body).toString();
      const heard = { atMs: this.nowMs, type: one.type, command: one.command, body };
      this.heard.push(heard);
      const reply = answering && one.type === 1 ? this.answer(heard) : null;
      if (reply !== null) this.say(reply);
    }
  }
}

const fields = (heard: Heard | undefined) => JSON.parse(heard?.body ?? '{}') as Record<string, string>;
const rowsOf = (heard: readonly Heard[]) => heard.flatMap((one) => one.body.split('\n').slice(1));

describe('the opening', () => {
  test('is as captured: login, empty, event log, notice, ask, configuration, detail', () => {
    const stage = new Stage().connect();
    expect(stage.heard.map((one) => one.command)).toEqual([2, 0, 9, 9, 3, 4, 5]);
    expect(stage.heard.every((one) => one.type === 1)).toBe(true);
    expect(fields(stage.of(2)[0])).toMatchObject({ UserName: 'ALSIM0000001', CompanyName: 'AlphaESS' });
    expect(stage.of(9).map((one) => fields(one).MsgType)).toEqual(['EventLog', 'System']);
    expect(fields(stage.of(9)[0]).MsgContent).toMatch(/^21\/03\/24 10:00:35 41;/);
    expect(stage.of(3)[0]?.body).toBe('{"SN":"ALSIM0000001"}');
    expect(stage.battery.sn).toBe('ALSIM0000001');
  });

  test('the bytes of the first message are a whole frame', () => {
    const stage = new Stage();
    stage.answer = () => null;
    stage.connect();
    const body = `{"UserName":"ALSIM0000001","Password":"${fields(stage.of(2)[0]).Password}","CompanyName":"AlphaESS"}`;
    expect(Buffer.from(stage.writes[0]?.bytes ?? []).equals(frame(1, 2, body))).toBe(true);
    expect(stage.writes).toHaveLength(1);
  });

  test('leaves 50 to 300 ms after each frame before the next, whatever it is answered, and starts at once', () => {
    const stage = new Stage({ pauses: PAUSES }).connect();
    expect(stage.heard.map((one) => one.command)).toEqual([2]);
    stage.pass(5);
    expect(stage.heard.map((one) => one.command)).toEqual([2, 0, 9, 9, 3, 4, 5]);
    const pauses = stage.heard.slice(1).map(({ atMs }, index) => atMs - (stage.heard[index]?.atMs ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(300);
    expect(new Set(pauses).size).toBe(6);
  });

  test('waits for each answer, and goes on after a while without any', () => {
    const stage = new Stage();
    stage.answer = () => null;
    stage.connect().pass(9);
    expect(stage.heard.map((one) => one.command)).toEqual([2]);
    stage.pass(120);
    expect(stage.heard.map((one) => one.command).filter((one) => one !== 16)).toEqual([2, 0, 9, 9, 3, 4, 5]);
    expect(stage.of(16).length).toBeGreaterThan(8);
  });

  test('is the same again after a disconnection, with another notice', () => {
    const stage = new Stage().connect().pass(60).disconnect();
    stage.heard.length = 0;
    stage.pass(4000).connect();
    expect(stage.heard.map((one) => one.command)).toEqual([2, 0, 9, 9, 3, 4, 5]);
    expect(stage.of(9).map((one) => fields(one).MsgType)).toEqual(['EventLog', 'Socket']);
    expect(fields(stage.of(9)[0]).MsgContent).toMatch(/ 41;.* 29;.* 30;.* 29;.* 30;.* 42;/);
  });

  test('disconnected without ever having been connected is nothing', () => {
    const stage = new Stage().disconnect().connect();
    expect(fields(stage.of(9)[0]).MsgContent).not.toContain(' 42;');
  });
});

describe('streaming', () => {
  test('a live sample every ten seconds, a detail every five minutes, by its own clock', () => {
    const stage = new Stage({ clockOffsetSeconds: -80 }).connect().pass(600);
    const times = stage.of(16).map((one) => fields(one).Time);
    expect(times.slice(0, 3)).toEqual(['2021/03/24 09:59:25', '2021/03/24 09:59:35', '2021/03/24 09:59:45']);
    expect(times).toHaveLength(60);
    expect(stage.of(5).map((one) => fields(one).Time)).toEqual([
      '2021/03/24 09:59:15',
      '2021/03/24 10:04:15',
      '2021/03/24 10:09:15',
    ]);
    expect(stage.battery.acknowledged).toEqual({ live: 60, detail: 3, history: 0 });
  });

  test('live, detail and history of one moment are one moment', () => {
    const stage = new Stage().connect().pass(300);
    const live = fields(stage.of(16).at(-1));
    const detail = fields(stage.of(5).at(-1));
    const minute = [...stage.battery.remembered()].at(-1);
    expect(live.Time).toBe(detail.Time);
    expect(minute?.clock).toBe(live.Time);
    for (const key of ['Ppv1', 'PrealL1', 'PmeterL1', 'Pbat', 'SOC']) expect(live[key]).toBe(detail[key]);
    expect(minute?.row.split(',').slice(3, 5)).toEqual([live.Ppv1, live.Ppv2]);
    expect(minute?.row).toContain(`,${detail.Pbat},${detail.SOC},${detail.BatV},${detail.BatC},`);
  });

  test('the captured reply acknowledges the oldest sample that waits', () => {
    const stage = new Stage();
    stage.answer = ({ command }) => (command === 16 ? null : success(command));
    stage.connect().pass(30);
    expect(stage.battery.acknowledged.live).toBe(0);
    stage.say(SUCCESS_16).say(SUCCESS_16);
    expect(stage.acknowledged.filter((one) => one.kind === 'live')).toEqual([
      { kind: 'live', clock: '2021/03/24 10:00:45', utcMs: START + 10_000 },
      { kind: 'live', clock: '2021/03/24 10:00:55', utcMs: START + 20_000 },
    ]);
  });

  test('an answer that is no Success acknowledges nothing, nor does one too many', () => {
    const stage = new Stage();
    stage.answer = ({ command }) => (command === 16 ? frame(2, 16, '{"Status":"Fail"}') : success(command));
    stage.connect().pass(20);
    stage.say(SUCCESS_16).say(frame(2, 16, 'no JSON'));
    expect(stage.battery.acknowledged.live).toBe(0);
    expect(stage.notes).toContain("the server's answer to 16 is no Success");
  });

  test('gives up after a quarter of an hour without an answer, so that what waits is bounded', () => {
    const stage = new Stage();
    stage.answer = () => null;
    stage.connect().pass(1100);
    expect(stage.disconnects).toBe(1);
    expect(stage.notes).toContain('the server has stopped answering');
  });

  test('the step of the server’s wall clock does not touch it', () => {
    const one = new Stage().connect().pass(100);
    const out = one.battery.wake({ wallMs: START + 9e9, monoMs: one.now.monoMs + 10_000 });
    expect(out.filter((item) => item.type === 'send')).toHaveLength(1);
  });

  test('after a long sleep it sends the last minute only, and remembers every minute', () => {
    const stage = new Stage({ historySeconds: 0 }).connect().pass(5);
    stage.heard.length = 0;
    stage.nowMs = 3600_000;
    stage.pass(0);
    expect(stage.of(16).length).toBeLessThanOrEqual(7);
    expect(stage.of(5).length).toBeLessThanOrEqual(2);
    expect(stage.battery.memory.rows).toBe(61);
  });

  test('same seed and times: same bytes; another index: another house', () => {
    const bytes = (index: number) => {
      const stage = new Stage({ index, faults: new Set(FAULT_NAMES) }).connect().pass(1800);
      return joined(stage.writes.map((write) => write.bytes));
    };
    expect(bytes(3)).toEqual(bytes(3));
    expect(bytes(3)).not.toEqual(bytes(4));
  });

  test('an interval must be over 0', () => {
    expect(() => new Stage({ intervalSeconds: 0 })).toThrow(RangeError);
    expect(() => new Stage({ intervalSeconds: Number.NaN })).toThrow(RangeError);
    expect(new Stage({ intervalSeconds: 1 }).connect().pass(30).of(16)).toHaveLength(30);
  });

  test('asks to be woken only while connected', () => {
    const stage = new Stage();
    expect(stage.battery.deadline).toBe(Number.POSITIVE_INFINITY);
    stage.connect();
    expect(stage.battery.deadline).toBeLessThanOrEqual(stage.now.monoMs + 10_000);
    stage.disconnect();
    expect(stage.battery.deadline).toBe(Number.POSITIVE_INFINITY);
    expect(stage.battery.receive(SUCCESS_16, stage.now)).toEqual([]);
  });
});

describe('Resume', () => {
  const resume = (parameters: Record<string, unknown>) =>
    command({ CmdIndex: '35967905', Command: 'Resume', ...parameters });

  test('answers, then sends the minutes after the one named, three to a packet, each after its answer', () => {
    const stage = new Stage({ historySeconds: 600 }).connect();
    stage.heard.length = 0;
    stage.answer = ({ command }) => (command === 12 ? null : success(command));
    stage.say(resume({ Parameter1: '2021/03/24 09:52:35', Parameter2: '641' }));
    expect(stage.of(8)).toMatchObject([
      { type: 2, body: '{"Command":"Resume","CmdIndex":"35967905","Status":"Success"}' },
    ]);
    expect(stage.of(12)).toHaveLength(1);
    stage.say(success(12)).say(success(12)).say(success(12));
    const packets = stage.of(12).map((one) => one.body.split('\n'));
    expect(packets.map((lines) => lines.length - 1)).toEqual([3, 3, 2]);
    expect(packets.every((lines) => lines[0]?.startsWith('Date,Time,SN,Ppv1,'))).toBe(true);
    const expected = Array.from(stage.battery.remembered(), (minute) => minute.row).slice(-8);
    expect(rowsOf(stage.of(12))).toEqual(expected);
    expect(expected[0]).toMatch(/^2021\/03\/24,09:53:35,ALSIM0000001,/);
    expect(stage.battery.acknowledged.history).toBe(8);
    const truly = stage.acknowledged.filter((one) => one.kind === 'history').map((one) => one.utcMs);
    expect(truly).toEqual([-420, -360, -300, -240, -180, -120, -60, 0].map((seconds) => START + seconds * 1000));
  });

  test('sends as many rows as minutes were named, of those it has', () => {
    const stage = new Stage({ historySeconds: 3600 }).connect();
    stage.say(resume({ Parameter1: '2021/03/24 09:30:00', Parameter2: '5' }));
    expect(rowsOf(stage.of(12)).map((row) => row.slice(11, 19))).toEqual([
      ...['09:30:35', '09:31:35', '09:32:35', '09:33:35', '09:34:35'],
    ]);
    stage.heard.length = 0;
    stage.say(resume({ Parameter1: '2020/01/01 00:00:00' }));
    expect(rowsOf(stage.of(12))).toHaveLength(61);
  });

  test('asked twice it sends both, within bounds; asked amiss it sends none', () => {
    const stage = new Stage({ historySeconds: 600 }).connect();
    stage.answer = ({ command }) => (command === 12 ? null : success(command));
    for (let i = 0; i < 5; i++) stage.say(resume({ Parameter1: '2021/03/24 09:00:00', Parameter2: '60' }));
    stage.answer = ({ command }) => success(command);
    stage.say(success(12));
    expect(rowsOf(stage.of(12)).length).toBeLessThanOrEqual(25);
    stage.heard.length = 0;
    stage.say(resume({ Parameter1: 'yesterday', Parameter2: '60' })).say(resume({}));
    stage.say(resume({ Parameter1: '2021/03/24 09:00:00', Parameter2: '-5' }));
    stage.say(resume({ Parameter1: '2021/03/24 23:00:00', Parameter2: '5' }));
    expect(stage.of(12)).toEqual([]);
    expect(stage.of(8)).toHaveLength(4);
  });

  test('rows of minutes without a connection are there; a broken transfer can be asked for again', () => {
    const stage = new Stage({ historySeconds: 0 }).connect().pass(60).disconnect().pass(1800).connect();
    stage.answer = ({ command }) => (command === 12 ? null : success(command));
    stage.say(resume({ Parameter1: '2021/03/24 10:01:35', Parameter2: '30' }));
    stage.disconnect().connect();
    stage.answer = ({ command }) => success(command);
    stage.heard.length = 0;
    stage.say(success(12));
    expect(stage.of(12)).toEqual([]);
    stage.say(resume({ Parameter1: '2021/03/24 10:01:35', Parameter2: '30' }));
    expect(rowsOf(stage.of(12))).toHaveLength(30);
  });

  test('what was forgotten while it waited is passed over', () => {
    const stage = new Stage({ historySeconds: 600, memoryRows: 10 }).connect();
    stage.answer = ({ command }) => (command === 12 ? null : success(command));
    stage.say(resume({ Parameter1: '2021/03/24 09:00:00', Parameter2: '60' })).pass(480);
    stage.answer = ({ command }) => success(command);
    stage.say(success(12));
    expect(rowsOf(stage.of(12)).map((row) => row.slice(11, 19))).toEqual([
      ...['09:51:35', '09:52:35', '09:53:35', '09:59:35', '10:00:35'],
    ]);
  });

  test('memory is bounded', () => {
    const stage = new Stage({ memoryRows: 100, historySeconds: 86_400 }).connect();
    expect(stage.battery.memory.rows).toBe(100);
    expect(stage.battery.memory.bytes).toBeLessThan(100_000);
    expect([...stage.battery.remembered()]).toHaveLength(100);
  });
});

describe('commands', () => {
  test('SetConfig: answers, asks, takes the configuration, says what it has', () => {
    const stage = new Stage().connect();
    stage.heard.length = 0;
    stage.answer = ({ command }) =>
      command === 3
        ? frame(2, 3, '{"Status":"Success","GridCharge":true,"TimeChaF1":"10","TimeChaE1":"12","BatUseCap":"20.00"}')
        : success(command);
    stage.say(command({ Command: 'SetConfig', CmdIndex: '82915609' }));
    expect(stage.heard.map((one) => [one.type, one.command])).toEqual([
      [2, 8],
      [1, 3],
      [1, 4],
    ]);
    expect(stage.of(8)[0]?.body).toBe('{"Command":"SetConfig","CmdIndex":"82915609","Status":"Success"}');
    expect(stage.of(3)[0]?.body).toBe('{"SN":"ALSIM0000001"}');
    expect(fields(stage.of(4)[0])).toMatchObject({ GridCharge: 'true', TimeChaF1: '10', BatUseCap: '20' });
    expect(stage.battery.setting('BatUseCap')).toBe('20');
    expect(stage.notes).toContain('took 4 settings');
    stage.pass(120);
    expect(Number(fields(stage.of(16).at(-1)).Pbat)).toBeLessThan(-3000);
  });

  test('the frames of a conversation come one by one: its answer, its question, what it has; live samples in their time', () => {
    const stage = new Stage({ pauses: PAUSES, intervalSeconds: 1 }).connect().pass(4);
    stage.heard.length = 0;
    stage.writes.length = 0;
    stage.say(command({ Command: 'SetConfig', CmdIndex: '82915609' })).pass(3);
    const conversation = stage.heard.filter((one) => one.command !== 16);
    expect(conversation.map((one) => [one.type, one.command])).toEqual([
      [2, 8],
      [1, 3],
      [1, 4],
    ]);
    const times = conversation.map(({ atMs }) => atMs);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(50);
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(50);
    expect(stage.of(16)).toHaveLength(3);
    expect(stage.of(16).every(({ atMs }) => atMs % 1000 <= 600)).toBe(true);
  });

  test('packets of history come one by one as well', () => {
    const stage = new Stage({ pauses: { leastMs: 200, mostMs: 200 }, historySeconds: 600 }).connect().pass(5);
    stage.heard.length = 0;
    stage
      .say(command({ Command: 'Resume', CmdIndex: '1', Parameter1: '2021/03/24 09:52:35', Parameter2: '8' }))
      .pass(4);
    const conversation = stage.heard.filter((one) => one.command !== 16).map(({ atMs }) => atMs - 5000);
    expect(conversation).toEqual([200, 400, 600, 800]);
  });

  test('a configuration that is not its own, or not whole, is noted, and taken as a battery would', () => {
    const stage = new Stage();
    stage.answer = ({ command }) =>
      command === 3 ? frame(2, 3, '{"Status":"Success","SN":"","Safe":"0","BatUseCap":"20.00"}') : success(command);
    stage.connect();
    expect(stage.notes.slice(0, 4)).toEqual([
      'the configuration names no serial number',
      'the configuration has 0 for the grid code (Safe)',
      'the configuration lacks 128 of 131 keys: License, Country, Address, ZipCode, PhoneNumber …',
      'took 2 settings',
    ]);
    expect(stage.battery.setting('Safe')).toBe('0');
  });

  test('gives up on a server that asks faster than it is answered', () => {
    const stage = new Stage({ pauses: PAUSES }).connect().pass(5);
    const ask = Buffer.concat(Array.from({ length: 1000 }, () => command({ Command: 'SetConfig', CmdIndex: '1' })));
    for (let round = 0; round < 20 && stage.disconnects === 0; round++) stage.say(ask);
    expect(stage.notes).toContain('the server asks faster than it is answered');
    expect(stage.disconnects).toBe(1);
  });

  test('a bare Success is noted in no way', () => {
    expect(new Stage().connect().notes).toEqual([]);
  });

  test('an answer to no question is taken for nothing', () => {
    const stage = new Stage().connect();
    stage.heard.length = 0;
    stage.say(frame(2, 3, '{"Status":"Success","BatUseCap":"50"}'));
    expect(stage.heard).toEqual([]);
    expect(stage.battery.setting('BatUseCap')).toBe('13');
  });

  test('a bad answer to its question changes nothing', () => {
    const stage = new Stage();
    stage.answer = ({ command }) => (command === 3 ? frame(2, 3, 'nothing') : success(command));
    stage.connect();
    expect(stage.heard.map((one) => one.command)).toEqual([2, 0, 9, 9, 3, 4, 5]);
    expect(stage.battery.setting('BatUseCap')).toBe('13');
  });

  test('SyncTime and words it does not know are answered, and nothing follows', () => {
    const stage = new Stage().connect();
    stage.heard.length = 0;
    stage.say(command({ Command: 'SyncTime', CmdIndex: '20417060' })).say(command({}));
    expect(stage.heard.map((one) => one.body)).toEqual([
      '{"Command":"SyncTime","CmdIndex":"20417060","Status":"Success"}',
      '{"Command":"","CmdIndex":"","Status":"Success"}',
    ]);
  });

  test('hears what is cut and what is bunched, and says what it cannot read', () => {
    const stage = new Stage().connect();
    stage.heard.length = 0;
    const sync = command({ Command: 'SyncTime', CmdIndex: '1' });
    const wrong = Buffer.from(sync);
    wrong.writeUInt8(0, wrong.length - 1);
    const bytes = Buffer.concat([sync, wrong, frame(1, 8, '[]'), frame(1, 77, ''), frame(4, 8, '[]'), sync]);
    for (const byte of bytes) stage.say(Uint8Array.of(byte));
    stage.say(bytes);
    expect(stage.heard).toHaveLength(4);
    expect(stage.notes.slice(-5)).toEqual([
      'a frame with a wrong checksum came from the server',
      'a command came that is not JSON',
      'the server sent the request 77, which no capture shows',
      'a frame of newer firmware came from the server',
      'answered the command "SyncTime", and did nothing',
    ]);
  });

  test('hangs up on a server that speaks something else', () => {
    const stage = new Stage().connect();
    const out = stage.battery.receive(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), stage.now);
    expect(out.map((item) => item.type)).toEqual(['note', 'disconnect']);
    expect(stage.battery.deadline).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('faults', () => {
  const faulty = (...names: FaultName[]) => new Stage({ faults: new Set(names), historySeconds: 0 });
  const liveTimes = (stage: Stage) => stage.of(16).map((one) => fields(one).Time ?? '');

  test('duplicate: some samples come twice, ten seconds apart, with the next', () => {
    const stage = faulty('duplicate').connect().pass(3600);
    const times = liveTimes(stage);
    expect(new Set(times).size).toBe(360);
    expect(times.length).toBeGreaterThan(370);
    expect(times).toEqual(times.toSorted());
    expect(stage.battery.acknowledged.live).toBe(times.length);
  });

  test('bunch: up to six samples in one write', () => {
    const stage = faulty('bunch').connect().pass(3600);
    const lengths = stage.writes.map((write) => Buffer.from(write.bytes).toString().split('"Time"').length - 1);
    expect(Math.max(...lengths)).toBe(6);
    expect(new Set(liveTimes(stage)).size).toBeGreaterThanOrEqual(354);
  });

  test('split: writes are pieces of frames, nothing is lost', () => {
    const stage = faulty('split').connect().pass(3600);
    expect(stage.writes.length).toBeGreaterThan(2 * stage.heard.length);
    expect(new Set(liveTimes(stage)).size).toBe(359);
    expect(stage.discarded).toBe(0);
  });

  test('reconnect: the connection breaks, and the stream goes on with no login', () => {
    const stage = faulty('reconnect').connect().pass(7200);
    expect(stage.disconnects).toBeGreaterThan(3);
    expect(stage.of(2)).toHaveLength(1);
    expect(stage.notes).toContain('streams on without a login');
    expect(stage.of(16).length).toBeGreaterThan(600);
  });

  test('a clock that somebody sets is set from then on, connected or not', () => {
    const stage = new Stage({ historySeconds: 0 }).connect().pass(61).disconnect().pass(60);
    stage.battery.setClock(-3600, stage.now);
    stage.pass(60).connect();
    const ahead = Array.from(stage.battery.remembered(), ({ clock, utcMs }) => {
      return (Date.parse(`${clock.replaceAll('/', '-').replace(' ', 'T')}Z`) - utcMs) / 1000;
    });
    expect(ahead).toEqual([36_000, 36_000, 36_000, 32_400]);
  });

  test('jump: the clock is set, truth is not', () => {
    const stage = faulty('jump')
      .connect()
      .pass(24 * 3600);
    const live = stage.acknowledged.filter((one) => one.kind === 'live');
    const ahead = live.map((one) => Date.parse(`${one.clock.replaceAll('/', '-').replace(' ', 'T')}Z`) - one.utcMs);
    const jumps = ahead.map((ms, i) => (ms - (ahead[i - 1] ?? ms)) / 1000).filter((seconds) => seconds !== 0);
    expect(jumps.length).toBeGreaterThan(2);
    for (const jump of jumps) expect([3600, -3600, 2352, -2352]).toContain(jump);
  });

  test('garbage: frames with a wrong checksum come beside the good ones', () => {
    const stage = faulty('garbage').connect().pass(3600);
    expect(stage.discarded).toBeGreaterThan(5);
    expect(liveTimes(stage)).toHaveLength(360);
  });

  test('slow: samples come late, in order', () => {
    const stage = faulty('slow').connect().pass(3600);
    const lateness = stage.of(16).map((one) => {
      const time = fields(one).Time ?? '';
      return one.atMs + START + 36_000_000 - Date.parse(`${time.replaceAll('/', '-').replace(' ', 'T')}Z`);
    });
    expect(Math.max(...lateness)).toBeGreaterThan(20_000);
    expect(Math.max(...lateness)).toBeLessThan(61_000);
    expect(Math.min(...lateness)).toBe(0);
    expect(liveTimes(stage)).toEqual(liveTimes(stage).toSorted());
  });

  test('what was held back for a connection dies with it', () => {
    const stage = faulty('duplicate', 'bunch', 'split', 'slow', 'garbage');
    for (let round = 0; round < 60; round++) {
      const began = stage.nowMs;
      stage.heard.length = 0;
      stage.connect().pass(150);
      expect(stage.heard[0]?.command).toBe(2);
      for (const time of liveTimes(stage)) expect(time > clockText((START + began) / 1000 + 36_000)).toBe(true);
      stage.disconnect().pass(7);
    }
  });

  test.each([...FAULT_NAMES.map((name) => [name]), FAULT_NAMES])('no minute is lost from memory: %s …', (...names) => {
    const stage = faulty(...names)
      .connect()
      .pass(6 * 3600);
    const truly = Array.from(stage.battery.remembered(), (minute) => minute.utcMs);
    expect(truly.length).toBeGreaterThanOrEqual(360);
    expect(truly).toEqual(truly.map((_, i) => START + i * 60_000));
  });
});

describe('faults of settings', () => {
  const CONFIGURATION = '{"Status":"Success","GridCharge":true,"TimeChaF1":"10","TimeChaE1":"14","BatHighCap":"90"}';

  /** A battery, at 10:00:35 of its clock, that is told to fetch a configuration with a charge window. */
  function changed(...faults: FaultName[]): Stage {
    const stage = new Stage({ faults: new Set(faults), historySeconds: 0 }).connect().pass(1);
    stage.heard.length = 0;
    stage.answer = ({ command }) => (command === 3 ? frame(2, 3, CONFIGURATION) : success(command));
    return stage.say(command({ Command: 'SetConfig', CmdIndex: '82915609' }));
  }
  const names = (stage: Stage) => stage.heard.map((one) => `${one.type},${one.command}`).join(' ');
  const watts = (stage: Stage) => Number(fields(stage.of(16).at(-1)).Pbat);

  test('none: charges inside the window, in which it does not discharge', () => {
    const stage = changed();
    expect(names(stage)).toBe('2,8 1,3 1,4');
    expect(watts(stage.pass(120))).toBeLessThan(-3000);
    stage.pass(3600 * 3);
    expect(
      stage
        .of(16)
        .slice(12)
        .every((one) => Number(fields(one).Pbat) <= 0),
    ).toBe(true);
  });

  test('refuses: Fail, and nothing follows', () => {
    const stage = changed('refuses-settings');
    expect(stage.heard[0]?.body).toBe('{"Command":"SetConfig","CmdIndex":"82915609","Status":"Fail"}');
    expect(names(stage)).toBe('2,8');
  });

  test('never asks, or twice', () => {
    expect(names(changed('never-asks'))).toBe('2,8');
    expect(names(changed('asks-twice'))).toBe('2,8 1,3 1,4 1,3 1,4');
  });

  test('takes nothing, or something else, and says so', () => {
    const told = (fault: FaultName) => fields(changed(fault).of(4)[0]);
    expect(told('ignores-settings')).toMatchObject({ GridCharge: 'false', BatHighCap: '100' });
    expect(told('other-echo')).toMatchObject({ GridCharge: 'true', BatHighCap: '80' });
  });

  test('takes it, says so, and works as before', () => {
    const stage = changed('idle-settings');
    expect(fields(stage.of(4)[0])).toMatchObject({ GridCharge: 'true', TimeChaF1: '10' });
    expect(watts(stage.pass(120))).toBeGreaterThan(-3000);
  });

  test('forgets after a minute', () => {
    const stage = changed('forgets-settings');
    expect(watts(stage.pass(50))).toBeLessThan(-3000);
    stage.pass(100);
    expect(watts(stage)).toBeGreaterThan(-3000);
    stage.say(command({ Command: 'SetConfig', CmdIndex: '1' }));
    expect(stage.battery.setting('GridCharge')).toBe('true');
    expect(fields(stage.of(4)[0]).GridCharge).toBe('true');
  });

  test.each([
    ['drops-at-order', '', 'false'],
    ['drops-at-answer', '2,8', 'false'],
    ['drops-at-question', '2,8 1,3', 'false'],
    ['drops-at-configuration', '2,8 1,3', 'true'],
    ['drops-at-echo', '2,8 1,3 1,4', 'true'],
  ] as const)('%s: once', (fault, said, charges) => {
    const stage = new Stage({ faults: new Set([fault]), historySeconds: 0, pauses: PAUSES }).connect().pass(5);
    stage.answer = ({ command, atMs }) => {
      if (command !== 3) return success(command);
      // Whoever answers after the end is not heard.
      return fault === 'drops-at-question' && atMs < 7000 ? null : frame(2, 3, CONFIGURATION);
    };
    stage.heard.length = 0;
    stage.say(command({ Command: 'SetConfig', CmdIndex: '1' })).pass(3);
    const conversation = stage.heard.filter((one) => one.command !== 16 && one.command !== 5);
    expect(conversation.map((one) => `${one.type},${one.command}`).join(' ')).toBe(said);
    expect([stage.disconnects, stage.battery.setting('GridCharge')]).toEqual([1, charges]);
    stage.say(command({ Command: 'SetConfig', CmdIndex: '2' })).pass(3);
    expect([stage.disconnects, stage.battery.setting('GridCharge')]).toEqual([1, 'true']);
  });

  test('a clock that is off, and keys of newer firmware', () => {
    const stage = changed('clock-off', 'minute-keys');
    expect(fields(stage.of(4)[0]).TimeChaFM1).toBe('0');
    expect(fields(stage.pass(10).of(16)[0]).Time).toBe('2021/03/24 10:39:57');
  });
});
