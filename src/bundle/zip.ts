/**
 * A zip of a few files, and back (APPNOTE.TXT 6.3.10 of PKWARE: local headers, deflate, central directory; no zip64, no encryption).
 */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  /** With `/` between folders, in ASCII. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const LOCAL = 0x0403_4b50;
const CENTRAL = 0x0201_4b50;
const END = 0x0605_4b50;
const VERSION = 20;
const DEFLATE = 8;
const LOCAL_LENGTH = 30;
const CENTRAL_LENGTH = 46;
const END_LENGTH = 22;
/** 1980-01-01: a zip cannot say that a file has no date. */
const NO_DATE = 0x21;
/** Made on Unix, so that the rights are heeded: of their owner alone. */
const MADE_BY = 0x0300 | VERSION;
const RIGHTS = 0o100600 << 16;

export function zipOf(entries: readonly ZipEntry[]): Uint8Array {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const packed = deflateRawSync(bytes);
    const said = Buffer.from(name, 'ascii');
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(DEFLATE, 4);
    common.writeUInt16LE(NO_DATE, 8);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(said.length, 22);
    files.push(number(LOCAL), common, said, packed);
    const more = Buffer.alloc(CENTRAL_LENGTH - 6 - common.length);
    more.writeUInt32LE(RIGHTS >>> 0, 6);
    more.writeUInt32LE(offset, 10);
    directory.push(number(CENTRAL), Buffer.from([MADE_BY & 0xff, MADE_BY >> 8]), common, more, said);
    offset += LOCAL_LENGTH + said.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(END_LENGTH - 4);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return new Uint8Array(Buffer.concat([...files, central, number(END), end]));
}

/** The files in a zip that {@link zipOf} has made, as whoever opens it finds them. @throws Error where it is damaged */
export function entriesOf(zip: Uint8Array): ZipEntry[] {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.length);
  const end = bytes.length - END_LENGTH;
  if (end < 0 || bytes.readUInt32LE(end) !== END) throw new Error('no zip of ours');
  let at = bytes.readUInt32LE(end + 16);
  return Array.from({ length: bytes.readUInt16LE(end + 10) }, () => {
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('ascii', at + CENTRAL_LENGTH, at + CENTRAL_LENGTH + nameLength);
    const begin = bytes.readUInt32LE(at + 42) + LOCAL_LENGTH + nameLength;
    const content = inflateRawSync(bytes.subarray(begin, begin + bytes.readUInt32LE(at + 20)));
    if (crc32(content) !== bytes.readUInt32LE(at + 16)) throw new Error(`${name} is damaged`);
    at += CENTRAL_LENGTH + nameLength;
    return { name, bytes: new Uint8Array(content) };
  });
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
