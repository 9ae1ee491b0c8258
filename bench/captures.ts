/**
 * A summary of a recording, against `tshark -r` of the same file, by processor time: both read 400,000 exchanges of a battery,
 * seven weeks.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pcap } from '../test/captures/files.ts';
import { recorded, type Said, talk } from '../test/captures/network.ts';
import { fixture, frameByHand } from '../test/wire.ts';
import type { Figure } from './figure.ts';

const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const PARTS = 4;
const EXCHANGES = 100_000;
const ROUNDS = 3;

export function captures(): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'captures-'));
  try {
    const file = join(folder, 'battery.pcap');
    const packets = writeBattery(file);
    const ours = () => seconds([process.execPath, CLI, 'decode', '--summary', file]);
    const theirs = () => seconds(['tshark', '-r', file]);
    const rounds = Array.from({ length: ROUNDS }, () => ({ ours: ours(), theirs: theirs() }));
    const least = (of: (round: (typeof rounds)[number]) => number | null) =>
      Math.min(...rounds.map((round) => of(round) ?? Number.NaN));
    const [own, tshark] = [least((round) => round.ours), least((round) => round.theirs)];
    const isMissing = Number.isNaN(tshark);
    return [
      { name: 'packets a second in a summary', value: packets / own, unit: 'packets/s of processor time' },
      {
        name: 'a summary, of the speed of tshark -r',
        value: isMissing ? null : tshark / own,
        unit: '×',
        atLeast: 3,
        note: isMissing ? 'tshark is not installed' : `${own.toFixed(2)} s and ${tshark.toFixed(2)} s, start included`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns how many packets */
function writeBattery(file: string): number {
  const live = frameByHand(1, 16, fixture('1-1-16.live.json'));
  const reply = frameByHand(2, 16, '{"Status":"Success"}');
  writeFileSync(file, pcap([]));
  let packets = 0;
  for (let part = 0; part < PARTS; part++) {
    const done = part * EXCHANGES;
    const begun = Date.UTC(2024, 5, 12) + done * 10_000;
    const dialogue = Array.from({ length: EXCHANGES }, (_, index): Said[] => [
      { way: 'from_battery', bytes: live, ms: begun + index * 10_000 },
      { way: 'to_battery', bytes: reply, ms: begun + index * 10_000 + 20 },
    ]).flat();
    const sequences = { battery: 1000 + done * live.length, server: 1000 + done * reply.length };
    const segments = talk(dialogue, { ...sequences, handshake: false, end: 'none' });
    appendFileSync(file, pcap(recorded(segments)).subarray(HEAD));
    packets += segments.length;
  }
  return packets;
}

/** Of a pcap file. */
const HEAD = 24;

/** Of the processor, by the shell's account of its children; null where there is no such program. */
function seconds(command: readonly string[]): number | null {
  const script = '"$@" >/dev/null 2>&1 || exit 9; times';
  const { stdout, status } = spawnSync('bash', ['-c', script, 'bash', ...command], { encoding: 'utf8' });
  if (status !== 0) return null;
  const [user, system] = Array.from(
    stdout.split('\n')[1]?.matchAll(/(\d+)m([\d.]+)s/g) ?? [],
    ([, m, s]) => Number(m) * 60 + Number(s),
  );
  return (user ?? 0) + (system ?? 0);
}
