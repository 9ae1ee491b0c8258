import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialogues } from './captures/dialogues.ts';
import { pcap, pcapng } from './captures/files.ts';
import { ENDS, LINKS, recorded, type Segment, talk } from './captures/network.ts';
import { readCapture } from './captures/read.ts';
import { NO_TSHARK, tshark } from './captures/tshark.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tshark-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What each side said, as tshark puts it together. */
function followed(file: string): { from_battery: string; to_battery: string } {
  const lines = tshark('-r', file, '-q', '-z', 'follow,tcp,raw,0').split('\n');
  const node0 = lines.find((line) => line.startsWith('Node 0:')) ?? '';
  const hex = lines.filter((line) => /^\t?[0-9a-f]+$/.test(line));
  const right = hex
    .filter((line) => line.startsWith('\t'))
    .map((line) => line.trim())
    .join('');
  const left = hex.filter((line) => !line.startsWith('\t')).join('');
  return node0.endsWith(':7777')
    ? { from_battery: right, to_battery: left }
    : { from_battery: left, to_battery: right };
}

async function ours(file: Uint8Array): Promise<{ from_battery: string; to_battery: string }> {
  const { items } = await readCapture(file);
  const said = { from_battery: '', to_battery: '' };
  for (const item of items) {
    if (item.kind !== 'piece') throw new Error(item.kind);
    if (item.direction !== null) said[item.direction] += Buffer.from(item.piece.bytes).toString('hex');
  }
  return said;
}

describe.skipIf(NO_TSHARK !== null)('tshark finds the same bytes of each side', () => {
  const samples = fc.sample(
    fc.record({
      dialogue: dialogues,
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
      battery: fc.constantFrom(1000, 0xffff_ffe0),
      server: fc.constantFrom(1000, 0xffff_fff0),
    }),
    { numRuns: 8, seed: 20_240_612 },
  );

  it.each(Object.keys(LINKS).map((link, index) => [link, index] as const))(
    'in a recording of %s, with segments twice and in another order',
    async (link, index) => {
      const { dialogue, ...options } = samples[index] as (typeof samples)[number];
      const segments = disturbed(talk(dialogue, options));
      const packets = recorded(segments, link, { ...ENDS, version: index % 2 === 0 ? 4 : 6 });
      const number = LINKS[link]?.link as number;
      const file =
        index % 3 === 0 ? pcapng(packets, { link: number }) : pcap(packets, { link: number, nano: index % 3 === 1 });
      const path = join(folder, `${link}.pcap`);
      writeFileSync(path, file);
      const theirs = followed(path);
      expect(theirs.from_battery.length).toBeGreaterThan(0);
      expect(await ours(file)).toEqual(theirs);
    },
  );
});

/** Each third segment with bytes comes twice, each fourth pair of neighbours in the other order. */
function disturbed(segments: readonly Segment[]): Segment[] {
  const all = segments.flatMap((one, index) => (one.bytes.length > 0 && index % 3 === 0 ? [one, one] : [one]));
  for (let at = 4; at + 1 < all.length; at += 4) {
    const [one, next] = [all[at] as Segment, all[at + 1] as Segment];
    const isPair = one.way === next.way && one.ms === next.ms && one.bytes.length > 0 && next.bytes.length > 0;
    if (isPair) all.splice(at, 2, next, one);
  }
  return all;
}
