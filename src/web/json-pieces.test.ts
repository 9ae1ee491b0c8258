import { describe, expect, it } from 'vitest';
import { hasList, jsonPieces, Listed } from './json-pieces.ts';

const listed = (items: Iterable<unknown>) => Listed.of(items, (item) => item);
const json = (answer: unknown) => [...jsonPieces(answer)].join('');

describe('an answer in pieces', () => {
  it.each([
    [listed([]), '[]'],
    [listed([1]), '[1]'],
    [listed([{ a: 'b' }, null, 'c"']), '[{"a":"b"},null,"c\\""]'],
    [{ one: 1, all: listed([2, 3]), none: listed([]) }, '{"one":1,"all":[2,3],"none":[]}'],
    [{ 'a "name"': listed([true]) }, '{"a \\"name\\"":[true]}'],
  ])('is the JSON of %j', (answer, expected) => {
    expect(json(answer)).toBe(expected);
    expect(hasList(answer)).toBe(true);
  });

  it.each([[null], [[1, 2]], ['text'], [{ a: { b: 1 } }]])('is that of %j, which has no list, in one', (answer) => {
    expect([...jsonPieces(answer)]).toEqual([JSON.stringify(answer)]);
    expect(hasList(answer)).toBe(false);
  });

  it('makes none of its list before it is its turn', () => {
    const made: number[] = [];
    function* numbers() {
      for (let n = 1; n <= 3; n++) {
        made.push(n);
        yield n;
      }
    }
    const pieces = jsonPieces(listed(numbers()));
    expect([pieces.next().value, pieces.next().value, made]).toEqual(['[1', ',2', [1, 2]]);
  });
});
