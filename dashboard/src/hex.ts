/**
 * Bytes as people read them: sixteen a line, with their place and their characters. Asterisks stand for private bytes.
 */
export interface HexLine {
  readonly offset: string;
  readonly bytes: string;
  readonly characters: string;
}

const ACROSS = 16;

function characterOf(pair: string): string {
  if (!/^[0-9a-f]{2}$/i.test(pair)) return '∗';
  const code = Number.parseInt(pair, 16);
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·';
}

export function hexLines(hex: string, across = ACROSS): HexLine[] {
  const pairs = hex.replaceAll(/\s+/g, '').match(/.{1,2}/g) ?? [];
  const lines: HexLine[] = [];
  for (let at = 0; at < pairs.length; at += across) {
    const line = pairs.slice(at, at + across);
    lines.push({
      offset: at.toString(16).padStart(4, '0'),
      bytes: line.join(' '),
      characters: line.map(characterOf).join(''),
    });
  }
  return lines;
}
