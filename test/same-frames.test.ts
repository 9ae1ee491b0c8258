import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureError } from '../src/capture/capture-error.ts';
import { BEGUN_MS, dialogues, saidBy } from './captures/dialogues.ts';
import { disturbed } from './captures/disturbed.ts';
import { pcap, pcapng } from './captures/files.ts';
import { ENDS, LINKS, recorded, type Said, type Segment, talk } from './captures/network.ts';
import { readCapture, told } from './captures/read.ts';
import { BYTE_TEXTS, DIALOGUE_TEXTS, PACKET_TEXTS } from './captures/texts.ts';
import { joined, sessionFrames } from './wire.ts';

const RUNS = { numRuns: 25 };
const chunks = fc.integer({ min: 1, max: 5000 });
const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
const sequence = fc.oneof(fc.constant(0xffff_fff0), fc.constant(0x7fff_fffa), fc.integer({ min: 0, max: 0xffff_ffff }));

async function expectBothSides(input: Uint8Array | string, dialogue: readonly Said[], chunk: number): Promise<void> {
  const { items } = await readCapture(input, chunk);
  for (const way of ['from_battery', 'to_battery'] as const) expect(told(items, way)).toEqual(saidBy(dialogue, way));
}

describe('the frames of a dialogue are the same', () => {
  it('in raw bytes, however they come', async () => {
    await fc.assert(
      fc.asyncProperty(dialogues, chunks, async (dialogue, chunk) => {
        const { items } = await readCapture(joined(dialogue.map(({ bytes }) => bytes)), chunk);
        expect(told(items)).toEqual(dialogue.map((said) => saidBy([said], said.way)[0]));
      }),
      RUNS,
    );
  });

  it.each(Object.entries(BYTE_TEXTS))('in the text of %s', async (_name, write) => {
    await fc.assert(
      fc.asyncProperty(dialogues, chunks, async (dialogue, chunk) => {
        const { items } = await readCapture(write(joined(dialogue.map(({ bytes }) => bytes))), chunk);
        expect(told(items)).toEqual(dialogue.map((said) => saidBy([said], said.way)[0]));
      }),
      { numRuns: 8 },
    );
  });

  it.each(Object.entries(DIALOGUE_TEXTS))('in the text of %s, with their directions', async (_name, write) => {
    await fc.assert(
      fc.asyncProperty(dialogues, chunks, (dialogue, chunk) => expectBothSides(write(dialogue), dialogue, chunk)),
      { numRuns: 8 },
    );
  });

  it.each(Object.entries(PACKET_TEXTS))('in the packets of %s', async (_name, write) => {
    await fc.assert(
      fc.asyncProperty(dialogues, shares, chunks, (dialogue, cuts, chunk) =>
        expectBothSides(write(recorded(talk(dialogue, { cuts }))), dialogue, chunk),
      ),
      { numRuns: 8 },
    );
  });

  it('in the packets of tcpdump -X, which begin with IP', async () => {
    const write = PACKET_TEXTS['tcpdump -XX -tttt'];
    await fc.assert(
      fc.asyncProperty(dialogues, shares, chunks, (dialogue, cuts, chunk) =>
        expectBothSides(write?.(recorded(talk(dialogue, { cuts }), 'raw')) ?? '', dialogue, chunk),
      ),
      { numRuns: 8 },
    );
  });

  it.each(Object.keys(LINKS))('in pcap and pcapng of %s, in each of their forms', async (link) => {
    const bool = fc.boolean();
    await fc.assert(
      fc.asyncProperty(
        fc.record({ dialogue: dialogues, cuts: shares, chunk: chunks, battery: sequence, server: sequence }),
        fc.record({ big: bool, nano: bool, modified: bool, zip: bool, six: bool, handshake: bool, clutter: bool }),
        async ({ dialogue, cuts, chunk, battery, server }, { zip, six, handshake, ...form }) => {
          const ends = { ...ENDS, version: six ? 6 : 4 } as const;
          const packets = recorded(talk(dialogue, { cuts, battery, server, handshake }), link, ends);
          const number = LINKS[link]?.link as number;
          for (const file of [pcap(packets, { ...form, link: number }), pcapng(packets, { ...form, link: number })]) {
            await expectBothSides(zip ? gzipSync(file) : file, dialogue, chunk);
          }
        },
      ),
      { numRuns: 6 },
    );
  });

  it('where segments came in another order, twice, and overlapping', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ dialogue: dialogues, cuts: shares, battery: sequence, server: sequence, handshake: fc.boolean() }),
        fc.array(fc.record({ at: fc.nat(200), by: fc.nat(3), kind: fc.constantFrom('later', 'twice', 'overlap') }), {
          maxLength: 12,
        }),
        async ({ dialogue, ...options }, changes) => {
          const segments = disturbed(talk(dialogue, options), changes);
          await expectBothSides(pcap(recorded(segments)), dialogue, 4096);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('at the times at which their last bytes were recorded', async () => {
    await fc.assert(
      fc.asyncProperty(dialogues, shares, async (dialogue, cuts) => {
        for (const file of [pcap, pcapng]) {
          const { items } = await readCapture(file(recorded(talk(dialogue, { cuts })), { nano: true }));
          expect(items.map(({ ms }) => ms)).toEqual(dialogue.map(({ ms }) => expect.closeTo(ms, 2)));
        }
      }),
      RUNS,
    );
  });
});

it('a text in which letters were changed is read, or refused with the error that is documented', async () => {
  const session: Said[] = sessionFrames().map((bytes, index) => ({
    way: index % 2 === 0 ? 'from_battery' : 'to_battery',
    bytes,
    ms: BEGUN_MS + index,
  }));
  const texts = [
    ...Object.values(BYTE_TEXTS).map((write) => write(joined(session.map(({ bytes }) => bytes)))),
    ...Object.values(DIALOGUE_TEXTS).map((write) => write(session)),
    ...Object.values(PACKET_TEXTS).map((write) => write(recorded(talk(session)))),
  ];
  const change = fc.record({
    at: fc.nat(1_000_000),
    text: fc.string({ unit: fc.constantFrom(...'0aF \n\t:*"\\xé'), maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...texts),
      fc.array(change, { minLength: 1, maxLength: 6 }),
      chunks,
      async (text, changes, chunk) => {
        const spoilt = changes.reduce((rest, { at, text: put }) => {
          const place = at % rest.length;
          return rest.slice(0, place) + put + rest.slice(place + 1);
        }, text);
        try {
          await readCapture(spoilt, chunk);
        } catch (error) {
          expect(error).toBeInstanceOf(CaptureError);
        }
      },
    ),
    { numRuns: 150 },
  );
});

describe('what was lost', () => {
  it('is said, and what follows is read as far as it is whole', async () => {
    await fc.assert(
      fc.asyncProperty(dialogues, shares, fc.nat(50), async (dialogue, cuts, victim) => {
        const segments = talk(dialogue, { cuts });
        const carriers = segments.filter(({ way, bytes }) => way === 'from_battery' && bytes.length > 0);
        const lost = carriers[victim % carriers.length] as Segment;
        const kept = segments.filter((segment) => segment !== lost);
        const { items } = await readCapture(pcap(recorded(kept)));
        const told1 = told(items, 'from_battery');
        expect(told1.filter((one) => one.startsWith('lost'))).toEqual([`lost ${lost.bytes.length}`]);
        const whole = wholeWithout(dialogue, segments, lost);
        expect(told1.filter((one) => one.startsWith('1,'))).toEqual(whole);
        expect(told(items, 'to_battery')).toEqual(saidBy(dialogue, 'to_battery'));
      }),
      { numRuns: 60 },
    );
  });
});

/** The battery’s messages of which no byte was lost. */
function wholeWithout(dialogue: readonly Said[], segments: readonly Segment[], lost: Segment): string[] {
  const first = segments.find(({ way, bytes }) => way === 'from_battery' && bytes.length > 0)?.sequence ?? 0;
  let at = first;
  return dialogue
    .filter(({ way }) => way === 'from_battery')
    .flatMap((said) => {
      const begin = at;
      at += said.bytes.length;
      const isHit = lost.sequence < at && lost.sequence + lost.bytes.length > begin;
      return isHit ? [] : saidBy([said], 'from_battery');
    });
}

it('a time of the first message is the day on which it was', () => {
  expect(new Date(BEGUN_MS).toISOString()).toBe('2024-06-12T11:04:10.000Z');
});
