import { describe, expect, it } from 'vitest';
import { goneWords, putBackWords, redirectWords, unseenWords } from './leaving-words.ts';

describe('the words for leaving', () => {
  it.each([
    ['away', /still has, or may have, a hold, and is not connected: .* leave the redirect .* grid charging off/],
    ['in vain', /could not be undone: .* grid charging off/],
    ['under way', 'a hold is being undone'],
    ['active', 'a hold is active'],
    ['untouched', /none of its settings/],
    ['seen', /has told its settings since/],
    ['untold', /not told what it has now/],
  ] as const)('of a battery that is %s', (is, sentence) => {
    expect(putBackWords(is, 'hold', 'grid charging off')).toEqual(
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    );
  });

  it.each([
    ['vendor', true, true, /^DNS leads the vendor’s name to a public address$/],
    ['vendor', false, true, /is not put back by this server$/],
    ['here', true, false, /take the entry away/],
    ['here', false, false, /leave it so until/],
    ['another', true, false, /another machine/],
    ['nowhere', true, false, /reach nobody/],
    ['unknown', true, false, /no DNS server said/],
  ] as const)('of a name that leads to %s, all put back: %s', (led, isBack, isDone, sentence) => {
    expect(redirectWords(led, isBack)).toEqual({ isDone, sentence: expect.stringMatching(sentence) });
  });

  it('of a battery that goes', () => {
    const all = (['tapped', 'connected', 'comes all the same', 'just left', 'gone'] as const).map(goneWords);
    expect(new Set(all).size).toBe(5);
  });

  it('of what the vendor did not see', () => {
    expect(unseenWords('all', 3)).toBe('the vendor has received all that this server has heard');
    expect(unseenWords('relayed', 1)).toMatch(/what was relayed, .* 1 entry of its log$/);
    expect(unseenWords('nothing', 0)).toMatch(/received nothing .* no alarm .* no entry of its own log$/);
    expect(unseenWords('nothing', 2)).toMatch(/2 entries of its log$/);
  });
});
