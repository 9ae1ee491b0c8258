/**
 * What a backup is: `backup.json` beside its files, written last, when all of it was looked at.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sizeOfFile } from './files.ts';

export const MANIFEST_FILE = 'backup.json';

/** Made by the server by itself, by a command, or before the database was brought to a newer version. */
export type BackupKind = 'automatic' | 'manual' | 'before-version';
const KINDS: readonly string[] = ['automatic', 'manual', 'before-version'];

export interface Manifest {
  readonly format: 1;
  readonly kind: BackupKind;
  /** The order in which the backups of a folder were made, whatever the clock said. */
  readonly sequence: number;
  /** By the clock of the machine, ISO 8601 UTC. */
  readonly made_at: string;
  /** Of alphaess-local. */
  readonly program: string;
  /** Of the database: the number of its last migration. */
  readonly version: number;
  /** Tells houses apart that keep their backups in one folder. */
  readonly house: string;
  /** By name, in the folder of the backup. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
  /** How many rows each table has. */
  readonly rows: Readonly<Record<string, number>>;
}

const FILE_NAME = /^[\w-][\w.-]*$/;
const DIGEST = /^[0-9a-f]{64}$/;

/** The manifest of a folder; null where it is none of a backup. */
export function readManifest(folder: string): Manifest | null {
  try {
    return parseManifest(readFileSync(join(folder, MANIFEST_FILE), 'utf8'));
  } catch {
    return null;
  }
}

/** null where a text is none. What a later program has added is left out. */
export function parseManifest(text: string): Manifest | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return null;
  }
  const { format, kind, sequence, made_at, program, version, house, files, rows } = (content ?? {}) as Manifest;
  const isOne =
    format === 1 &&
    KINDS.includes(kind) &&
    [sequence, version].every((number) => isCount(number) && number > 0) &&
    [program, house].every((word) => typeof word === 'string') &&
    typeof made_at === 'string' &&
    !Number.isNaN(Date.parse(made_at)) &&
    isRecordOf(rows, isCount) &&
    isRecordOf(files, isFile) &&
    Object.keys(files).every((name) => FILE_NAME.test(name));
  return isOne ? { format, kind, sequence, made_at, program, version, house, files, rows } : null;
}

function isRecordOf(value: unknown, test: (one: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(test);
}

function isFile(value: unknown): boolean {
  const { bytes, sha256 } = (value ?? {}) as { bytes?: unknown; sha256?: unknown };
  return isCount(bytes) && typeof sha256 === 'string' && DIGEST.test(sha256);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether the files of a backup are there and as long as they were; what is in them is not read. */
export function hasItsFiles(folder: string, { files }: Manifest): boolean {
  return Object.entries(files).every(([name, { bytes }]) => sizeOfFile(join(folder, name)) === bytes);
}
