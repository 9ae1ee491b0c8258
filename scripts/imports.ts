/**
 * What a source imports, and its lines without their comments.
 */

export interface Import {
  readonly target: string;
  readonly line: number;
  /** Names of values, not of types; `*` for all. */
  readonly values: readonly string[];
}

/** `import … from`, `export … from` (the formatter begins them at the margin), `import 'x'`. */
const STATEMENT = /^(?:import|export) (?:(type )?((?:\w+, )?\{[^}]*\}|[\w*, ]+?) from )?'([^']+)'/gm;
/** `import('x')`, and workers: `new URL('x.ts', import.meta.url)`; not where a `"` says that it is quoted. */
const EXPRESSION = /(?<!"[^"\n]*)\b(?:import\(|new URL\((?='[^']+\.ts'))\s*'([^']+)'/g;

export function importsOf(text: string): Import[] {
  const statements = [...text.matchAll(STATEMENT)].map((match) => ({
    target: match[3] ?? '',
    line: lineAt(text, match.index),
    values: match[1] === undefined ? valuesIn(match[2] ?? '*') : [],
  }));
  const code = text.split('\n').map(withoutComment).join('\n');
  const expressions = [...code.matchAll(EXPRESSION)].map((match) => ({
    target: match[1] ?? '',
    line: lineAt(code, match.index),
    values: ['*'],
  }));
  return [...statements, ...expressions];
}

/** The names of values in `{ a, type B, c as d }`. */
function valuesIn(clause: string): string[] {
  return clause
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.replace(/ as .*/, ''));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** The formatter begins the lines of a block comment with `*`. */
export function withoutComment(line: string): string {
  return /^\s*(?:\/?\*|\/\/)/.test(line) ? '' : line.replace(/\s\/\/ .*/, '');
}
