/**
 * tcpdump, where it is installed and may record what this machine says to itself.
 */
import { spawnSync } from 'node:child_process';

const tried = spawnSync('tcpdump', ['-L', '-i', 'lo'], { encoding: 'utf8' });

/** A reason to skip what needs it, or null. */
export const NO_TCPDUMP =
  tried.error !== undefined
    ? 'tcpdump is not installed'
    : tried.status !== 0
      ? `tcpdump may not record here (${tried.stderr.trim().split('\n').at(-1)})`
      : null;

if (tried.error !== undefined && process.env.REQUIRE_TCPDUMP === '1')
  throw new Error('tcpdump is not installed (apt-get install tcpdump)');

/** What records a port of this machine. At once: without that, packets come up to a second late. */
export function tcpdumpOf(port: number, more = ''): string[] {
  return ['tcpdump', '-i', 'lo', '--immediate-mode', '-U', '-s', '0', '-w', '-', `tcp port ${port}${more}`];
}
