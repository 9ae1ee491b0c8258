import { expect, it } from 'vitest';
import { declaredTypes, repeatedTypes } from './type-names.ts';

it('finds what is declared, and where', () => {
  const text =
    "import a from 'a';\n\nexport interface One<T> {}\nclass Two extends Three {}\n  type Inner = 1;\nexport abstract class Four {}\ntype Five = 1;\n";
  expect(declaredTypes('a.ts', text)).toEqual([
    { name: 'One', file: 'a.ts', line: 3 },
    { name: 'Two', file: 'a.ts', line: 4 },
    { name: 'Four', file: 'a.ts', line: 6 },
    { name: 'Five', file: 'a.ts', line: 7 },
  ]);
});

it('finds a name that is there twice', () => {
  const [one, other, third] = ['a.ts', 'b.ts', 'c.ts'].map((file) => ({
    name: file === 'b.ts' ? 'Row' : 'Line',
    file,
    line: 1,
  }));
  expect(repeatedTypes([one, other, third] as never)).toEqual([{ type: third, first: one }]);
});
