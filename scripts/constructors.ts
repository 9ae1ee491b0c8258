/**
 * What constructors may do: assign, restore what they are given, prepare statements. They begin nothing: no timer, socket,
 * file, process or thread, and they listen to nothing. `start`, `open` and `connect` do that.
 */

/** What begins something. In a function that is only assigned it begins nothing yet. */
const BEGINS =
  /\b(?:setInterval|setTimeout|setImmediate|connect|spawn|openSync|writeFileSync|mkdirSync|makePrivate\w+)\(|\.(?:on|once|listen|exec|start)\(|\bnew (?:Worker|DatabaseSync)\(/;

export interface Begun {
  readonly line: number;
  readonly word: string;
}

/** Each word in a constructor that begins something. The formatter sets the brackets of a class's members two spaces in. */
export function begunInConstructors(text: string): Begun[] {
  const found: Begun[] = [];
  let inside = false;
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (/^ {2}(?:private |protected )?constructor\(/.test(line)) inside = !line.endsWith('{}');
    else if (line === '  }') inside = false;
    const word = inside && !isFunction(line, lines[index - 1]) ? BEGINS.exec(line)?.[0] : undefined;
    if (word !== undefined) found.push({ line: index + 1, word });
  }
  return found;
}

function isFunction(line: string, before = ''): boolean {
  return line.includes('=>') || before.endsWith('=>');
}
