/**
 * `replay`: sends message bodies from files to a server, as a battery would, and shows what it answers.
 */
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { ListenAddress } from '../config/load.ts';
import { visible } from '../privacy/visible.ts';
import { OwnerError } from '../problems/errors.ts';
import { textOf } from '../protocol/body/text.ts';
import { crc16 } from '../protocol/crc16.ts';
import { CHECKSUM_LENGTH, type Frame, HEADER_LENGTH, REQUEST } from '../protocol/frame.ts';
import { FAILED, FINE, type Io, readFile } from './io.ts';
import { durationSeconds, KEPT, toOption } from './options.ts';
import { BatteryPeer } from './peer.ts';

const NAME = /^(\d{1,3})-(\d{1,3})-(\d{1,3})(?:\..+)?\.(?:json|csv)$/;

interface ReplayFlags {
  readonly to: ListenAddress;
  readonly delay: number;
}

export function replayCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('replay')
    .description('send files as messages, and show each answer')
    .argument('<file...>', 'named by their header, such as 1-1-16.noon.json')
    .addOption(toOption())
    .addOption(new Option('--delay <duration>', 'pause between messages').argParser(durationSeconds).default(0, '0s'))
    .addHelpText(
      'after',
      `\n${KEPT}\n\nExample:\n  alphaess-local replay fixtures/1-1-2.login.json fixtures/1-1-16.live.json`,
    )
    .action(async (files: string[], flags: ReplayFlags) => finish(await replay(files, flags, io)));
}

async function replay(files: readonly string[], flags: ReplayFlags, io: Io): Promise<number> {
  const messages = files.map(readMessage);
  const peer = await BatteryPeer.connect(flags.to);
  let answered = true;
  for (const [index, message] of messages.entries()) {
    if (index > 0) await sleep(flags.delay * 1000);
    peer.send(message.frame);
    // A response is not answered, so none is waited for.
    const answer = message.type === REQUEST ? await peer.answerTo(message.command) : undefined;
    io.stdout.write(`${visible(`${message.name} → ${describe(answer)}`)}\n`);
    if (answer === null) answered = false;
  }
  await peer.close();
  return answered ? FINE : FAILED;
}

interface StoredMessage {
  readonly name: string;
  readonly type: number;
  readonly command: number;
  readonly frame: Uint8Array;
}

function readMessage(file: string): StoredMessage {
  const name = basename(file);
  const header = NAME.exec(name)?.slice(1, 4).map(Number);
  if (header === undefined || header.some((byte) => byte > 255)) {
    throw new OwnerError(
      'FILE_UNREADABLE',
      `${name} is not named by its header: expected such as 1-1-16.json or 1-1-12.noon.csv`,
    );
  }
  const [first, type, command] = header as [number, number, number];
  return { name, type, command, frame: frameOf(first, type, command, readFile(file)) };
}

/** Like encodeFrame, but any header will do: trying what a server does with a wrong one is what this is for. */
function frameOf(first: number, type: number, command: number, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_LENGTH + body.length + CHECKSUM_LENGTH);
  const view = new DataView(frame.buffer);
  frame.set([first, type, command]);
  view.setUint32(3, body.length);
  frame.set(body, HEADER_LENGTH);
  view.setUint16(frame.length - CHECKSUM_LENGTH, crc16(frame, 0, frame.length - CHECKSUM_LENGTH));
  return frame;
}

/** An answer for people; null is none in time, undefined none to be expected. */
function describe(answer: Frame | null | undefined): string {
  if (answer === undefined) return 'sent; a response is not answered';
  if (answer === null) return 'no answer';
  return `1,${answer.type},${answer.command} ${textOf(answer.body) ?? Buffer.from(answer.body).toString('hex')}`;
}
