import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROOMS } from './rooms.ts';
import { PAGE, roomsTable, withRooms } from './rooms-doc.ts';

it('stands in docs/architecture.md as it is enforced', () => {
  const page = readFileSync(PAGE, 'utf8');
  expect(withRooms(page)).toBe(page);
});

it('names every room', () => {
  const table = roomsTable();
  for (const { who } of ROOMS.filter(({ is }) => is !== null)) expect(table).toContain(`| \`${who}\` |`);
});

it('says so where a page has no place for it', () => {
  expect(() => withRooms('# Architecture\n')).toThrow('docs/architecture.md has no place for the rooms');
});

it('says what a file may import that its room may not', () => {
  expect(roomsTable()).toContain('- `src/sinks/secret-file.ts`: types of `config/`\n');
});
