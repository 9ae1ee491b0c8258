/**
 * Looks through a finished bundle for private values, as its recipient could: each file unpacked, its name too, in every form in
 * which a value may stand there by mistake.
 */
import { entriesOf } from './zip.ts';

/** Where a value was found, and in which form; never the value. */
export interface FoundSecret {
  readonly entry: string;
  readonly form: SecretForm;
}

export type SecretForm = 'text' | 'JSON' | 'UTF-16' | 'hexadecimal' | 'base64';

/** @param values that must not be in it. @throws Error where it cannot be read back */
export function scanForSecrets(zip: Uint8Array, values: readonly string[]): FoundSecret[] {
  const needles = values.flatMap(formsOf);
  return entriesOf(zip).flatMap(({ name, bytes }) => {
    const exact = `${name}\n${Buffer.from(bytes).toString('latin1')}`;
    const folded = exact.toLowerCase();
    const found = needles.filter(({ text, isExact }) => (isExact ? exact : folded).includes(text));
    return [...new Set(found.map(({ form }) => form))].map((form) => ({ entry: name, form }));
  });
}

interface Needle {
  readonly form: SecretForm;
  readonly text: string;
  /** Whether upper and lower case differ. */
  readonly isExact: boolean;
}

/** Shorter pieces of base64 stand in any long one by chance. */
const SHORTEST_BASE64 = 7;

function formsOf(value: string): Needle[] {
  // A message may hold JSON as a text, and stand as a text in JSON.
  const inJson = JSON.stringify(value).slice(1, -1);
  const written = [...new Set([value, inJson, JSON.stringify(inJson).slice(1, -1)])];
  return [
    ...written.flatMap((text, depth) => [
      folded(depth === 0 ? 'text' : 'JSON', Buffer.from(text, 'utf8').toString('latin1')),
      folded('hexadecimal', Buffer.from(text, 'utf8').toString('hex')),
    ]),
    folded('UTF-16', Buffer.from(value, 'utf16le').toString('latin1')),
    ...[0, 1, 2].flatMap((before) => base64Of(Buffer.from(value, 'utf8'), before)),
  ];
}

function folded(form: SecretForm, text: string): Needle {
  return { form, text: text.toLowerCase(), isExact: false };
}

/** The letters that stand for it wherever it begins in a group of three bytes, without those that its neighbours change. */
function base64Of(bytes: Buffer, before: number): Needle[] {
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const from = Math.ceil((before * 8) / 6);
  const to = Math.floor(((before + bytes.length) * 8) / 6);
  const core = text.slice(from, to);
  return core.length < SHORTEST_BASE64 ? [] : [{ form: 'base64', text: core, isExact: true }];
}
