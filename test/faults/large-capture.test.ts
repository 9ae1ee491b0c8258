import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { endlessPcap } from '../captures/endless.ts';
import { timesOf } from '../quick.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const GIGABYTES = timesOf(10);
const BYTES = GIGABYTES * 1024 ** 3;
const MOST_KB = 300_000;

it.skipIf(process.platform !== 'linux')(
  `a recording of ${GIGABYTES} GB is counted to its last frame, in a memory that does not grow with it`,
  async () => {
    const reader = spawn(process.execPath, [CLI, 'decode', '--summary', '--json', '-'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(reader, 'exit');
    let out = '';
    reader.stdout.on('data', (chunk) => {
      out += chunk;
    });
    let peak = 0;
    let made = 0;
    for (const chunk of endlessPcap(BYTES)) {
      made += chunk.length;
      if (!reader.stdin.write(chunk)) await once(reader.stdin, 'drain');
      peak = Math.max(peak, residentKb(reader.pid as number));
    }
    reader.stdin.end();
    expect((await exited)[0]).toBe(0);
    const { verdicts, packets, notes } = JSON.parse(out);
    expect(made).toBeGreaterThan(BYTES);
    expect({ ...verdicts, right: null }).toEqual({
      right: null,
      ...Object.fromEntries(['wrong', 'no_frame', 'begun', 'lost'].map((verdict) => [verdict, { count: 0, bytes: 0 }])),
    });
    expect(verdicts.right.count % 400).toBe(0);
    // What is not in the frames is in the heads of packets.
    expect(verdicts.right.bytes).toBeGreaterThan(made - packets * 71 - 1000);
    expect(notes).toEqual([]);
    expect(peak).toBeLessThan(MOST_KB);
  },
  600_000,
);

function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}
