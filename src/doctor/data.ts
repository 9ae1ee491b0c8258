/**
 * The data folder: room, rights, age, whether the database is sound, how quick the disk is.
 */
import type { DataFacts, DoctorFacts } from './facts.ts';
import { type Finding, finding } from './finding.ts';
import { duration, size } from './words.ts';

const LOW_BYTES = 1e9;
const SPENT_BYTES = 100e6;
const DAY_MS = 86_400_000;
const SLOW_MS = 250;

export function checkData({ data, nowMs }: Pick<DoctorFacts, 'data' | 'nowMs'>): Finding[] {
  const kept = data.exists
    ? [...age(data, nowMs), ...soundness(data)]
    : [finding('DATA_ABSENT', 'the data folder holds no data yet')];
  return [...space(data), ...rights(data), ...kept, ...disk(data)];
}

function space({ freeBytes, databaseBytes }: DataFacts): Finding[] {
  if (freeBytes === null) return [];
  const sentence = `the disk of the data folder has ${size(freeBytes)} free; the data takes ${size(databaseBytes)}`;
  if (freeBytes < SPENT_BYTES) return [finding('DATA_SPACE_LOW', sentence)];
  return [
    freeBytes < LOW_BYTES ? finding('DATA_SPACE_LOW', sentence, { level: 'warning' }) : finding('DATA_SPACE', sentence),
  ];
}

function rights({ writable, openToOthers }: DataFacts): Finding[] {
  if (writable === null) return [];
  if (!writable) return [finding('DATA_UNWRITABLE', 'the data folder cannot be written by this user')];
  return openToOthers
    ? [finding('DATA_OPEN', 'others on this machine can read the data folder')]
    : [finding('DATA_RIGHTS', 'the data folder can be written, and read by its owner alone')];
}

function age({ writtenMs }: DataFacts, nowMs: number): Finding[] {
  if (writtenMs === null) return [];
  const sentence = `something was last written ${duration(nowMs - writtenMs)} ago`;
  return [finding(nowMs - writtenMs >= DAY_MS ? 'DATA_OLD' : 'DATA_AGE', sentence)];
}

function soundness({ soundness: found, unreadable }: DataFacts): Finding[] {
  if (typeof found === 'object') return [finding('DATABASE_DAMAGED', found.damage)];
  if (unreadable !== null) return [finding('DATA_UNREADABLE', unreadable)];
  return found === 'sound'
    ? [finding('DATABASE_SOUND', 'the database is sound')]
    : [finding('DATABASE_UNCHECKED', 'the check of the database has not ended yet')];
}

function disk({ fsyncMs }: DataFacts): Finding[] {
  if (fsyncMs === null) return [];
  const sentence = `the disk writes durably within ${fsyncMs < 1 ? 'a millisecond' : `${Math.round(fsyncMs)} ms`}`;
  return [finding(fsyncMs > SLOW_MS ? 'DISK_SLOW' : 'DISK_QUICK', sentence)];
}
