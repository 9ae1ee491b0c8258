/**
 * Writes the settings into the README, as a configuration file that changes nothing, and those of PVOutput into docs/outputs.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ENTRIES, type Section, type Setting, settingsIn } from '../src/config/settings.ts';

export const README = new URL('../README.md', import.meta.url);
export const OUTPUTS = new URL('../docs/outputs.md', import.meta.url);

const BEGIN = '<!-- Generated from src/config/schema.ts: npm run docs -->\n';
const END = '<!-- End of what is generated -->\n';
/** Where the words begin, unless a setting is longer. */
const WORD_COLUMN = 34;

/** A page with what is generated as it must stand. @throws Error where the page has no place for it */
export function withGenerated(page: string, generated: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('the page has no place for the settings');
  return `${before}${BEGIN}${generated}${END}${after}`;
}

/**
 * Every setting with its default, as a file; those that are nothing by themselves are comments, with an example. Without their `#` it is
 * a file still: of two settings of which one can be given, the second stands behind the first.
 */
export function settingsFile(): string {
  return ENTRIES.map((entry, index) => (isAlternative(entry) ? '' : line(entry, ENTRIES[index + 1]))).join('');
}

function isAlternative(entry: Setting | Section | undefined): entry is Setting {
  return entry !== undefined && 'variable' in entry && entry.isAlternative === true;
}

function line(entry: Setting | Section, next: Setting | Section | undefined): string {
  const indent = '  '.repeat(entry.path.length - 1);
  const key = `${entry.path.at(-1)}:`;
  const text = indent + ('variable' in entry ? written(key, entry) : key);
  const instead = isAlternative(next) ? `; or ${next.path.at(-1)}: ${next.example}, ${next.word}` : '';
  return entry.word === null ? `${text}\n` : `${text.padEnd(WORD_COLUMN - 1)} # ${entry.word}${instead}\n`;
}

function written(key: string, setting: Setting): string {
  const fallback = fallbackText(setting);
  // Without a space, so that what is left without the # stands where it must.
  return fallback === null ? `#${key} ${setting.example ?? ''}`.trimEnd() : `${key} ${fallback}`;
}

/** As YAML; null where it is nothing. */
function fallbackText({ fallback }: Setting): string | null {
  if (fallback === null) return null;
  if (typeof fallback !== 'object') return String(fallback);
  const items = Object.values(fallback);
  return items.length === 0 ? null : `[${items.join(', ')}]`;
}

/** The settings of one section, for a page of its own. */
export function settingsTable(section: string): string {
  const rows = settingsIn(section).map((setting) => {
    const fallback = fallbackText(setting);
    return `| \`${setting.path.slice(1).join('.')}\` | ${setting.word} | ${fallback === null ? '' : `\`${fallback}\``} |\n`;
  });
  return ['| setting | is | default |\n|---|---|---|\n', ...rows].join('');
}

/** The pages, each with what it must hold. */
export function pages(): readonly (readonly [page: URL, text: string])[] {
  return [
    [README, withGenerated(readFileSync(README, 'utf8'), `\`\`\`yaml\n${settingsFile()}\`\`\`\n`)],
    [OUTPUTS, withGenerated(readFileSync(OUTPUTS, 'utf8'), settingsTable('pvoutput'))],
  ];
}

if (import.meta.main) for (const [page, text] of pages()) writeFileSync(page, text);
