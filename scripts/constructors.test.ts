import { expect, it } from 'vitest';
import { begunInConstructors } from './constructors.ts';

const withBody = (line: string) =>
  `class A {\n  constructor(b: B) {\n    ${line}\n  }\n\n  start(): void {\n    ${line}\n  }\n}\n`;

it.each([
  'this.#timer = setInterval(() => this.#look(), 1000);',
  'this.#timer = setInterval(look, 1000);',
  "socket.on('data', take);",
  'this.#server.listen(7777);',
  'this.#worker = new Worker(script);',
  'this.#db = new DatabaseSync(path);',
  "this.#db.exec('BEGIN');",
  'makePrivateFile(path);',
])('is found in a constructor, and only there: %s', (line) => {
  const found = begunInConstructors(withBody(line));
  // A function that is handed over is not told from one that is only assigned.
  expect(found.map((one) => one.line)).toEqual(line.includes('=>') ? [] : [3]);
});

it.each([
  'this.#sql = db.prepare(text);',
  'for (const one of known) this.#restore(one);',
  'this.#begin = () => setTimeout(this.#look, 10);',
  'this.#connections = new ConnectionNumbers();',
])('lets a constructor assign and prepare: %s', (line) => {
  expect(begunInConstructors(withBody(line))).toEqual([]);
});

it('sees constructors over several lines, private ones, and empty ones', () => {
  const text =
    'class A {\n  private constructor(\n    a: A,\n  ) {\n    a.start();\n  }\n}\nclass B {\n  constructor() {}\n  b = connect();\n}\n';
  expect(begunInConstructors(text)).toEqual([{ line: 5, word: '.start(' }]);
});
