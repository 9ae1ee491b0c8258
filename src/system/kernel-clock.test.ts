import { chmodSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { kernelClock } from './kernel-clock.ts';

let folder: string;
/** A folder of programs, and no others are found. */
let path: string;
let timesync: string;

beforeEach(() => {
  folder = temporaryFolder();
  path = temporaryFolder();
  timesync = join(temporaryFolder(), 'synchronized');
});

const asked = () => kernelClock(folder, { path, timesync });

function program(name: string, script: string): void {
  const file = join(path, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const TRACKING = (leap: string) =>
  `printf '%s\\n' 'A29FC801,162.159.200.1,4,1718190250.1,0.0,0.0,0.0,1.2,0.0,0.0,0.1,0.1,64.3,${leap}'`;
const ADJTIMEX = (status: string) =>
  `printf '    mode:         0\\n    status:       ${status}\\n    constant:     2\\n'`;

describe('the kernel’s clock', () => {
  it.each([
    ['timedatectl', '[ "$*" = "show --property=NTPSynchronized --value" ] && echo yes', 'synchronised'],
    ['timedatectl', 'echo no', 'unsynchronised'],
    ['timedatectl', 'echo "Unknown command verb show." >&2; exit 1', 'unknown'],
    ['chronyc', `[ "$*" = "-c tracking" ] && ${TRACKING('Normal')}`, 'synchronised'],
    ['chronyc', TRACKING('Not synchronised'), 'unsynchronised'],
    ['chronyc', 'echo "506 Cannot talk to daemon"; exit 1', 'unknown'],
    ['adjtimex', ADJTIMEX('8193 (PLL)'), 'synchronised'],
    ['adjtimex', ADJTIMEX('64 (UNSYNC)'), 'unsynchronised'],
    ['adjtimex', ADJTIMEX('65 (PLL | UNSYNC)'), 'unsynchronised'],
    ['adjtimex', 'echo "adjtimex: not what was expected"', 'unknown'],
  ])('%s, which says %j, is %s', async (name, script, expected) => {
    program(name, script);
    expect(await asked()).toBe(expected);
  });

  it('is synchronised where one says so and another does not know', async () => {
    program('timedatectl', 'echo no');
    program('chronyc', TRACKING('Normal'));
    expect(await asked()).toBe('synchronised');
  });

  it('is not said to be where nobody can be asked', async () => {
    expect(await asked()).toBe('unknown');
  });

  it('was synchronised lately by systemd-timesyncd', async () => {
    writeFileSync(timesync, '');
    expect(await asked()).toBe('synchronised');
    const yearAgo = Date.now() / 1000 - 365 * 86_400;
    utimesSync(timesync, yearAgo, yearAgo);
    expect(await asked()).toBe('unknown');
  });

  it('is not what this process is shown, whatever is said of it', async () => {
    program('timedatectl', 'echo yes');
    vi.spyOn(Date, 'now').mockReturnValue(performance.timeOrigin + 365 * 86_400_000);
    expect(await asked()).toBe('unknown');
    vi.restoreAllMocks();
    expect(await kernelClock('/proc/nowhere', { path, timesync })).toBe('unknown');
    expect(await asked()).toBe('synchronised');
    expect(readdirSync(folder)).toEqual([]);
  });
});
