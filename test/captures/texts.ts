/**
 * Bytes as texts that people copy out of other programs, written by hand after what those programs print.
 */
import { hexOf } from '../wire.ts';
import type { Recorded, Said } from './network.ts';

const pairs = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
const letters = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
const offset = (at: number, width: number) => at.toString(16).padStart(width, '0');

/** Every 16 bytes, with where they stand. */
function rows(bytes: Uint8Array, width = 16): [at: number, row: Uint8Array][] {
  return Array.from({ length: Math.ceil(bytes.length / width) }, (_, index) => [
    index * width,
    bytes.subarray(index * width, (index + 1) * width),
  ]);
}

const grouped = (bytes: Uint8Array) =>
  pairs(bytes)
    .join('')
    .replace(/.{4}(?=.)/g, '$& ');
const halves = (bytes: Uint8Array) => {
  const all = pairs(bytes);
  return all.length > 8 ? `${all.slice(0, 8).join(' ')}  ${all.slice(8).join(' ')}` : all.join(' ');
};

/** Texts of bytes alone. */
export const BYTE_TEXTS: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  xxd: (bytes) =>
    rows(bytes)
      .map(([at, row]) => `${offset(at, 8)}: ${grouped(row).padEnd(39)}  ${letters(row)}\n`)
      .join(''),
  'xxd -g1 -c8': (bytes) =>
    rows(bytes, 8)
      .map(([at, row]) => `${offset(at, 8)}: ${pairs(row).join(' ').padEnd(23)}  ${letters(row)}\n`)
      .join(''),
  'hexdump -C': (bytes) =>
    rows(bytes)
      .map(([at, row]) => `${offset(at, 8)}  ${halves(row).padEnd(48)}  |${letters(row)}|\n`)
      .concat(`${offset(bytes.length, 8)}\n`)
      .join(''),
  hexdump: (bytes) =>
    rows(bytes)
      .map(([at, row]) => {
        const words = rows(row, 2).map(([, [low, high]]) => offset((high ?? 0) * 256 + (low ?? 0), 4));
        return `${offset(at, 7)} ${words.join(' ')}\n`;
      })
      .concat(`${offset(bytes.length, 7)}\n`)
      .join(''),
  'od -t x1': (bytes) =>
    rows(bytes)
      .map(([at, row]) => `${at.toString(8).padStart(7, '0')} ${pairs(row).join(' ')}\n`)
      .concat(`${bytes.length.toString(8).padStart(7, '0')}\n`)
      .join(''),
  'xxd -p': (bytes) => hexOf(bytes).replace(/.{60}/g, '$&\n'),
  'xxd -i': (bytes) => {
    const listed = rows(bytes, 12).map(([, row]) => `  ${Array.from(pairs(row), (pair) => `0x${pair}`).join(', ')}`);
    return `unsigned char session_bin[] = {\n${listed.join(',\n')}\n};\nunsigned int session_bin_len = ${bytes.length};\n`;
  },
  'one line': (bytes) => hexOf(bytes),
  'cut anywhere': (bytes) => hexOf(bytes).replace(/.{79}/g, '$&\n'),
  capitals: (bytes) => hexOf(bytes).toUpperCase(),
  'colons, with a mark': (bytes) => `\ufeff${pairs(bytes).join(':')}\r\n`,
  commas: (bytes) => `# of the battery\n${pairs(bytes).join(',')} // both sides\n/* that\nis all */`,
  '\\x': (bytes) =>
    `data = "${pairs(bytes)
      .map((pair) => `\\x${pair}`)
      .join('')}"\n`,
  quotes: (bytes) =>
    `[${pairs(bytes)
      .map((pair) => `'${pair}'`)
      .join(', ')}]`,
  'Python bytes': (bytes) => {
    const escaped: Record<number, string> = { 9: '\\t', 10: '\\n', 13: '\\r', 39: "\\'", 92: '\\\\' };
    const text = Array.from(bytes, (byte) => {
      if (escaped[byte] !== undefined) return escaped[byte];
      return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
    });
    return `>>> b'${text.join('')}'\n`;
  },
  JSON: (bytes) => JSON.stringify(Buffer.from(bytes).toString('latin1')),
  'Node.js buffer': (bytes) => `<Buffer ${pairs(bytes).join(' ')}>`,
};

/** Texts of a dialogue, which tell the sides apart. */
export const DIALOGUE_TEXTS: Readonly<Record<string, (dialogue: readonly Said[]) => string>> = {
  'Wireshark: hex dump': (dialogue) => {
    const at = { from_battery: 0, to_battery: 0 };
    return dialogue
      .flatMap(({ way, bytes }) =>
        rows(bytes).map(([, row]) => {
          const line = `${way === 'to_battery' ? '    ' : ''}${offset(at[way], 8)}  ${halves(row).padEnd(49)}  ${letters(row)}\n`;
          at[way] += row.length;
          return line;
        }),
      )
      .join('');
  },
  'Wireshark: C arrays': (dialogue) =>
    dialogue
      .map(({ way, bytes }, index) => {
        const listed = rows(bytes, 8).map(([, row]) =>
          pairs(row)
            .map((pair) => `0x${pair}`)
            .join(', '),
        );
        return `char peer${way === 'to_battery' ? 1 : 0}_${index}[] = { /* Packet ${index + 1} */\n${listed.join(',\n')} };\n`;
      })
      .join(''),
  'tshark: follow raw': (dialogue) =>
    [
      `\n${'='.repeat(67)}\nFollow: tcp,raw\nFilter: tcp.stream eq 0\nNode 0: 192.0.2.23:40312\nNode 1: 198.51.100.7:7777\n`,
      ...dialogue.map(({ way, bytes }) => `${way === 'to_battery' ? '\t' : ''}${hexOf(bytes)}\n`),
      `${'='.repeat(67)}\n`,
    ].join(''),
};

/** Texts of packets; those without link layer are given IP. */
export const PACKET_TEXTS: Readonly<Record<string, (packets: readonly Recorded[]) => string>> = {
  'tcpdump -XX -tttt': (packets) =>
    packets
      .map(({ ms, bytes }) => {
        const time = new Date(ms).toISOString().replace('T', ' ').replace('Z', '000');
        const lines = rows(bytes).map(
          ([at, row]) => `\t0x${offset(at, 4)}:  ${grouped(row).padEnd(39)}  ${letters(row)}\n`,
        );
        return `${time} IP 192.0.2.23.40312 > 198.51.100.7.7777: Flags [P.], length ${bytes.length}\n${lines.join('')}`;
      })
      .join(''),
  'tshark -x': (packets) =>
    packets
      .map(
        ({ bytes }) =>
          `${rows(bytes)
            .map(([at, row]) => `${offset(at, 4)}  ${pairs(row).join(' ').padEnd(47)}   ${letters(row)}\n`)
            .join('')}\n`,
      )
      .join(''),
};
