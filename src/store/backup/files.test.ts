import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/records.ts';
import {
  digestOf,
  flushFolder,
  freeBytes,
  freeName,
  onOneDisk,
  removeFolder,
  renameDurably,
  sizeOfFile,
  sizeOfFolder,
  writePrivately,
} from './files.ts';

describe('what is written', () => {
  it('is for its owner alone, and never replaces what is there', () => {
    const file = join(temporaryFolder(), 'file');
    writePrivately(file, Buffer.from('before'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => writePrivately(file, Buffer.from('after'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(readFileSync(file, 'utf8')).toBe('before');
  });

  it('is not flushed where there is no folder', () => {
    expect(() => flushFolder(join(temporaryFolder(), 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});

describe('what is renamed and removed', () => {
  it('has its new name, and is gone', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'old'));
    writeFileSync(join(folder, 'old', 'file'), 'text');
    mkdirSync(join(folder, 'deep'));
    renameDurably(join(folder, 'old'), join(folder, 'deep', 'new'));
    expect(readdirSync(join(folder, 'deep', 'new'))).toEqual(['file']);
    removeFolder(join(folder, 'deep', 'new'), 'gone');
    expect(readdirSync(join(folder, 'deep'))).toEqual([]);
    expect(existsSync(join(folder, 'old'))).toBe(false);
  });
});

describe('what is measured', () => {
  it('is the bytes of files, not of what is no file', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'one'), 'abc');
    writeFileSync(join(folder, 'two'), 'defgh');
    mkdirSync(join(folder, 'inner'));
    symlinkSync('/nowhere', join(folder, 'link'));
    expect(sizeOfFolder(folder)).toBe(8);
    expect(sizeOfFile(join(folder, 'none'))).toBe(0);
    expect(sizeOfFile(folder)).toBe(0);
  });

  it('is a digest as others reckon it, of a file longer than a piece, too', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'abc');
    // FIPS 180-4, appendix B.1; and of a million letters a, appendix B.3.
    expect(digestOf(file)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    writeFileSync(file, 'a'.repeat(1_000_000));
    expect(digestOf(file)).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
  });

  it('is the disk of a folder that is not there yet', () => {
    const folder = temporaryFolder();
    const deep = join(folder, 'not', 'there');
    expect(freeBytes(deep)).toBeGreaterThan(0);
    expect(onOneDisk(deep, folder)).toBe(true);
    expect(onOneDisk(folder, '/proc/none')).toBe(false);
  });
});

it('finds a name that is free', () => {
  const folder = temporaryFolder();
  expect(freeName(folder, 'name')).toBe('name');
  for (const name of ['name', 'name-2']) writeFileSync(join(folder, name), '');
  expect(freeName(folder, 'name')).toBe('name-3');
});
