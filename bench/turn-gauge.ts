/**
 * Loaded into a server that is measured (`--import`): how long the longest turn of its event loop was. By processor time of
 * the main thread, which other programs on the machine do not lengthen, and by the clock. Between two looks, a millisecond
 * apart where the loop is free, there may be several short turns: what is told is the most that a turn can have had.
 *
 * With SIGUSR2 it writes what was found since the last into the file named by TURN_GAUGE, and begins anew.
 */
import { renameSync, writeFileSync } from 'node:fs';

export interface LongestTurn {
  readonly processorMs: number;
  readonly clockMs: number;
}

const LOOK_MS = 1;

function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

let longest: LongestTurn = { processorMs: 0, clockMs: 0 };
let last: LongestTurn = { processorMs: processorMs(), clockMs: performance.now() };

setInterval(() => {
  const now = { processorMs: processorMs(), clockMs: performance.now() };
  longest = {
    processorMs: Math.max(longest.processorMs, now.processorMs - last.processorMs),
    clockMs: Math.max(longest.clockMs, now.clockMs - last.clockMs),
  };
  last = now;
}, LOOK_MS).unref();

const file = process.env.TURN_GAUGE;
if (file !== undefined) {
  process.on('SIGUSR2', () => {
    writeFileSync(`${file}.new`, JSON.stringify(longest));
    renameSync(`${file}.new`, file);
    longest = { processorMs: 0, clockMs: 0 };
  });
}
