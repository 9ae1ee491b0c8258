/**
 * Names of pages of the docs in a text, as links to those that the server hands out beside this page.
 */

/** A part of a text; where it names a page of the docs, with the address of that page. */
export interface TextPart {
  readonly text: string;
  readonly href: string | null;
}

const NAMED = /\b(?:README|docs\/[\w/-]+)\.md(?:#[\w-]*\w)?/g;

/** `docs/redirect.md#undo` is at `docs/redirect.html#undo`, `README.md` at `docs/README.html`. */
export function docsAddress(name: string): string {
  return `docs/${name.replace(/^docs\//, '').replace('.md', '.html')}`;
}

/** @param areDocsHere whether the server has the docs; without them nothing is a link */
export function partsOf(text: string, areDocsHere: boolean): TextPart[] {
  if (!areDocsHere) return text === '' ? [] : [{ text, href: null }];
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: name, index } of text.matchAll(NAMED)) {
    if (index > end) parts.push({ text: text.slice(end, index), href: null });
    parts.push({ text: name, href: docsAddress(name) });
    end = index + name.length;
  }
  return end < text.length ? [...parts, { text: text.slice(end), href: null }] : parts;
}
