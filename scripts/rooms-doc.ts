/**
 * Writes the table of rooms in docs/architecture.md from the plan that `npm run check` enforces.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Outside, ROOMS, type Room } from './rooms.ts';

export const PAGE = new URL('../docs/architecture.md', import.meta.url);

const BEGIN = '<!-- Generated from scripts/rooms.ts: npm run docs -->\n';
const END = '<!-- End of what is generated -->\n';

const OUTSIDE: Readonly<Record<Outside, string>> = {
  nothing: 'nothing: no Node, no package, no clock',
  plain: 'Node and packages; no sockets, no SQLite',
  sockets: 'sockets too',
  sqlite: 'SQLite too',
  anything: 'anything',
};

/** The page with the table as it must stand. @throws Error where the page has no place for it */
export function withRooms(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('docs/architecture.md has no place for the rooms');
  return `${before}${BEGIN}${roomsTable()}${END}${after}`;
}

/** A row for each room. What differs for a few files of one stands under `besides`. */
export function roomsTable(): string {
  const rooms = ROOMS.filter(({ is }) => is !== null);
  const rows = rooms.map(({ who, is, mayImport, outside }) =>
    [`\`${who}\``, is, listed(mayImport), OUTSIDE[outside]].join(' | '),
  );
  const besides = ROOMS.filter(({ is, who }) => is === null && !who.endsWith('.test.ts')).map(beside);
  return [
    '| room | is | may import | of the world outside |\n|---|---|---|---|\n',
    ...rows.map((row) => `| ${row} |\n`),
    '\nFiles that may import something else than their room:\n\n',
    ...besides.map((line) => `- ${line}\n`),
  ].join('');
}

function beside({ who, mayImport, outside }: Room): string {
  const home = ROOMS.find((room) => room.is !== null && room.who.endsWith('/') && who.startsWith(room.who));
  const more = mayImport.filter((place) => !home?.mayImport.includes(place));
  const world = home?.outside === outside ? '' : `; ${OUTSIDE[outside]}`;
  return `\`${who}\`: ${listed(more)}${world}`;
}

function listed(places: readonly string[]): string {
  if (places.length === 0) return 'nothing else';
  return places
    .map((place) => place.replace(/(?:^|(?<= of ))src\/(.+)$/, '`$1`'))
    .join(', ')
    .replaceAll('`src/`', 'all');
}

if (import.meta.main) writeFileSync(PAGE, withRooms(readFileSync(PAGE, 'utf8')));
