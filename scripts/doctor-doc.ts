/**
 * Writes the table of docs/doctor.md from what the doctor can find.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { FINDINGS } from '../src/doctor/finding.ts';

export const PAGE = new URL('../docs/doctor.md', import.meta.url);

const BEGIN = '<!-- Generated from src/doctor/finding.ts: npm run docs -->\n';
const END = '<!-- End of what is generated -->\n';

/** The page with the table as it must stand. @throws Error where the page has no place for it */
export function withFindings(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('docs/doctor.md has no place for the findings');
  return `${before}${BEGIN}${findingsTable()}${END}${after}`;
}

function findingsTable(): string {
  const rows = Object.entries(FINDINGS).map(([code, { levels, means, advice, link }]) => {
    const what = [advice, link === null ? null : linked(link)].filter((part) => part !== null).join(' ');
    return `| \`${code}\` | ${levels.join(' or ')} | ${means} | ${what} |\n`;
  });
  return ['| code | is | seen | what to do |\n|---|---|---|---|\n', ...rows].join('');
}

/** From the folder of the page. */
function linked(link: string): string {
  const [file = '', part] = link.split('#');
  const path = file.startsWith('docs/') ? file.slice('docs/'.length) : `../${file}`;
  return `[${file.replace(/^docs\//, '')}](${path}${part === undefined ? '' : `#${part}`})`;
}

if (import.meta.main) writeFileSync(PAGE, withFindings(readFileSync(PAGE, 'utf8')));
