import { beforeEach, describe, expect, it } from 'vitest';
import { JsonLog, type LiveReport, TextLog, type TextLogForm, utc } from './log.ts';
import { plain } from './terminal.ts';

/** 2024-06-12 11:04:10 UTC. */
const T = 1_718_190_250;
const LIVE: LiveReport = {
  battery: 'Garage',
  time: T,
  values: () => ({ pv_power: 3655, grid_power: -3442, battery_power: -2099.692, load_power: 418, soc: 71.2 }),
};

const FORM: TextLogForm = { paint: plain, timeZone: 'Australia/Sydney', isTerminal: true, nowMs: () => T * 1000 };

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
    const log = new TextLog(lines, 'info', { ...FORM, timeZone: 'UTC' });
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
  const log = (level: 'debug' | 'info' | 'warn' | 'error') => new TextLog(lines, level, FORM);

  it('writes a live reading in the time of the house', () => {
    log('info').live(LIVE);
    expect(lines.text).toBe('21:04:10 Garage   PV  3655  export  3442  charge     2100  load   418 W  71.2 %\n');
  });

  it('writes dashes for values that did not come', () => {
    log('info').live({ ...LIVE, values: () => ({}) });
    expect(lines.all).toEqual([expect.stringContaining('PV     –')]);
  });

  it('adds the code to a warning, so that it can be looked up', () => {
    log('info').note({ level: 'info', code: 'connection', text: 'connection 1 closed' });
    log('info').note({ level: 'warn', code: 'PEER_SILENT', text: 'closed', battery: 'Garage' });
    expect(lines.all).toEqual(['21:04:10 connection 1 closed', '21:04:10 Garage   closed [PEER_SILENT]']);
  });

  it('goes on below where a note is wider than a terminal, and cuts nothing', () => {
    const link = `http://127.0.0.1:7780/${'x'.repeat(70)}`;
    const text = `the page was shown a wrong password by somebody who has tried it many times: ${link} tells more of it`;
    log('info').note({ level: 'warn', code: 'LOGIN_WRONG', text, battery: 'Garage', more: [text] });
    expect(lines.all).toEqual([
      '21:04:10 Garage   the page was shown a wrong password by somebody who has tried',
      '                  it many times:',
      `                  ${link}`,
      '                  tells more of it [LOGIN_WRONG]',
      '21:04:10 the page was shown a wrong password by somebody who has tried it many',
      '         times:',
      `         ${link}`,
      '         tells more of it',
    ]);
  });

  it('has dates in a file, where a note is one line', () => {
    const file = new TextLog(lines, 'info', { ...FORM, isTerminal: false });
    const text = 'word '.repeat(40).trim();
    file.note({ level: 'info', code: 'event', text, more: ['more'] });
    file.live(LIVE);
    expect(lines.all).toEqual([
      `2024-06-12 21:04:10 ${text}`,
      '2024-06-12 21:04:10 more',
      expect.stringMatching(/^2024-06-12 21:04:10 Garage {3}PV {2}3655 /),
    ]);
  });

  it('begins every line with the time at which it came, whatever the battery’s own', () => {
    let nowMs = Date.UTC(2024, 5, 12, 9, 59, 58);
    const running = new TextLog(lines, 'info', { ...FORM, timeZone: 'UTC', nowMs: () => nowMs });
    for (const time of [T, T + 3600, T - 86_400]) {
      running.live({ ...LIVE, time });
      nowMs += 1000;
      running.note({ level: 'info', code: 'event', text: 'said' });
    }
    expect(lines.all.map((line) => line.slice(0, 8))).toEqual([
      '09:59:58',
      '09:59:59',
      '09:59:59',
      '10:00:00',
      '10:00:00',
      '10:00:01',
    ]);
  });

  it('writes nothing below its level, and readings as information', () => {
    const quiet = log('warn');
    quiet.live(LIVE);
    quiet.note({ level: 'info', code: 'event', text: 'said' });
    quiet.note({ level: 'error', code: 'STORE_IO', text: 'disk' });
    log('info').note({ level: 'debug', code: 'x', text: 'said' });
    expect(lines.all).toEqual(['21:04:10 disk [STORE_IO]']);
    log('debug').live(LIVE);
    expect(lines.all).toHaveLength(2);
  });
});

describe('utc', () => {
  it('writes Unix seconds as the issue asks', () => {
    expect(utc(1_616_540_512)).toBe('2021-03-23T23:01:52Z');
  });
});
