import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { PageFiles } from './static.ts';

function built(): { folder: string; files: PageFiles } {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), 'one '.repeat(200));
  writeFileSync(join(folder, 'assets', 'main-AbCd1234.js'), 'script');
  writeFileSync(join(folder, 'icon.xyz'), 'x');
  return { folder, files: new PageFiles(folder) };
}

describe('a file of the page', () => {
  it('is found by its exact name alone', async () => {
    const { files } = built();
    expect(await files.find('/index.html')).toMatchObject({ type: 'text/html; charset=utf-8', caching: 'no-cache' });
    expect((await files.find('/assets/main-AbCd1234.js'))?.caching).toContain('immutable');
    expect((await files.find('/icon.xyz'))?.type).toBe('application/octet-stream');
    for (const path of [
      '/assets',
      '/assets/',
      '/../package.json',
      '/assets/../index.html',
      '//index.html',
      '/INDEX.html',
      '',
    ]) {
      expect(await files.find(path)).toBeNull();
    }
  });

  it('is compressed where that makes it smaller', async () => {
    const { files } = built();
    const page = await files.find('/');
    expect(page?.gzipped && gunzipSync(page.gzipped).equals(page.bytes)).toBe(true);
    expect((await files.find('/assets/main-AbCd1234.js'))?.gzipped).toBeNull();
  });

  it('is found where a package holds all of them in one', async () => {
    const { folder, files } = built();
    const texts = { 'assets/other-AbCd1234.css': 'p { color: “red” }', 'assets/main-AbCd1234.js': 'packed' };
    writeFileSync(join(folder, 'assets.json.br'), brotliCompressSync(JSON.stringify(texts)));
    rmSync(join(folder, 'assets'), { recursive: true });
    const found = await files.find('/assets/other-AbCd1234.css');
    expect([found?.type, found?.bytes.toString()]).toEqual(['text/css; charset=utf-8', 'p { color: “red” }']);
    expect((await files.find('/assets/main-AbCd1234.js'))?.caching).toContain('immutable');
    expect(await files.find('/assets.json.br')).toBeNull();
    expect(await files.find('/')).not.toBeNull();
  });

  it('is another after it was built anew', async () => {
    const { folder, files } = built();
    const before = await files.find('/');
    expect((await files.find('/'))?.etag).toBe(before?.etag);
    writeFileSync(join(folder, 'index.html'), 'two');
    utimesSync(join(folder, 'index.html'), 1, 1);
    expect((await files.find('/'))?.bytes.toString()).toBe('two');
  });

  it('is found also where it was written after the page that leads to it', async () => {
    const { folder, files } = built();
    await files.find('/');
    writeFileSync(join(folder, 'assets', 'view-AbCd1234.js'), 'late');
    await files.find('/');
    expect((await files.find('/assets/view-AbCd1234.js'))?.bytes.toString()).toBe('late');
  });

  it('is of the build that the page names, and of another after it was built anew', async () => {
    const { folder, files } = built();
    expect(await files.build()).toBeNull();
    for (const build of ['one-1', 'two_2']) {
      writeFileSync(join(folder, 'index.html'), `<head><meta name="build" content="${build}"></head>`);
      expect(await files.build()).toBe(build);
    }
    rmSync(folder, { recursive: true });
    expect(await files.build()).toBeNull();
    writeFileSync(folder, '');
    expect(await files.build()).toBeNull();
  });
});

it('says how to build the page where it is not', async () => {
  const files = new PageFiles(join(temporaryFolder(), 'none'));
  expect((await files.find('/'))?.bytes.toString()).toContain('npm run build');
});

it('reads the next time what cannot be read now', async () => {
  const folder = temporaryFolder();
  const page = join(folder, 'page');
  // No folder: what is behind a file cannot be.
  writeFileSync(page, '');
  const files = new PageFiles(page);
  await expect(files.find('/')).rejects.toThrow('ENOTDIR');
  rmSync(page);
  mkdirSync(page);
  writeFileSync(join(page, 'index.html'), 'there');
  expect((await files.find('/'))?.bytes.toString()).toBe('there');
});
