import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../../test/records.ts';
import { FolderLock } from './lock.ts';

const IN_USE = expect.objectContaining({ code: 'STORE_IN_USE', passing: false });

describe('the lock of a folder', () => {
  it('is one server’s, until that lets go', () => {
    const folder = temporaryFolder();
    const lock = FolderLock.take(folder);
    expect(() => FolderLock.take(folder)).toThrow(IN_USE);
    lock.release();
    FolderLock.take(folder).release();
  });

  it('is of that folder only', () => {
    const locks = [FolderLock.take(temporaryFolder()), FolderLock.take(temporaryFolder())];
    for (const lock of locks) lock.release();
  });

  it('is not kept by a server that was killed', async () => {
    const folder = temporaryFolder();
    const script = `
      const { FolderLock } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
      globalThis.lock = FolderLock.take(${JSON.stringify(folder)});
      process.stdout.write('locked');
      setInterval(() => {}, 1000);`;
    const server = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void server.kill('SIGKILL'));
    await new Promise((resolve) => server.stdout.once('data', resolve));
    expect(() => FolderLock.take(folder)).toThrow(IN_USE);
    server.kill('SIGKILL');
    await new Promise((resolve) => server.once('exit', resolve));
    expect(existsSync(join(folder, 'lock'))).toBe(true);
    FolderLock.take(folder).release();
  });

  it('is refused, and not for being taken, where there is no folder', () => {
    const none = join(temporaryFolder(), 'none');
    expect(() => FolderLock.take(none)).toThrow(expect.objectContaining({ code: expect.not.stringMatching('IN_USE') }));
  });

  it('is refused, and not for being taken, where something else is in its file', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'lock'), 'Dear diary, '.repeat(99));
    for (let twice = 0; twice < 2; twice++) {
      expect(() => FolderLock.take(folder)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
    }
  });
});
