import { expect, it } from 'vitest';
import type { AddressKind, Answer, NameFacts } from './facts.ts';
import { ledTo } from './redirect.ts';

const answer = (...kinds: AddressKind[]): Answer => kinds.map((kind) => ({ kind, text: kind }));
const name = (a: Answer, aaaa: Answer = []): NameFacts => ({ name: 'www.alphaess.com', resolver: null, a, aaaa });

function led(names: readonly NameFacts[], container = false) {
  return ledTo({ names, machine: { addresses: [], container } });
}

it.each([
  [[name(answer('own'))], 'here'],
  [[name(answer('public')), name(answer('own'))], 'here'],
  [[name(answer('public'), answer('own'))], 'here'],
  [[name(answer('public')), name(answer('private'))], 'another'],
  [[name(answer('nowhere'))], 'nowhere'],
  [[name(answer('public'), answer('nowhere'))], 'nowhere'],
  [[name(answer('public'))], 'vendor'],
  [[name('silent'), name(answer('public'))], 'vendor'],
  [[name([], answer('public'))], 'vendor'],
  [[name('silent', 'nonsense')], 'unknown'],
  [[name([])], 'unknown'],
  [[], 'unknown'],
] as const)('what %j leads to', (names, expected) => {
  expect(led(names)).toBe(expected);
});

it('a private address is that of the host where this runs in a container', () => {
  expect(led([name(answer('private'))], true)).toBe('here');
});
