/**
 * Whether the kernel says that its clock is synchronised. Node cannot ask it (adjtimex), so programs are asked that can, where
 * they are installed; and only while the clock is in doubt.
 */
import { execFile } from 'node:child_process';
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const PATIENCE_MS = 5000;
/** A file that was written just now, and a synchronisation that is recent. */
const NOW_MS = 60_000;
const RECENT_MS = 86_400_000;
/** Touched by systemd-timesyncd when it synchronises. */
const TIMESYNC = '/run/systemd/timesync/synchronized';
/** Of adjtimex(2), STA_UNSYNC. */
const UNSYNCHRONISED = 0x40;

interface ClockQuestion {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether the answer is a clear yes, or a clear no. */
  isYes(answer: string): boolean;
  isNo(answer: string): boolean;
}

const QUESTIONS: readonly ClockQuestion[] = [
  // systemd: the kernel's own word, whatever sets the clock.
  {
    command: 'timedatectl',
    args: ['show', '--property=NTPSynchronized', '--value'],
    isYes: (text) => text.trim() === 'yes',
    isNo: (text) => text.trim() === 'no',
  },
  // chrony does not tell the kernel where `rtcsync` is not configured. The last column is the leap status.
  {
    command: 'chronyc',
    args: ['-c', 'tracking'],
    isYes: (text) => /,Normal$/.test(text.trim()),
    isNo: (text) => /,Not synchronised$/.test(text.trim()),
  },
  // busybox, such as in Alpine.
  {
    command: 'adjtimex',
    args: [],
    isYes: (text) => isSynchronised(statusIn(text)) === true,
    isNo: (text) => isSynchronised(statusIn(text)) === false,
  },
];

/** What is said of the kernel's clock; `unknown` where nobody can be asked, or this process is shown another clock. */
export type KernelClock = 'synchronised' | 'unsynchronised' | 'unknown';

/**
 * What somebody says who knows: one who says that it is synchronised is believed before one who does not.
 * @param folder where a file can be written, to see that this process is shown the kernel's clock and no other
 * @param path what would be `PATH`, for tests
 */
export async function kernelClock(
  folder: string,
  { path = process.env.PATH, timesync = TIMESYNC }: { path?: string | undefined; timesync?: string } = {},
): Promise<KernelClock> {
  if (!isKernelClock(folder)) return 'unknown';
  let isDenied = false;
  for (const question of QUESTIONS) {
    const answer = await answerTo(question, path);
    if (answer !== null && question.isYes(answer)) return 'synchronised';
    isDenied ||= answer !== null && question.isNo(answer);
  }
  if (isRecent(timesync)) return 'synchronised';
  return isDenied ? 'unsynchronised' : 'unknown';
}

/** What the file system stamps with is the kernel's clock; libfaketime and the like show another to a program. */
function isKernelClock(folder: string): boolean {
  const file = join(folder, 'clock-probe');
  try {
    rmSync(file, { force: true });
    closeSync(openSync(file, 'wx', 0o600));
    const { mtimeMs } = statSync(file);
    rmSync(file, { force: true });
    return Math.abs(mtimeMs - Date.now()) <= NOW_MS;
  } catch {
    return false;
  }
}

function answerTo({ command, args }: ClockQuestion, path: string | undefined): Promise<string | null> {
  const options = { timeout: PATIENCE_MS, env: { ...process.env, PATH: path, LC_ALL: 'C' } };
  return new Promise((resolve) => {
    // Not installed, no right, no answer.
    execFile(command, [...args], options, (error, answer) => resolve(error === null ? answer : null));
  });
}

function statusIn(text: string): string | undefined {
  return /status: +(\d+)/.exec(text)?.[1];
}

function isSynchronised(status: string | undefined): boolean | null {
  return status === undefined ? null : (Number(status) & UNSYNCHRONISED) === 0;
}

/** It stays when the clock is set by hand: then it is old, or of the future. */
function isRecent(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && Math.abs(Date.now() - found.mtimeMs) <= RECENT_MS;
}
