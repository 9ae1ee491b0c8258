import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildPage } from './page.mjs';

/** Stands in for vite: notes that it was called, and does what the file `vite-does` says. */
const FAKE_VITE = `
const fs = require('node:fs');
fs.appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
const does = fs.readFileSync('vite-does', 'utf8');
if (does !== 'build') {
  console.error(does);
  process.exit(1);
}
fs.mkdirSync('dist/dashboard', { recursive: true });
fs.writeFileSync('dist/dashboard/index.html', '');
`;

let checkout = '';

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(checkout, file)), { recursive: true });
  writeFileSync(path.join(checkout, file), text);
}

/** As if the file had been written an hour from now. */
function touch(file: string): void {
  const later = new Date(Date.now() + 3_600_000);
  utimesSync(path.join(checkout, file), later, later);
}

const build = () => buildPage(checkout, process.execPath);
const calls = () => readFileSync(path.join(checkout, 'calls'), 'utf8').trim().split('\n');

beforeEach(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'alphaess-local-page-'));
  write('node_modules/vite/bin/vite.js', FAKE_VITE);
  write('vite-does', 'build');
  write('dashboard/src/main.tsx', '');
  write('vite.config.ts', '');
});

afterEach(() => rmSync(checkout, { recursive: true, force: true }));

describe('the page', () => {
  it('is built once', async () => {
    expect([await build(), await build()]).toEqual([null, null]);
    expect(calls()).toEqual(['build --logLevel error']);
  });

  it.each(['dashboard/src/main.tsx', 'dashboard/src', 'vite.config.ts'])(
    'is built again after %s changed',
    async (file) => {
      await build();
      touch(file);
      await build();
      expect(calls()).toHaveLength(2);
    },
  );

  it('is not built where there is nothing to build it of, as in an installed package', async () => {
    rmSync(path.join(checkout, 'dashboard'), { recursive: true });
    expect(await build()).toBeNull();
    expect(calls).toThrow('ENOENT');
  });

  it('that cannot be built says why in the words of what failed', async () => {
    write('vite-does', 'main.tsx:1: unexpected end of file');
    expect(await build()).toBe('main.tsx:1: unexpected end of file\n');
  });

  it('says so where the program to build it with is not there', async () => {
    expect(await buildPage(checkout, path.join(checkout, 'no-node'))).toContain('ENOENT');
  });
});
