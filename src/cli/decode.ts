/**
 * `decode`: the frames in anything recorded, laid out, for those who read protocols.
 */
import { Command } from 'commander';
import { type CaptureItem, type CaptureReader, readerOf } from '../capture/capture-reader.ts';
import type { OpenedCapture } from '../capture/opened.ts';
import { withCapture } from './capture-input.ts';
import { FrameLines } from './decode-frames.ts';
import { FrameObjects } from './decode-objects.ts';
import { CaptureSummary } from './decode-summary.ts';
import { FAILED, FINE, type Io, write } from './io.ts';
import { wholeNumber } from './options.ts';

interface DecodeFlags {
  readonly hex?: boolean;
  readonly json?: boolean;
  readonly wire?: boolean;
  readonly private?: boolean;
  readonly summary?: boolean;
  readonly port: number;
}

/** What becomes of what a capture holds, as text. */
interface DecodeView {
  /** @param title what the input was taken for */
  begin(title: string): string;
  item(item: CaptureItem, reader: CaptureReader): string;
  end(reader: CaptureReader): string;
  /** Whether all of it was whole and right. */
  readonly isFine: boolean;
}

const HELP = `
Reads pcap and pcapng, hex dumps (xxd, hexdump -C, tcpdump -X, Wireshark), hexadecimal text in any form, and raw bytes; all of
it in gzip too. The first line says what the input was taken for. What is no frame, cut, lost, or has a wrong checksum is shown as such;
the exit code is then 1. Private values are replaced, and checksums of such frames computed anew.

Example:
  alphaess-local decode capture.pcap
  alphaess-local decode --summary capture.pcapng.gz
  ssh router tcpdump -U -w - tcp port 7777 | alphaess-local decode -`;

export function decodeCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('decode')
    .description('show the frames in a capture, a hex dump or raw bytes')
    .argument('<file>', 'a file, or - for standard input')
    .option('--json', 'one JSON object a line: our names, with unit, certainty and the vendor’s names')
    .option('--wire', 'the vendor’s names and texts alone')
    .option('--private', 'with serial numbers, addresses and the like; otherwise they are replaced')
    .option('--summary', 'how many frames of which kinds, whole or not, on which connections; for large files')
    .option('--port <port>', 'the server’s port in the capture', wholeNumber(1, 65_535), 7777)
    .option('--hex', 'not needed any more: hexadecimal text is recognised')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: DecodeFlags) => finish(await decode(file, flags, io)));
}

function decode(file: string, flags: DecodeFlags, io: Io): Promise<number> {
  return withCapture(file, io, (opened) => show(opened, shownBy(flags), flags.port, io));
}

function shownBy(flags: DecodeFlags): DecodeView {
  const wanted = { isPrivate: flags.private === true, isWire: flags.wire === true, isJson: flags.json === true };
  if (flags.summary) return new CaptureSummary(wanted);
  return flags.json ? new FrameObjects(wanted) : new FrameLines(wanted);
}

async function show(
  { input, isZipped, chunks }: OpenedCapture,
  shown: DecodeView,
  port: number,
  io: Io,
): Promise<number> {
  await write(io.stdout, shown.begin(`${input.title}${isZipped ? ', in gzip' : ''}`));
  const reader = readerOf(input, port);
  if (reader === null) return FAILED;
  for await (const chunk of chunks) await writeAll(reader.read(chunk), shown, reader, io);
  await writeAll(reader.end(), shown, reader, io);
  await write(io.stdout, shown.end(reader));
  return shown.isFine ? FINE : FAILED;
}

/** Characters gathered before they are written. */
const PORTION = 65_536;

async function writeAll(items: Iterable<CaptureItem>, shown: DecodeView, reader: CaptureReader, io: Io): Promise<void> {
  let portion = '';
  for (const item of items) {
    portion += shown.item(item, reader);
    if (portion.length < PORTION) continue;
    await write(io.stdout, portion);
    portion = '';
  }
  if (portion !== '') await write(io.stdout, portion);
}
