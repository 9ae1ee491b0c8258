/**
 * Writes docs/files.md: each source file with the first sentence of its header.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOMS } from './rooms.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
export const PAGE = new URL('../docs/files.md', import.meta.url);

const INTRODUCTION = `# Files

<!-- Generated from the headers of the sources: npm run docs -->

Each source file and what it is. [architecture.md](architecture.md) says how they work together.
`;

/** The page as it must stand. */
export function filesPage(): string {
  const files = globSync('src/**/*.ts', { cwd: ROOT })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => !file.endsWith('.test.ts'))
    .sort();
  const folders = [...Map.groupBy(files, (file) => path.posix.dirname(file))].sort(([a], [b]) => (a < b ? -1 : 1));
  return [INTRODUCTION, ...folders.map(([folder, inside]) => sectionOf(folder, inside))].join('\n');
}

function sectionOf(folder: string, files: readonly string[]): string {
  const is = ROOMS.find(({ who }) => who === `${folder}/`)?.is;
  const lines = files.map((file) => `- \`${path.posix.basename(file, '.ts')}\`: ${firstSentence(textOf(file), file)}`);
  return `## ${folder}/\n\n${is === null || is === undefined ? '' : `${upper(is)}.\n\n`}${lines.join('\n')}\n`;
}

function textOf(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Of the comment that a file begins with. @throws Error where it begins with none */
export function firstSentence(text: string, file: string): string {
  const header = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1];
  if (header === undefined) throw new Error(`${file} begins with no header: say what it is, in one sentence`);
  const words = header
    .replace(/\s*\n\s*\*\s?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return /^.*?\.(?=\s|$)/.exec(words)?.[0] ?? words;
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

if (import.meta.main) writeFileSync(PAGE, filesPage());
