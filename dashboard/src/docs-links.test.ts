import { expect, it } from 'vitest';
import { docsAddress, partsOf } from './docs-links.ts';

it.each([
  ['docs/redirect.md', 'docs/redirect.html'],
  ['docs/redirect.md#did-it-work', 'docs/redirect.html#did-it-work'],
  ['docs/decisions/0006-measured-clock.md', 'docs/decisions/0006-measured-clock.html'],
  ['README.md#start', 'docs/README.html#start'],
])('%s is at %s', (name, address) => {
  expect(docsAddress(name)).toBe(address);
});

it('names in a text are links, what stands around them is not', () => {
  expect(partsOf('See docs/a.md, and (README.md#b-c).', true)).toEqual([
    { text: 'See ', href: null },
    { text: 'docs/a.md', href: 'docs/a.html' },
    { text: ', and (', href: null },
    { text: 'README.md#b-c', href: 'docs/README.html#b-c' },
    { text: ').', href: null },
  ]);
  expect(partsOf('docs/a.md', true)).toEqual([{ text: 'docs/a.md', href: 'docs/a.html' }]);
  expect(partsOf('none: docs/.md, a.md, xdocs/a.md', true)).toEqual([
    { text: 'none: docs/.md, a.md, xdocs/a.md', href: null },
  ]);
  expect(partsOf('', true)).toEqual([]);
});

it('nothing is a link where the server has no docs', () => {
  expect(partsOf('See docs/a.md.', false)).toEqual([{ text: 'See docs/a.md.', href: null }]);
  expect(partsOf('', false)).toEqual([]);
});
