import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Stands in for npm: notes how it was called, then does what the file `npm-does` says. */
const FAKE_NPM = `
const fs = require('node:fs');
fs.appendFileSync('calls', process.argv[2] + '\\n');
const does = fs.readFileSync('npm-does', 'utf8');
if (does !== 'install') {
  console.error(does);
  process.exit(1);
}
setTimeout(() => {
  fs.mkdirSync('node_modules/node/bin', { recursive: true });
  fs.writeFileSync('node_modules/node/bin/node', '');
  fs.writeFileSync('node_modules/node/bin/node.exe', '');
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
}, 200);
`;

const LOCK = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.2.3' },
    'node_modules/only-elsewhere': { version: '1.0.0', optional: true },
  },
};

describe('set-up', () => {
  let checkout = '';

  beforeEach(() => {
    checkout = mkdtempSync(path.join(tmpdir(), 'alphaess-local-setup-'));
    mkdirSync(path.join(checkout, 'scripts'));
    for (const script of ['scripts/setup.mjs', 'scripts/page.mjs']) {
      cpSync(path.join(ROOT, script), path.join(checkout, script));
    }
    write('package-lock.json', JSON.stringify(LOCK));
    // Whatever stands in the folders above.
    write('package.json', '{}');
    write('npm-cli.js', FAKE_NPM);
    write('npm-does', 'install');
  });

  afterEach(() => rmSync(checkout, { recursive: true, force: true }));

  it('installs once, in one line, and then has nothing to do', async () => {
    expect(await setUp()).toEqual({
      code: 0,
      said: 'Setting up (once): half a minute, some minutes on a Raspberry Pi…\n',
    });
    expect(await setUp()).toEqual({ code: 0, said: '' });
    expect(calls()).toEqual(['ci']);
  });

  it('brings what is there up to date when the lock file has changed, without emptying node_modules', async () => {
    await setUp();
    write(
      'package-lock.json',
      JSON.stringify({ packages: { ...LOCK.packages, 'node_modules/b': { version: '1.0.0' } } }),
    );
    expect((await setUp()).code).toBe(0);
    expect(calls()).toEqual(['ci', 'install']);
  });

  it('takes what an npm install by hand has put there', async () => {
    await setUp();
    rmSync(path.join(checkout, 'node_modules/.alphaess-local-setup'));
    expect(await setUp()).toEqual({ code: 0, said: '' });
    expect(calls()).toEqual(['ci']);
  });

  it('lets one of several at once do the work', async () => {
    const all = await Promise.all([setUp(), setUp(), setUp()]);
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(calls()).toEqual(['ci']);
    expect(existsSync(path.join(checkout, '.setup-lock'))).toBe(false);
  });

  it('takes over the lock of one that died', async () => {
    const lock = path.join(checkout, '.setup-lock');
    mkdirSync(lock);
    utimesSync(lock, 0, 0);
    const { code, said } = await setUp();
    expect({ code, waited: said.startsWith('Waiting for another set-up') }).toEqual({ code: 0, waited: true });
  });

  it.each([
    ['npm error code ENOTFOUND', 'npm could not reach its registry: check the network'],
    ['npm error code ECONNREFUSED', 'npm could not reach its registry: check the network'],
    ['npm error code EACCES', 'npm may not write there'],
    ['npm error code ENOSPC', 'the disk is full'],
    ['npm error code EUSAGE', 'package-lock.json does not fit package.json'],
    ['npm error something else', 'npm says above what is wrong'],
  ])('shows what npm said and what to do: %s', async (words, advice) => {
    write('npm-does', words);
    const { code, said } = await setUp();
    expect(code).toBe(1);
    expect(said).toContain(`${words}\nSet-up failed: ${advice}`);
    expect(existsSync(path.join(checkout, '.setup-lock'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('says so when it may not write', async () => {
    chmodSync(checkout, 0o555);
    expect(await setUp()).toEqual({ code: 1, said: expect.stringContaining('cannot be written to') });
    chmodSync(checkout, 0o755);
  });

  function setUp(): Promise<{ code: number; said: string }> {
    const env = {
      ...process.env,
      npm_execpath: path.join(checkout, 'npm-cli.js'),
      npm_node_execpath: process.execPath,
    };
    return new Promise((resolve) => {
      const child = execFile(process.execPath, ['scripts/setup.mjs'], { cwd: checkout, env }, (_error, out, err) =>
        resolve({ code: child.exitCode ?? -1, said: out + err }),
      );
    });
  }

  function calls(): string[] {
    return readFileSync(path.join(checkout, 'calls'), 'utf8').trim().split('\n');
  }

  function write(file: string, text: string): void {
    writeFileSync(path.join(checkout, file), text);
  }
});

interface Locked {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('package-lock.json', () => {
  const packages: Readonly<Record<string, Locked>> = JSON.parse(
    readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'),
  ).packages;

  it('knows the packages of every system, not only of the one it was written on: npm ci refuses it otherwise', () => {
    const missing = Object.entries(packages).flatMap(([at, locked]) =>
      Object.keys(locked.optionalDependencies ?? {}).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${at}/node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });
});
