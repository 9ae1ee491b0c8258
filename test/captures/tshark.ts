/**
 * Wireshark's own reader, where it is installed: what it finds in a capture, ours must find too.
 */
import { spawnSync } from 'node:child_process';

const FOUND = spawnSync('tshark', ['--version'], { encoding: 'utf8' }).status === 0;

if (!FOUND && process.env.REQUIRE_TSHARK === '1') throw new Error('tshark is not installed (apt-get install tshark)');

/** A reason to skip what needs it, or null. */
export const NO_TSHARK = FOUND ? null : 'tshark is not installed';

/** @throws Error with what it complained of */
export function tshark(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('tshark', [...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
