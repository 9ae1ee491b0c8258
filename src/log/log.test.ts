import { beforeEach, describe, expect, it } from 'vitest';
import { JsonLog, type LiveReport, TerminalLog, utc } from './log.ts';
import { plain } from './terminal.ts';

/** 2024-06-12 11:04:10 UTC. */
const T = 1_718_190_250;
const LIVE: LiveReport = {
  battery: 'Garage',
  time: T,
  values: () => ({ pv_power: 3655, grid_power: -3442, battery_power: -2099.692, load_power: 418, soc: 71.2 }),
};

class Lines {
  text = '';

  write(text: string): void {
    this.text += text;
  }

  get all(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

let lines: Lines;
beforeEach(() => {
  lines = new Lines();
});

const parsed = () => lines.all.map((line) => JSON.parse(line));

const STEERING = 'connected, \u202eexe.jpg\u2066 \u001b[2J\u009b1m\u2028\u200b\u061c';

describe('what others say', () => {
  it('steers nobody who reads the log for programs, and can be read by them', () => {
    const log = new JsonLog(lines, 'info');
    log.note({ level: 'info', code: 'event', text: STEERING, battery: STEERING, data: { output: STEERING } });
    log.live({ ...LIVE, values: () => ({ ...LIVE.values(), ems_status: STEERING }) });
    expect(lines.text).toMatch(/^[ -~\n]*$/);
    expect(parsed()[0]).toMatchObject({ msg: STEERING, battery: STEERING, output: STEERING });
    expect(parsed()[1]).toMatchObject({ ems_status: STEERING });
  });

  it('steers no terminal', () => {
    const log = new TerminalLog(lines, 'info', plain, 'UTC', () => T * 1000);
    log.note({ level: 'warn', code: 'event', text: STEERING, battery: STEERING });
    log.live({ ...LIVE, battery: STEERING });
    expect(lines.all).toHaveLength(2);
    expect(lines.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}](?<!\n)/u);
  });
});

describe('the log for programs', () => {
  it('writes a live reading as one object under our names', () => {
    new JsonLog(lines, 'info').live(LIVE);
    expect(parsed()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        code: 'live',
        battery: 'Garage',
        reading_time: '2024-06-12T11:04:10Z',
        pv_power: 3655,
        grid_power: -3442,
        battery_power: -2099.692,
        load_power: 418,
        soc: 71.2,
      },
    ]);
  });

  it('writes a note with its code, battery and data', () => {
    const log = new JsonLog(lines, 'info');
    log.note({ level: 'warn', code: 'FRAME_TLS', text: 'says "TLS"\n', battery: 'b3f1c2', data: { port: 7777 } });
    log.note({ level: 'error', code: 'STORE_FULL', text: 'full' });
    const time = expect.any(String);
    expect(parsed()).toEqual([
      { level: 'warn', time, code: 'FRAME_TLS', battery: 'b3f1c2', port: 7777, msg: 'says "TLS"\n' },
      { level: 'error', time, code: 'STORE_FULL', msg: 'full' },
    ]);
  });

  it('writes nothing below its level, and says so', () => {
    const log = new JsonLog(lines, 'warn');
    expect(log.wantsLive).toBe(false);
    expect(new JsonLog(lines, 'debug').wantsLive).toBe(true);
    log.live(LIVE);
    log.note({ level: 'info', code: 'event', text: 'said' });
    expect(lines.all).toEqual([]);
  });
});

describe('the log for people', () => {
  const log = (level: 'debug' | 'info' | 'warn' | 'error') =>
    new TerminalLog(lines, level, plain, 'Australia/Sydney', () => T * 1000);

  it('writes a live reading in the time of the house', () => {
    log('info').live(LIVE);
    expect(lines.text).toBe(
      '21:04:10  Garage      PV  3,655 W  grid  3,442 W out  battery  2,100 W charging     load    418 W   71.2 %\n',
    );
  });

  it('writes dashes for values that did not come', () => {
    log('info').live({ ...LIVE, values: () => ({}) });
    expect(lines.all).toEqual([expect.stringContaining('PV      – W')]);
  });

  it('adds the code to a warning, so that it can be looked up', () => {
    log('info').note({ level: 'info', code: 'connection', text: 'connection 1 closed' });
    log('info').note({ level: 'warn', code: 'PEER_SILENT', text: 'closed', battery: 'Garage' });
    expect(lines.all).toEqual([
      '21:04:10              connection 1 closed',
      '21:04:10  Garage      closed [PEER_SILENT]',
    ]);
  });

  it('writes nothing below its level, and readings as information', () => {
    const quiet = log('warn');
    quiet.live(LIVE);
    quiet.note({ level: 'info', code: 'event', text: 'said' });
    quiet.note({ level: 'error', code: 'STORE_IO', text: 'disk' });
    log('info').note({ level: 'debug', code: 'x', text: 'said' });
    expect(lines.all).toEqual(['21:04:10              disk [STORE_IO]']);
    log('debug').live(LIVE);
    expect(lines.all).toHaveLength(2);
  });
});

describe('utc', () => {
  it('writes Unix seconds as the issue asks', () => {
    expect(utc(1_616_540_512)).toBe('2021-03-23T23:01:52Z');
  });
});
