import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../../test/records.ts';
import { until } from '../../../test/server.ts';
import { StoreError, type StoreErrorCode } from '../store.ts';
import { BackupKeeper } from './backup-keeper.ts';
import type { BackupOrder, MadeBackup, Watch } from './make.ts';
import { MANIFEST_FILE, type Manifest } from './manifest.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-11-01T12:00:00Z');

const MANIFEST: Manifest = {
  format: 1,
  kind: 'automatic',
  sequence: 1,
  made_at: '2026-11-01T00:00:00.000Z',
  program: '0',
  version: 4,
  house: 'ours',
  files: {},
  rows: {},
};

/** A keeper whose backups are made by the test, and whose time passes when it says so. */
class Desk {
  readonly backups = temporaryFolder();
  readonly orders: BackupOrder[] = [];
  readonly said: string[] = [];
  readonly keeper: BackupKeeper;
  wallMs = NOON;
  monoMs = 0;
  /** What becomes of the next; undefined: it goes on until it is broken off. */
  outcome: MadeBackup | StoreError | undefined = this.made();

  constructor(everyMs = DAY) {
    this.keeper = new BackupKeeper({
      place: { data: '/data', backups: this.backups },
      house: 'ours',
      everyMs,
      keep: 7,
      files: ['web-password.json'],
      program: '1.2.3',
      make: (order, watch) => this.#make(order, watch),
      now: () => ({ wallMs: this.wallMs, monoMs: this.monoMs }),
      reports: {
        backedUp: ({ path }, seconds) => this.said.push(`${path} in ${seconds} s`),
        notBackedUp: ({ code }) => this.said.push(code),
      },
    });
    this.keeper.start();
  }

  made(): MadeBackup {
    return { path: 'a-path', bytes: 1, removed: [], manifest: MANIFEST };
  }

  shelve(name: string, change: Partial<Manifest> = {}): void {
    mkdirSync(join(this.backups, name));
    writeFileSync(join(this.backups, name, MANIFEST_FILE), JSON.stringify({ ...MANIFEST, ...change }));
  }

  async passes(ms: number): Promise<void> {
    this.wallMs += ms;
    this.monoMs += ms;
    await this.keeper.look();
  }

  async #make(order: BackupOrder, { signal }: Watch): Promise<MadeBackup> {
    this.orders.push(order);
    this.monoMs += 2000;
    const { outcome } = this;
    if (outcome instanceof StoreError) throw outcome;
    if (outcome !== undefined) return outcome;
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  }
}

const trouble = (code: StoreErrorCode) => new StoreError(code, 'no');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('automatic backups', () => {
  it('are ordered as the owner wants them, at rest half of the time, with room left over', async () => {
    const desk = new Desk();
    await desk.passes(HOUR);
    expect(desk.orders).toEqual([
      {
        data: '/data',
        to: desk.backups,
        kind: 'automatic',
        files: ['web-password.json'],
        program: '1.2.3',
        nowMs: NOON + HOUR,
        keep: 7,
        reserveBytes: 64 * 1024 * 1024,
        resting: true,
      },
    ]);
    expect(desk.said).toEqual(['a-path in 2 s']);
  });

  it('begin by themselves, a minute after the start, and no more after the end', async () => {
    const desk = new Desk();
    desk.monoMs = 60_000;
    vi.advanceTimersByTime(60_000);
    await until('the first', () => desk.said.length === 1);
    await desk.keeper.stop();
    desk.monoMs += DAY;
    vi.advanceTimersByTime(DAY);
    expect(vi.getTimerCount()).toBe(0);
    expect(desk.orders).toHaveLength(1);
  });

  it('wait until the newest automatic one of this house is old enough, as its manifest says', async () => {
    const desk = new Desk();
    desk.shelve('b', { sequence: 1, made_at: '2026-10-01T00:00:00.000Z' });
    desk.shelve('a', { sequence: 2, made_at: new Date(NOON - 23 * HOUR).toISOString() });
    await desk.passes(60_000);
    expect(desk.orders).toEqual([]);
    await desk.passes(HOUR);
    expect(desk.orders).toHaveLength(1);
  });

  it('do not wait for those of another house, or of another kind', async () => {
    const desk = new Desk();
    const fresh = new Date(NOON).toISOString();
    desk.shelve('theirs', { house: 'theirs', made_at: fresh });
    desk.shelve('manual', { kind: 'manual', made_at: fresh });
    desk.shelve('half');
    writeFileSync(join(desk.backups, 'half', MANIFEST_FILE), '{');
    await desk.passes(60_000);
    expect(desk.orders).toHaveLength(1);
  });

  it('are made one at a time', async () => {
    const desk = new Desk();
    desk.outcome = undefined;
    const first = desk.passes(HOUR);
    await until('the first', () => desk.orders.length === 1);
    await desk.passes(2 * DAY);
    expect(desk.orders).toHaveLength(1);
    await desk.keeper.stop();
    await first;
    // Broken off by the end of the server: no trouble.
    expect(desk.said).toEqual([]);
  });

  it('do not begin any more once the server ends while it is looked which is the newest', async () => {
    const desk = new Desk();
    const looking = desk.passes(HOUR);
    await desk.keeper.stop();
    await looking;
    expect(desk.orders).toEqual([]);
  });

  it('say each trouble once, try again every hour, and say it again after one was made', async () => {
    const desk = new Desk();
    desk.outcome = trouble('STORE_NO_SPACE');
    for (let n = 0; n < 3; n++) await desk.passes(HOUR + 2000);
    expect(desk.orders).toHaveLength(3);
    expect(desk.said).toEqual(['STORE_NO_SPACE']);
    desk.outcome = trouble('STORE_CORRUPT');
    await desk.passes(HOUR + 2000);
    desk.outcome = desk.made();
    await desk.passes(HOUR + 2000);
    desk.outcome = trouble('STORE_NO_SPACE');
    await desk.passes(HOUR + 2000);
    expect(desk.said).toEqual(['STORE_NO_SPACE', 'STORE_CORRUPT', 'a-path in 2 s']);
    await desk.passes(DAY);
    expect(desk.said.at(-1)).toBe('STORE_NO_SPACE');
  });
});
