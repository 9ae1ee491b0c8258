import { beforeEach, describe, expect, it } from 'vitest';
import type { LiveReport, Log, Note } from './log.ts';
import { ThrottledLog } from './throttled-log.ts';

const said: string[] = [];
let now = 0;
const inner: Log = {
  wantsLive: true,
  live: ({ battery }) => said.push(`live ${battery}`),
  note: ({ level, code, text, battery = '-' }) => said.push(`${level} ${code} ${battery} ${text}`),
};
const note = (code: string, text: string, level: Note['level'] = 'warn'): Note => ({ level, code, text });
const live = (battery: string): LiveReport => ({ battery, time: 1_718_190_250, values: () => ({ soc: 71.2 }) });
let log: ThrottledLog;

beforeEach(() => {
  said.length = 0;
  now = 0;
  log = new ThrottledLog(inner, () => now);
});

const times = (count: number, work: (n: number) => void) => Array.from({ length: count }, (_, n) => work(n + 1));

describe('a flood of one kind', () => {
  it('has twenty lines written, the rest counted, and said how many when it is over', () => {
    times(27, (n) => log.note(note('FLOOD', `number ${n}`)));
    expect(said).toEqual(Array.from({ length: 20 }, (_, i) => `warn FLOOD - number ${i + 1}`));
    now = 9999;
    log.tick();
    expect(said).toHaveLength(20);
    now = 10_000;
    log.tick();
    expect(said.slice(20)).toEqual(['warn FLOOD - 7 more like this: number 27']);
    log.tick();
    expect(said).toHaveLength(21);
  });

  it('is over when the next of that kind comes later', () => {
    times(22, (n) => log.note(note('FLOOD', `number ${n}`)));
    now = 10_000;
    log.note(note('FLOOD', 'again'));
    expect(said.slice(20)).toEqual(['warn FLOOD - 2 more like this: number 22', 'warn FLOOD - again']);
  });

  it('says at the end of the program what was held back until then', () => {
    times(22, (n) => log.note(note('FLOOD', `number ${n}`)));
    log.tick(true);
    expect(said.slice(20)).toEqual(['warn FLOOD - 2 more like this: number 22']);
  });

  it('is none where nothing was held back', () => {
    log.note(note('ONE', 'a'));
    now = 20_000;
    log.note(note('ONE', 'b'));
    now = 40_000;
    log.tick();
    expect(said).toEqual(['warn ONE - a', 'warn ONE - b']);
  });

  it('hides no other', () => {
    times(25, () => log.note(note('FLOOD', 'x')));
    log.note(note('OTHER', 'y'));
    log.note({ ...note('FLOOD', 'z'), kind: 'another' });
    expect(said.slice(20)).toEqual(['warn OTHER - y', 'warn FLOOD - z']);
  });
});

describe('readings', () => {
  it('of a house at its usual pace are all written', () => {
    expect(log.wantsLive).toBe(true);
    for (; now < 3_600_000; now += 10_000) {
      times(10, (n) => log.live(live(`b${n}`)));
      log.tick();
    }
    expect(said).toHaveLength(3600);
    expect(said.every((line) => line.startsWith('live b'))).toBe(true);
  });

  it('of one battery that floods are held back, those of another are not', () => {
    times(244_000, () => log.live(live('flood')));
    log.live(live('quiet'));
    expect(said).toHaveLength(21);
    expect(said.at(-1)).toBe('live quiet');
    now = 10_000;
    log.tick();
    expect(said.slice(21)).toEqual(['info LOG_THROTTLED flood 243980 more readings came than the log takes']);
  });

  it('of batteries without number are held back together, and come back when they have gone', () => {
    times(1000, (n) => log.live(live(`invented ${n}`)));
    expect(said).toHaveLength(200);
    log.tick();
    expect(said.slice(200)).toEqual([
      'info LOG_THROTTLED - 800 more readings of all batteries came than the log takes',
    ]);
    now = 10_000;
    times(1000, (n) => log.live(live(`more ${n}`)));
    expect(said).toHaveLength(201 + 20);
    now = 110_000;
    log.tick();
    times(300, (n) => log.live(live(`late ${n}`)));
    expect(said).toHaveLength(201 + 20 + 1 + 200);
  });
});

describe('kinds without number', () => {
  it('are held back together, so that a peer who names them cannot fill the log', () => {
    times(1000, (n) => log.note(note(`KIND_${n}`, 'x', 'info')));
    times(1000, (n) => log.note({ ...note('KIND', 'x', 'debug'), kind: `${n}` }));
    expect(said).toHaveLength(200);
    log.tick();
    expect(said.slice(200)).toEqual(['info LOG_THROTTLED - 1800 more lines came than the log takes']);
  });

  it('hide no warning, nor do warnings hide an error for long', () => {
    times(1000, (n) => log.note(note(`INFO_${n}`, 'x', 'info')));
    times(1000, (n) => log.live(live(`invented ${n}`)));
    log.note(note('STORE_FULL', 'the disk is full', 'error'));
    expect(said.at(-1)).toBe('error STORE_FULL - the disk is full');
    times(1000, (n) => log.note(note(`WARN_${n}`, 'x')));
    now = 1000;
    log.note(note('STORE_IO', 'the disk', 'error'));
    expect(said.at(-1)).toBe('error STORE_IO - the disk');
    log.tick();
    expect(said.at(-1)).toBe('warn LOG_THROTTLED - 801 more warnings came than the log takes');
  });
});
