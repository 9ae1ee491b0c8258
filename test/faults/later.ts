/**
 * Loaded into a server before it starts (`--import`): makes its wall clock show a later time, so that hours can pass
 * between two runs of it without anybody waiting for them. Its monotonic clock starts with the process anyway. By how much it
 * is later may stand in a file instead, and change while the server runs: then its clock is set.
 */
import { readFileSync } from 'node:fs';

const { TEST_LATER_BY_MS: ahead = '0', TEST_LATER_BY_FILE: file } = process.env;
const LOOK_MS = 20;
let aheadMs = Number(ahead);
let lookedMs = Number.NEGATIVE_INFINITY;

function aheadNow(): number {
  if (file !== undefined && performance.now() - lookedMs > LOOK_MS) {
    lookedMs = performance.now();
    aheadMs = Number(readFileSync(file, 'utf8'));
  }
  return aheadMs;
}

const RealDate = Date;

class LaterDate extends RealDate {
  constructor(...parts: readonly unknown[]) {
    super(...((parts.length === 0 ? [LaterDate.now()] : parts) as [number]));
  }

  static override now(): number {
    return RealDate.now() + aheadNow();
  }
}

globalThis.Date = LaterDate as DateConstructor;
