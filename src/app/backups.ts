/**
 * Copies of what is kept, around a running server: one before a newer version changes the data, and automatic ones.
 */
import { join } from 'node:path';
import type { Config } from '../config/load.ts';
import type { Log, Note } from '../log/log.ts';
import type { Instant } from '../model.ts';
import { BackupKeeper, type BackupReports } from '../store/backup/backup-keeper.ts';
import { BACKUP_FOLDER } from '../store/backup/backups.ts';
import { makeBackupApart } from '../store/backup/maker.ts';
import { inMegabytes } from '../store/backup/space.ts';
import { type UpgradeNews, upgrade } from '../store/backup/upgrade.ts';
import type { DataPlace } from '../store/backup/way-back.ts';
import { PASSWORD_FILE } from '../web/access/secrets.ts';
import { version } from './version.ts';

/** Files of the data folder that make it the same house, besides the database. */
export const HOUSE_FILES: readonly string[] = [PASSWORD_FILE];

/** Where the data of a configuration is, and its backups. */
export function placeFrom({ data, store }: Config): DataPlace {
  return { data, backups: store.backups.to ?? join(data, BACKUP_FOLDER) };
}

/** Brings the data to this version, after a copy, before a server opens it. */
export class DataUpgrade {
  readonly #config: Config;
  readonly #log: Log;
  readonly #now: () => Instant;
  #running: { readonly breaking: AbortController; readonly done: Promise<void> } | null = null;

  constructor(config: Config, log: Log, now: () => Instant) {
    this.#config = config;
    this.#log = log;
    this.#now = now;
  }

  /**
   * @returns whether the data has the shape of this version now; false where it was stopped meanwhile
   * @throws StoreError
   */
  async run(): Promise<boolean> {
    const breaking = new AbortController();
    const upgraded = upgrade({
      place: placeFrom(this.#config),
      files: HOUSE_FILES,
      program: version(),
      make: makeBackupApart,
      said: (news) => this.#log.note(noteOf(news)),
      now: this.#now,
      signal: breaking.signal,
    });
    this.#running = { breaking, done: upgraded.catch(() => {}) };
    try {
      await upgraded;
    } catch (error) {
      if (!breaking.signal.aborted) throw error;
    } finally {
      this.#running = null;
    }
    return !breaking.signal.aborted;
  }

  /** Breaks it off; the next one goes on there. */
  async stop(): Promise<void> {
    this.#running?.breaking.abort();
    await this.#running?.done;
  }
}

/** Makes automatic ones while the server runs; null where its owner wants none. */
export function backupKeeper(
  config: Config,
  house: string,
  now: () => Instant,
  reports: BackupReports,
): BackupKeeper | null {
  const { every, keep } = config.store.backups;
  if (every === null) return null;
  return new BackupKeeper({
    place: placeFrom(config),
    house,
    everyMs: every * 1000,
    keep,
    files: HOUSE_FILES,
    program: version(),
    make: makeBackupApart,
    now,
    reports,
  });
}

function noteOf(news: UpgradeNews): Note {
  return { level: 'info', code: 'upgrade', kind: news.type, text: sentenceOf(news), data: { version: news.to } };
}

function sentenceOf(news: UpgradeNews): string {
  const aim = `version ${news.to}`;
  switch (news.type) {
    case 'copying':
      return `the data is of an older version: copying ${inMegabytes(news.bytes)} before it is brought to ${aim}`;
    case 'copied':
      return `the data as it was is in ${news.path}; it is brought to ${aim} now`;
    case 'going-on':
      return `the data was on its way to ${aim} when the last server ended: going on`;
    case 'changing':
      return `the data is on its way to ${aim} since ${news.seconds} s, in ${news.strokes} steps so far`;
    case 'changed':
      return `the data is of ${aim} now, after ${news.seconds} s`;
  }
}
