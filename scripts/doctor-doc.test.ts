import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINDINGS } from '../src/doctor/finding.ts';
import { PAGE, withFindings } from './doctor-doc.ts';

const page = readFileSync(PAGE, 'utf8');

describe('docs/doctor.md', () => {
  it('has each finding as the code has it', () => {
    expect(page).toBe(withFindings(page));
  });

  it('leads to headings that there are', () => {
    const missing = [...page.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)].filter(([, file = '', part]) => {
      const target = new URL(file, PAGE);
      return !existsSync(target) || (part !== undefined && !headingsIn(target).includes(part));
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  it('has no place for them: said', () => {
    expect(() => withFindings('# Doctor')).toThrow('no place');
  });
});

it('whatever is not fine says what to do, or how it comes that nobody can', () => {
  const silent = Object.entries(FINDINGS).filter(([, { levels, advice }]) => levels[0] !== 'ok' && advice === null);
  // The module’s own word says it.
  expect(silent.map(([code]) => code)).toEqual(['MODULE_TROUBLE']);
});

/** As GitHub makes anchors of them. */
function headingsIn(file: URL): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
