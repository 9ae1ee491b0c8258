import { describe, expect, it } from 'vitest';
import { configuration, event, identity, reading, SERIAL } from '../test/records.ts';
import { type Config, loadConfig } from './config.ts';
import type { LiveReport, Log, Note } from './log.ts';
import { Reporter } from './reporter.ts';
import { type Store, StoreError } from './store/store.ts';

const CONFIG: Config = loadConfig(
  { environment: {}, flags: [] },
  { problemOfNetwork: () => null, isTimeZone: () => true, systemTimeZone: 'UTC' },
);

function told(config: Config = CONFIG, wantsLive = true) {
  const notes: Note[] = [];
  const lives: LiveReport[] = [];
  const log: Log = { wantsLive, live: (report) => lives.push(report), note: (note) => notes.push(note) };
  const store = { idOf: (serial: string) => (serial === SERIAL ? 'b3f1c2' : undefined) } as Store;
  let commits = 0;
  const reporter = new Reporter(config, log, store, () => commits++);
  return { reporter, lives, texts: () => notes.map((note) => note.text), notes, commits: () => commits };
}

const entry = (batteryTime: number, code: number, text: string) =>
  event({ source: 'battery', name: 'EventLog', batteryTime, code, text });

describe('a log of the battery', () => {
  const NEWEST_FIRST = [entry(300, 41, 'third'), entry(200, 29, 'second'), entry(100, 30, 'first')];

  it('is said oldest first', () => {
    const { reporter, texts } = told();
    reporter.committed(NEWEST_FIRST);
    expect(texts().map((text) => text.split(', ').at(-1))).toEqual(['first', 'second', 'third']);
  });

  it('is said once, however often the battery repeats it', () => {
    const { reporter, texts } = told();
    reporter.committed(NEWEST_FIRST);
    reporter.committed([entry(400, 42, 'fourth'), ...NEWEST_FIRST.slice(0, 2)]);
    expect(texts()).toHaveLength(4);
    expect(texts()[3]).toBe('log 42: lost the server (inferred), fourth');
  });

  it('shows the number of a code that nobody knows', () => {
    const { reporter, texts } = told();
    reporter.committed([entry(100, 23, '24/06/12 12:03:41 23')]);
    expect(texts()).toEqual(['log 23: meaning unknown, 24/06/12 12:03:41 23']);
  });
});

describe('what is committed', () => {
  it('gives a line for a live reading, with the name its owner chose', () => {
    const config = { ...CONFIG, battery: { ...CONFIG.battery, names: { b3f1c2: 'Garage' } } };
    const { reporter, lives } = told(config);
    reporter.committed([reading('live', 1_700_000_000, { soc: 62.4 })]);
    expect(lives).toEqual([{ battery: 'Garage', time: 1_700_000_000, values: { soc: 62.4 } }]);
  });

  it('gives none for other kinds, nor where nobody reads them', () => {
    const all = told();
    all.reporter.committed([reading('detail', 1, { soc: 1 }), reading('history', 1, { soc: 1 })]);
    const quiet = told(CONFIG, false);
    quiet.reporter.committed([reading('live', 1, { soc: 1 })]);
    expect([...all.lives, ...quiet.lives]).toEqual([]);
    expect(quiet.commits()).toBe(1);
  });

  it('never says what a message or a configuration holds', () => {
    const { reporter, texts } = told();
    const message = event({ source: 'battery', name: 'System', code: null, text: 'MAC:00:11:22:33:44:55!' });
    reporter.committed([identity(), configuration('{"Address":"3 Example Lane"}'), message]);
    expect(texts()).toEqual(['message System']);
  });
});

describe('a peer’s own words', () => {
  it('are said without addresses and serial numbers, and not at any length', () => {
    const { reporter, texts } = told();
    const login = event({ source: 'server', name: 'login', code: null, text: 'AL2002019999999 aa:bb:cc:dd:ee:ff' });
    reporter.committed([login, event({ source: 'battery', name: 'x'.repeat(60_000), code: null, text: '' })]);
    expect(texts()[0]).toBe('login, [private] [private]');
    expect(texts()[1]?.length).toBeLessThanOrEqual(120);
  });
});

describe('trouble', () => {
  it('is counted by its code, and said with what it means', () => {
    const { reporter, notes } = told();
    reporter.problem({ type: 'problem', code: 'FRAME_TLS', battery: null, detail: '7 bytes' }, 3);
    reporter.problem({ type: 'problem', code: 'FRAME_TLS', battery: null, detail: '' }, null);
    expect(reporter.counts.get('FRAME_TLS')).toBe(2);
    expect(notes[0]).toMatchObject({ level: 'warn', code: 'FRAME_TLS' });
    expect(notes[0]?.text).toMatch(/^connection 3: .*does not speak the cleartext protocol \(7 bytes\)$/);
    expect(notes[1]?.text).toMatch(/^this peer speaks TLS.*protocol$/);
  });

  it('with the store is an error, and its end is said', () => {
    const { reporter, notes } = told();
    const full = new StoreError('STORE_FULL', 'the disk is full: make room');
    reporter.failing(full);
    reporter.recovered(12.4);
    reporter.refused(full);
    reporter.disordered(full);
    expect(notes.map(({ level, code }) => [level, code])).toEqual([
      ['error', 'STORE_FULL'],
      ['info', 'STORE_RECOVERED'],
      ['error', 'STORE_FULL'],
      ['error', 'STORE_FULL'],
    ]);
    expect(notes[1]?.text).toBe('writing works again after 12 s');
  });
});

describe('a connection', () => {
  it('is described without its address, unless the owner asked for it', () => {
    const { reporter, texts } = told();
    reporter.opened(1, 'a private network', '192.168.1.20');
    reporter.closed(1);
    const open = told({ ...CONFIG, log: { ...CONFIG.log, private: true } });
    open.reporter.opened(1, 'a private network', '192.168.1.20');
    expect(texts()).toEqual(['connection 1 from a private network', 'connection 1 closed']);
    expect(open.texts()).toEqual(['connection 1 from 192.168.1.20']);
  });
});
