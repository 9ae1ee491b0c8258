/**
 * What an input is, by its first bytes.
 */
import { dumpLine } from './dump-line.ts';
import { FOLLOW } from './hex-dump.ts';
import { LINK_NAMES, linkOf } from './link-layer.ts';
import { linkTypeOf, type PcapForm, pcapFormOf } from './pcap.ts';
import { isPcapng } from './pcapng.ts';
import { markedEncoding, type TextEncoding, TextLines } from './text-lines.ts';

export type Recognised = { readonly title: string } & (
  | { readonly kind: 'empty' }
  | { readonly kind: 'pcap'; readonly form: PcapForm }
  | { readonly kind: 'pcapng' }
  | { readonly kind: 'raw' }
  | { readonly kind: 'foreign'; readonly advice: string }
  | { readonly kind: 'hex'; readonly encoding: TextEncoding }
  | {
      readonly kind: 'dump';
      readonly encoding: TextEncoding;
      readonly isPackets: boolean;
      /** As of `DumpForm`. */
      readonly indent: number | null;
    }
);

/** As many bytes of a text as are looked at. */
export const HEAD_LENGTH = 65_536;

const RECORD = 'record it as pcap (tcpdump -w FILE)';
const UNPACK = 'unpack it first';
/** Beginnings of what is not read here, in Latin-1. */
const FOREIGN: readonly (readonly [begins: string, title: string, advice: string])[] = [
  ['PK\u0003\u0004', 'a zip archive', UNPACK],
  ['\u00fd7zXZ\0', 'an xz archive', UNPACK],
  ['BZh', 'a bzip2 archive', UNPACK],
  ['7z\u00bc\u00af', 'a 7z archive', UNPACK],
  ['(\u00b5/\u00fd', 'a zstd archive', UNPACK],
  ['\u0004"M\u0018', 'an lz4 archive', UNPACK],
  ['snoop\0\0\0', 'a snoop capture', 'save it as pcap: editcap -F pcap IN OUT'],
  ['SQLite format 3\0', 'a database', 'export reads it, not decode'],
  ['%PDF-', 'a PDF', RECORD],
  ['\u0089PNG', 'a picture', RECORD],
  ['\u00ff\u00d8\u00ff', 'a picture', RECORD],
];

/** As many bytes as the longest beginning by which a file is known. */
const FIRST_BYTES = 24;

/** Whether these bytes tell what the input is. A text needs more of them: a recording under way is not to wait for those. */
export function isEnough(head: Uint8Array): boolean {
  if (head.length < FIRST_BYTES) return false;
  const first = head.subarray(0, FIRST_BYTES);
  return head.length >= HEAD_LENGTH || pcapFormOf(first) !== null || isPcapng(first) || textEncoding(first) === null;
}

/** What the input is that begins with these bytes, already out of gzip. */
export function recognise(head: Uint8Array): Recognised {
  if (head.length === 0) return { kind: 'empty', title: 'nothing: the input is empty' };
  const form = pcapFormOf(head);
  if (form !== null) return { kind: 'pcap', title: titleOfPcap(head, form), form };
  if (isPcapng(head)) return { kind: 'pcapng', title: 'pcapng' };
  const begins = String.fromCharCode(...head.subarray(0, 16));
  const foreign = FOREIGN.find(([beginning]) => begins.startsWith(beginning));
  if (foreign !== undefined) return { kind: 'foreign', title: foreign[1], advice: foreign[2] };
  const encoding = textEncoding(head);
  return encoding === null ? { kind: 'raw', title: 'raw bytes' } : recogniseText(head, encoding);
}

function titleOfPcap(head: Uint8Array, form: PcapForm): string {
  const link = linkTypeOf(head, form);
  if (link === null) return 'pcap';
  return `pcap, ${LINK_NAMES.get(link) ?? `link layer ${link}, which is not read`}`;
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Text has no control characters but white space; bytes of this protocol have from the first on. */
function textEncoding(head: Uint8Array): TextEncoding | null {
  const marked = markedEncoding(head);
  if (marked !== null) return marked;
  return head.every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13)) ? 'utf-8' : null;
}

const TCPDUMP = /^\s+0x0{4,8}:\s+[0-9a-f]{2}/i;

function recogniseText(head: Uint8Array, encoding: TextEncoding): Recognised {
  const lines = linesOf(head, encoding);
  if (lines.some((line) => TCPDUMP.test(line))) {
    return { kind: 'dump', title: 'tcpdump -x, -X or -XX', encoding, isPackets: true, indent: null };
  }
  const dumped = lines.flatMap((line) => {
    const read = dumpLine(line);
    return read === null ? [] : [{ ...read, line }];
  });
  if (!isDump(dumped)) return { kind: 'hex', title: 'hexadecimal text', encoding };
  const isPackets = linkOf(firstBlock(dumped)) !== null;
  const indents = new Set(dumped.filter(({ bytes }) => bytes.length > 0).map(({ indent }) => indent));
  const isTwoSided = !isPackets && (indents.size > 1 || lines.some((line) => FOLLOW.test(line)));
  const indent = isTwoSided ? Math.min(...indents) : null;
  return { kind: 'dump', title: titleOf(dumped, isTwoSided, isPackets), encoding, isPackets, indent };
}

type Dumped = NonNullable<ReturnType<typeof dumpLine>> & { readonly line: string };

/** The last line may be cut. */
function linesOf(head: Uint8Array, encoding: TextEncoding): string[] {
  const lines = new TextLines(encoding);
  const whole = Array.from(lines.read(head), ({ text }) => text);
  return whole.length > 1 || head.length >= HEAD_LENGTH
    ? whole
    : [...whole, ...Array.from(lines.end(), ({ text }) => text)];
}

/** Whether the first column is offsets, not bytes: it begins with 0, has a colon, letters beside, or counts the bytes. */
function isDump(dumped: readonly Dumped[]): boolean {
  const [first, second] = dumped;
  if (first === undefined || first.bytes.length === 0) return false;
  if (/^0+$/.test(first.offset) || /[|>].*[|<]\s*$/.test(first.line)) return true;
  if (second === undefined) return false;
  return Number.parseInt(second.offset, 16) - Number.parseInt(first.offset, 16) === first.bytes.length;
}

function firstBlock(dumped: readonly Dumped[]): Uint8Array {
  const end = dumped.findIndex(({ offset }, index) => index > 0 && /^0+$/.test(offset));
  return Uint8Array.from(dumped.slice(0, end < 0 ? dumped.length : end).flatMap(({ bytes }) => [...bytes]));
}

function titleOf(dumped: readonly Dumped[], isTwoSided: boolean, isPackets: boolean): string {
  if (isTwoSided) return 'a hex dump of a stream, both sides (Wireshark)';
  if (isPackets) return 'a hex dump of packets';
  const [first] = dumped;
  if (first?.hasColon) return 'xxd';
  return first?.line.includes('|') ? 'hexdump -C' : 'a hex dump';
}
