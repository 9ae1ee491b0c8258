import { describe, expect, it } from 'vitest';
import { adoption, clock, configuration, event, held, identity, peer, reading, SERIAL, T } from '../../test/records.ts';
import { type Config, loadConfig } from '../config/load.ts';
import type { LiveReport, Log, Note } from '../log/log.ts';
import { type Battery, type Gap, Private } from '../model.ts';
import type { MadeBackup } from '../store/backup/make.ts';
import { StoreError } from '../store/store.ts';
import { Reporter } from './reporter.ts';

const CONFIG: Config = loadConfig(
  { environment: {}, flags: [] },
  { problemOfNetwork: () => null, isTimeZone: () => true, isMeasured: () => true, systemTimeZone: 'UTC' },
);

/** An hour ahead of UTC all year. */
const DUBLIN = { offsetSeconds: () => 3600 };

function told(config: Config = CONFIG, wantsLive = true, known: readonly Battery[] = []) {
  const notes: Note[] = [];
  const lives: LiveReport[] = [];
  const log: Log = { wantsLive, live: (report) => lives.push(report), note: (note) => notes.push(note) };
  const idOf = (serial: string) => (serial === SERIAL ? 'b3f1c2' : undefined);
  const reporter = new Reporter(config, log, { idOf }, DUBLIN, () => true);
  for (const battery of known) reporter.loaded(battery);
  return { reporter, lives, texts: () => notes.map((note) => note.text), notes };
}

const entry = (batteryTime: number, code: number, text: string) =>
  event({ source: 'battery', name: 'EventLog', batteryTime, code, text });

describe('a log of the battery', () => {
  const NEWEST_FIRST = [entry(300, 41, 'third'), entry(200, 29, 'second'), entry(100, 30, 'first')];

  /** At first contact entries wait for a reading. */
  const LIVE = reading('live', 1, {});

  it('is said behind the first reading, oldest first', () => {
    const { reporter, lives, texts } = told();
    reporter.committed(NEWEST_FIRST);
    expect(texts()).toEqual([]);
    reporter.committed([LIVE]);
    expect(lives).toHaveLength(1);
    expect(texts().map((text) => text.split(', ').at(-1))).toEqual(['first', 'second', 'third']);
  });

  it('is said once, however often the battery repeats it', () => {
    const { reporter, texts } = told();
    reporter.committed([LIVE, ...NEWEST_FIRST]);
    reporter.committed([entry(400, 42, 'fourth'), ...NEWEST_FIRST.slice(0, 2)]);
    expect(texts()).toHaveLength(4);
    expect(texts()[3]).toBe('log 42: lost the server (inferred), fourth');
  });

  it('shows the number of a code that nobody knows', () => {
    const { reporter, texts } = told();
    reporter.committed([entry(100, 23, '24/06/12 12:03:41 23'), LIVE]);
    expect(texts()).toEqual(['log 23: meaning unknown, 24/06/12 12:03:41 23']);
  });

  it('is said before the connection ends, where no reading came', () => {
    const { reporter, texts } = told();
    reporter.committed(NEWEST_FIRST);
    reporter.committed([event({ source: 'server', name: 'disconnected', code: null, text: 'connection 7' })]);
    expect(texts().map((text) => text.split(', ').at(-1))).toEqual(['first', 'second', 'third', 'connection 7']);
  });
});

describe('what is committed', () => {
  it('gives a line for a live reading, with the name its owner chose', () => {
    const config = { ...CONFIG, battery: { ...CONFIG.battery, names: { b3f1c2: 'Garage' } } };
    const { reporter, lives } = told(config);
    reporter.committed([reading('live', 1_700_000_000, { soc: 62.4 })]);
    expect(lives).toMatchObject([{ battery: 'Garage', time: 1_700_000_000 }]);
    expect(lives[0]?.values()).toEqual({ soc: 62.4 });
  });

  it('gives none for other kinds, nor where nobody reads them', () => {
    const all = told();
    all.reporter.committed([reading('detail', 1, { soc: 1 }), reading('history', 1, { soc: 1 })]);
    const quiet = told(CONFIG, false);
    quiet.reporter.committed([reading('live', 1, { soc: 1 })]);
    expect([...all.lives, ...quiet.lives]).toEqual([]);
  });

  it('gives a line at debug for what is no live reading, and only there', () => {
    const records = [configuration('{}'), reading('detail', T), reading('history', T)];
    const curious = told({ ...CONFIG, log: { ...CONFIG.log, level: 'debug' } });
    curious.reporter.committed(records);
    expect(curious.notes.map(({ level, kind }) => [level, kind])).toEqual([
      ['debug', '1,1,4'],
      ['debug', '1,1,5'],
      ['debug', '1,1,12'],
    ]);
    const usual = told();
    usual.reporter.committed(records);
    expect(usual.notes).toEqual([]);
  });

  it('says that readings which were kept apart are gone', () => {
    const { reporter, notes } = told();
    reporter.heldDropped(7);
    reporter.heldDropped(3);
    expect(notes.map(({ code, text }) => [code, /\d+ readings/.exec(text)?.[0]])).toEqual([
      ['HELD_DROPPED', '7 readings'],
      ['HELD_DROPPED', '3 readings'],
    ]);
    expect(reporter.counts.get('HELD_DROPPED')).toBe(2);
  });

  it('says how many days are worked out again by another rule, and when all are', () => {
    const { reporter, texts, notes } = told();
    reporter.renewingEnergies(366);
    reporter.renewingEnergies(0);
    expect(texts()).toEqual([
      'the energies of 366 days are worked out again, by the rule of this version',
      'the energies of all days are by the rule of this version',
    ]);
    expect(notes.map(({ level }) => level)).toEqual(['info', 'info']);
  });

  it('says once what there was too much of', () => {
    const { reporter, texts } = told();
    const events = { what: 'events', battery: 'b3f1c2', rows: 20, bytes: 4000 } as const;
    reporter.removed([events]);
    reporter.removed([events]);
    expect(texts()).toEqual([expect.stringContaining('store.quotas.events; 20 removed so far, 4000 bytes')]);
  });

  it('says nothing of who is trusted, nor of what is held', () => {
    const { reporter, lives, notes } = told();
    reporter.committed([peer(), held(reading('live', 1)), adoption()]);
    expect([lives, notes]).toEqual([[], []]);
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

  it('of who may see the page is said once each time that its number doubles, without an address', () => {
    const { reporter, notes } = told();
    for (let attempts = 1; attempts <= 9; attempts++)
      reporter.loginFailed({ secret: 'token', address: '192.168.1.77', attempts });
    reporter.loginFailed({ secret: 'password', address: '203.0.113.9', attempts: 1 });
    expect(reporter.counts.get('LOGIN_WRONG')).toBe(10);
    const from = 'the page was shown a wrong token from a private network';
    expect(notes.map(({ text }) => text)).toEqual([
      from,
      `${from}, 2 times by now`,
      `${from}, 4 times by now`,
      `${from}, 8 times by now`,
      'the page was shown a wrong password from a public address',
    ]);
    expect(notes[0]).toMatchObject({ level: 'warn', code: 'LOGIN_WRONG', kind: 'token' });
  });

  it('of who may see the page has its address where the owner asked for it, if it is one', () => {
    const { reporter, notes } = told({ ...CONFIG, log: { ...CONFIG.log, private: true } });
    reporter.loginFailed({ secret: 'token', address: '192.168.1.77', attempts: 1 });
    reporter.loginFailed({ secret: 'token', address: 'a\u202egarbled', attempts: 1 });
    expect(notes.map(({ text }) => text)).toEqual([
      'the page was shown a wrong token from 192.168.1.77',
      'the page was shown a wrong token from a public address',
    ]);
  });

  it('of an output says no address where it is a mistake, whoever says it', () => {
    const { reporter, notes } = told();
    reporter.trouble('influx', 'OUTPUT_MISTAKE', `cannot read what ${SERIAL} said`);
    expect(notes[0]).toMatchObject({ level: 'error', code: 'OUTPUT_MISTAKE' });
    expect(notes[0]?.text).not.toContain(SERIAL);
  });

  it('of readings that contradict each other is how many there are, counted one by one', () => {
    const { reporter, notes } = told();
    reporter.conflicting({ battery: new Private(SERIAL), readings: 3 });
    expect(notes[0]).toMatchObject({ level: 'warn', code: 'READINGS_CONFLICT', data: { readings: 3 } });
    expect(notes[0]?.text).toMatch(/\(3 readings\)$/);
    expect(reporter.counts.get('READINGS_CONFLICT')).toBe(3);
  });

  it('of an output that is configured no more is how much was let go', () => {
    const { reporter, notes } = told();
    reporter.forgotten('influx', 0, null);
    expect(notes).toEqual([]);
    reporter.forgotten('influx', 7, T);
    reporter.forgotten('influx', 8, null);
    expect(reporter.counts.get('OUTPUT_FORGOTTEN')).toBe(2);
    expect(notes.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^influx: .*let go \(7 readings, from 2024-06-12T11:04:00Z on\)$/),
      expect.stringMatching(/\(8 readings\)$/),
    ]);
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

  it('that cannot be read is an error', () => {
    const { reporter, notes } = told();
    reporter.damaged('the database file is damaged; there is no backup');
    expect(notes).toMatchObject([{ level: 'error', code: 'STORE_CORRUPT', text: expect.stringContaining('damaged') }]);
    expect(reporter.counts.get('STORE_CORRUPT')).toBe(1);
  });
});

describe('a backup', () => {
  const MADE = { path: '/data/backups/one', bytes: 393_500_000, removed: [], manifest: {} as MadeBackup['manifest'] };

  it('is said with where it is, how large, and what went for it', () => {
    const { reporter, notes } = told();
    reporter.backedUp(MADE, 61.4);
    reporter.backedUp({ ...MADE, removed: ['a', 'b'] }, 1);
    expect(notes.map(({ level, code, text }) => `${level} ${code} ${text}`)).toEqual([
      'info backup backed up to /data/backups/one, 394 MB in 61 s, and read again',
      'info backup backed up to /data/backups/one, 394 MB in 1 s, and read again; 2 older removed',
    ]);
    expect(notes[0]?.data).toEqual({ path: '/data/backups/one', bytes: 393_500_000 });
  });

  it('that cannot be made is a warning, and an error where that shows that the database is damaged', () => {
    const { reporter, notes } = told();
    reporter.notBackedUp(new StoreError('STORE_NO_SPACE', 'a backup in /data needs 458 MB free'));
    reporter.notBackedUp(new StoreError('STORE_CORRUPT', 'the database file is damaged'));
    expect(notes.map(({ level, code, text }) => `${level} ${code} ${text}`)).toEqual([
      'warn STORE_NO_SPACE no automatic backup is made: a backup in /data needs 458 MB free',
      'error STORE_CORRUPT no automatic backup is made: the database file is damaged',
    ]);
    expect([...reporter.counts.keys()]).toEqual(['STORE_NO_SPACE', 'STORE_CORRUPT']);
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

describe('a peer that was refused', () => {
  it('is described without its address, unless the owner asked for it', () => {
    const refused = { type: 'problem', code: 'PEER_NOT_ALLOWED', battery: null, detail: 'a public address' } as const;
    const { reporter, texts } = told();
    reporter.problem(refused, null, '203.0.113.7');
    const open = told({ ...CONFIG, log: { ...CONFIG.log, private: true } });
    open.reporter.problem(refused, null, '203.0.113.7');
    open.reporter.problem({ ...refused, detail: '' }, null, '203.0.113.7');
    open.reporter.problem({ ...refused, code: 'FRAME_TLS', detail: '7 bytes' }, 3);
    const sentence = 'a connection from outside the allowed networks was refused';
    expect(texts()).toEqual([`${sentence} (a public address)`]);
    expect(open.texts()).toEqual([
      `${sentence} (203.0.113.7, a public address)`,
      `${sentence} (203.0.113.7)`,
      expect.stringMatching(/^connection 3: .* \(7 bytes\)$/),
    ]);
  });
});

describe('a clock', () => {
  const GAINING = { ...clock(3612), epochs: clock(3612).epochs.map((epoch) => ({ ...epoch, driftPpm: 44 })) };

  it('is shown with its distance to UTC, its drift, and why that is known', () => {
    const { reporter, notes } = told();
    reporter.committed([GAINING]);
    expect(notes).toEqual([
      {
        level: 'info',
        code: 'clock',
        kind: 'first_frame',
        text: 'its clock is UTC+01:00:12 and gains 3.8 s a day (first frame)',
        battery: 'b3f1c2',
        data: { offset_seconds: 3612, drift_ppm: 44, reason: 'first_frame', unconfirmed: false },
      },
    ]);
  });

  it('that is wrong by more than a minute is warned of, and counted', () => {
    const { reporter, notes } = told();
    reporter.committed([clock(3600 - 2352)]);
    expect(notes[1]).toMatchObject({ level: 'warn', code: 'CLOCK_WRONG', battery: 'b3f1c2' });
    expect(notes[1]?.text).toMatch(/^its clock is 39 min 12 s behind the time of UTC; /);
    expect(reporter.counts.get('CLOCK_WRONG')).toBe(1);
  });

  it('that has only drifted on is for the curious, and not warned of again', () => {
    const drifted = { ...clock(0, T * 1000, SERIAL, 2) };
    const drift = { ...drifted, epochs: drifted.epochs.map((epoch) => ({ ...epoch, reason: 'drift' as const })) };
    const { reporter, notes } = told();
    reporter.committed([clock(1), drift]);
    expect(notes.map(({ level, code }) => `${level} ${code}`)).toEqual([
      'info clock',
      'warn CLOCK_WRONG',
      'debug clock',
    ]);
  });

  it('is known from before', () => {
    const known = { id: 'b3f1c2', serial: new Private(SERIAL), firstSeenMs: 0, epochs: clock(1).epochs };
    const { reporter, notes } = told(CONFIG, true, [
      { ...known, newest: null, openGaps: [], lastGapNumber: 0, trust: { peers: [], lastRun: 0 } },
    ]);
    const drift = { ...clock(0), epochs: clock(0).epochs.map((epoch) => ({ ...epoch, reason: 'drift' as const })) };
    reporter.committed([drift]);
    expect(notes.map(({ code }) => code)).toEqual(['clock']);
  });

  it('is shown again when its battery connects', () => {
    const connected = event({ source: 'server', name: 'connected', code: null, text: 'connection 7' });
    const { reporter, texts } = told();
    reporter.committed([connected, clock(3600), connected]);
    reporter.committed([clock(0)]);
    reporter.committed([connected]);
    const right = 'its clock is UTC+01:00:00 (first frame)';
    const wrong = 'its clock is UTC+00:00:00 (first frame)';
    const warning = expect.stringMatching(/^its clock is 1 h behind/);
    const connection = 'connected, connection 7';
    expect(texts()).toEqual([connection, right, connection, right, wrong, warning, connection, wrong, warning]);
  });

  it('of which only dates were corrected is not shown', () => {
    const { reporter, notes } = told();
    reporter.committed([{ ...clock(1), epochs: [] }]);
    expect(notes).toEqual([]);
  });
});

describe('a gap', () => {
  const gap: Gap = { number: 1, from: T, to: T + 660, filledMinutes: 10, state: 'filled', askedMs: 1 };

  it.each([
    ['open', 'debug', 'not asked for yet'],
    ['asked', 'info', 'the battery is asked for them'],
    ['filled', 'info', 'all are filled from the battery’s memory'],
    ['partly', 'info', 'filled in part; the battery has no more of them'],
    ['refused', 'info', 'the battery does not have them'],
  ] as const)('that is %s is said so', (state, level, words) => {
    const { reporter, notes } = told();
    reporter.committed([{ type: 'gap', battery: new Private(SERIAL), receivedMs: 1, gap: { ...gap, state } }]);
    const text = `10 minutes missed from 2024-06-12T11:04:00Z to 2024-06-12T11:15:00Z: ${words}`;
    expect(notes).toMatchObject([{ level, code: 'gap', kind: state, text, battery: 'b3f1c2' }]);
  });
});
