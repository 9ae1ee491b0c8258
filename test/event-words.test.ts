/**
 * Each event that the server writes by itself has words on the page.
 */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { eventTexts } from '../dashboard/src/event-texts.ts';

it('none is shown by the name that it has in the store', () => {
  const root = fileURLToPath(new URL('../src/', import.meta.url));
  const source = globSync(['session/**/*.ts', 'app/*.ts'], { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n');
  const written = [...source.matchAll(/(?:note|serverEvent)\(\s*'([a-z_]+)'/g)].map(([, name = '']) => name);
  expect(written.length).toBeGreaterThan(10);
  expect([...new Set(written)].filter((name) => eventTexts.ours[name] === undefined)).toEqual([]);
});
