/**
 * Every command there can be, of every type of frame, with bodies of any form and numbers of orders of any text: read, kept, shown,
 * exported and answered, and the stream goes on.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameViewer } from '../src/capture/frame-view.ts';
import type { StoreRecord } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { Batteries } from '../src/session/batteries.ts';
import { Session } from '../src/session/session.ts';
import { run } from './io.ts';
import { delimited, varintField } from './protobuf.ts';
import { bytesOf, frameByHand, hexOf, joined } from './wire.ts';

const NOW = { wallMs: 1_718_190_251_000, monoMs: 5000 };
const SUCCESS = '{"Status":"Success"}';
const PING = frameByHand(1, 0, '');

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const anyBody = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  anyText.map((index) => JSON.stringify({ Command: 'SetConfig', CmdIndex: index, Status: 'Success' })),
  fc.tuple(anyText, anyText).map(([Command, CmdIndex]) => JSON.stringify({ Command, CmdIndex })),
  // As a C program writes it, quotes and all.
  anyText.map((index) => `{"Command":"SyncTime","CmdIndex":"${index}"}`),
  fc
    .tuple(anyText, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    .map(([text, value]) => joined([delimited(1, text), delimited(2, varintField(1, value)), varintField(3, value)])),
);
const anyFrame = fc.record({ type: fc.constantFrom(1, 2, 3, 4), command: fc.nat(255), body: anyBody });

function hear(bytes: Uint8Array): {
  readonly records: StoreRecord[];
  readonly replies: string[];
  readonly codes: string[];
} {
  const session = new Session({ connection: 7, batteries: new Batteries(10), forms: new FormBook() }, NOW);
  const outputs = session.receive(bytes, NOW);
  return {
    records: outputs.flatMap((output) => (output.type === 'record' ? [output.record] : [])),
    replies: outputs.flatMap((output) => (output.type === 'reply' ? [hexOf(output.frame)] : [])),
    codes: outputs.flatMap((output) => (output.type === 'problem' ? [output.code] : [])),
  };
}

describe('any command, with any body', () => {
  it('is read, kept where it is not understood, and answered if it asks', () => {
    fc.assert(
      fc.property(anyFrame, ({ type, command, body }) => {
        const frame = frameByHand(type, command, body);
        const { records, replies, codes } = hear(joined([frame, PING]));
        const asked = type === 1 ? [hexOf(frameByHand(2, command, SUCCESS))] : [];
        expect(replies).toEqual([...asked, hexOf(frameByHand(2, 0, SUCCESS))]);
        const kept = records.filter((record) => record.type === 'bytes');
        for (const one of kept) expect([one.kept, hexOf(one.bytes)]).toEqual(['unknown', hexOf(frame)]);
        // Before a battery has named itself there is nothing that could be understood of a response.
        if (type > 1) expect(kept).toMatchObject([{ frameType: type, command }]);
        if (type > 2) expect(codes).toEqual(['FRAME_PROTOBUF']);
      }),
    );
  });

  it('is shown to people, and by the command for it', async () => {
    const viewer = new FrameViewer([]);
    await fc.assert(
      fc.asyncProperty(anyFrame, async ({ type, command, body }) => {
        const frame = frameByHand(type, command, body);
        const views = [...viewer.kept(frame, 'from_battery')];
        expect(views).toMatchObject([{ type, command, checksum: 'right', size: frame.length }]);
        expect(views[0]?.hex).toHaveLength(2 * frame.length);
        expect((await run(['decode', '-'], { stdin: frame })).code).toBe(0);
        const { code, out } = await run(['decode', '--json', '-'], { stdin: frame });
        expect(code).toBe(0);
        expect(JSON.parse(out.split('\n')[1] as string)).toMatchObject({ type, command, checksum: 'right' });
      }),
      { numRuns: 40 },
    );
  });

  it.each([1, 2, 3, 4])('of type %i has a name of its own with each number', (type) => {
    const names = Array.from({ length: 256 }, (_, command) => {
      const [view] = new FrameViewer([]).kept(frameByHand(type, command, bytesOf('0801')), 'from_battery');
      return view?.name;
    });
    expect(new Set(names).size).toBe(256);
  });
});
