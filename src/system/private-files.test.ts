import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { closeToOthers, fileInPlaceOfFolder, makePrivateFile, makePrivateFolder } from './private-files.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

/** The mask under which most programs start, and one that takes nothing away. */
describe.each([0o022, 0o000])('under the mask %o', (mask) => {
  const masked = () => {
    const before = process.umask(mask);
    onTestFinished(() => void process.umask(before));
  };

  it('a folder is made for its owner alone, and so are those above it', () => {
    masked();
    const top = join(temporaryFolder(), 'a');
    makePrivateFolder(join(top, 'b', 'c'));
    expect([top, join(top, 'b'), join(top, 'b', 'c')].map(modeOf)).toEqual(['700', '700', '700']);
  });

  it('a file is made for its owner alone', () => {
    masked();
    const path = join(temporaryFolder(), 'x');
    makePrivateFile(path);
    expect([modeOf(path), readFileSync(path, 'utf8')]).toEqual(['600', '']);
  });
});

it('what is there already stays as it is', () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  makePrivateFolder(folder);
  writeFileSync(join(folder, 'x'), 'kept', { mode: 0o644 });
  makePrivateFile(join(folder, 'x'));
  expect([modeOf(folder), modeOf(join(folder, 'x')), readFileSync(join(folder, 'x'), 'utf8')]).toEqual([
    '755',
    '644',
    'kept',
  ]);
});

it('what cannot be made is an error', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => makePrivateFolder(join(file, 'below'))).toThrow('ENOTDIR');
  expect(() => makePrivateFile(join(file, 'below'))).toThrow('ENOTDIR');
  expect(() => makePrivateFolder('/proc/no/folder')).toThrow('ENOENT');
});

describe('closing to others', () => {
  /** A folder as an earlier version made it. */
  function openFolder(): string {
    const folder = join(temporaryFolder(), 'data');
    mkdirSync(folder, { mode: 0o755 });
    chmodSync(folder, 0o755);
    for (const name of ['ours', 'ours-too', 'theirs']) {
      writeFileSync(join(folder, name), '');
      chmodSync(join(folder, name), 0o664);
    }
    return folder;
  }
  const isOurs = (name: string) => name.startsWith('ours');
  const modes = (folder: string) => [folder, ...readdirSync(folder).map((name) => join(folder, name))].map(modeOf);

  it('is done to the folder and our files in it, and to no other', () => {
    const folder = openFolder();
    expect(closeToOthers(folder, isOurs)).toEqual([]);
    expect(modes(folder)).toEqual(['700', '600', '600', '664']);
    chmodSync(join(folder, 'ours'), 0o400);
    expect(closeToOthers(folder, isOurs)).toEqual([]);
    expect(modes(folder)).toEqual(['700', '400', '600', '664']);
  });

  it('leaves a folder that everybody puts things into', () => {
    const folder = openFolder();
    chmodSync(folder, 0o1777);
    expect(closeToOthers(folder, isOurs)).toEqual([]);
    expect(modes(folder)).toEqual(['1777', '600', '600', '664']);
  });

  it('leaves where the program was started, a home, and the root', () => {
    const before = [process.cwd(), homedir(), '/'].map(modeOf);
    for (const folder of [process.cwd(), homedir(), '/']) closeToOthers(folder, () => false);
    expect([process.cwd(), homedir(), '/'].map(modeOf)).toEqual(before);
  });

  it.skipIf(!existsSync('/proc/self/environ'))('says what it cannot close (needs /proc)', () => {
    expect(closeToOthers('/proc/self', (name) => ['cmdline', 'stat'].includes(name)).sort()).toEqual([
      '/proc/self',
      '/proc/self/cmdline',
      '/proc/self/stat',
    ]);
  });
});

it('makes no folder above the root', () => {
  expect(dirname('/')).toBe('/');
  makePrivateFolder('/');
});

describe('a file where a folder belongs', () => {
  it('is found at any depth', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(fileInPlaceOfFolder(file)).toBe(file);
    expect(fileInPlaceOfFolder(join(file, 'a', 'b'))).toBe(file);
    expect(fileInPlaceOfFolder(folder)).toBeNull();
    expect(fileInPlaceOfFolder(join(folder, 'a', 'b'))).toBeNull();
    expect(fileInPlaceOfFolder('not/there')).toBeNull();
  });

  it.skipIf(process.platform === 'win32')('is none where the system does not say what is there', () => {
    const loop = join(temporaryFolder(), 'loop');
    symlinkSync(loop, loop);
    expect(() => statSync(loop, { throwIfNoEntry: false })).toThrow('ELOOP');
    expect(fileInPlaceOfFolder(join(loop, 'a'))).toBeNull();
  });
});
