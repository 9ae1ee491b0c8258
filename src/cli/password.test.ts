import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FakeIo, run } from '../../test/io.ts';
import { temporaryFolder } from '../../test/records.ts';
import { isPassword, PASSWORD_FILE, readSecrets, sha256 } from '../web/access/secrets.ts';
import { main } from './main.ts';

const SECRET = 'correct horse 7';
const set = (data: string, stdin = `${SECRET}\n`, ...flags: string[]) =>
  run(['password', '--data', data, ...flags], { stdin });

/** A person at a terminal: types what stands in `keys`, line by line, when asked. */
class Person extends PassThrough {
  readonly isTTY = true;
  readonly modes: boolean[] = [];
  readonly #keys: string[];

  constructor(keys: readonly string[]) {
    super();
    this.#keys = [...keys];
  }

  setRawMode(raw: boolean): void {
    this.modes.push(raw);
    if (raw) setImmediate(() => this.write(this.#keys.shift() ?? '\u0003'));
  }
}

async function typing(data: string, ...keys: string[]) {
  const person = new Person(keys);
  const io = Object.assign(new FakeIo(), { stdin: person });
  const code = await main(['password', '--data', data], io);
  return { code, out: io.stdout.text, err: io.stderr.text, modes: person.modes };
}

describe('a password', () => {
  it('is kept as a hash that only its user can read', async () => {
    const data = join(temporaryFolder(), 'new');
    expect(await set(data)).toMatchObject({ code: 0, out: expect.stringContaining('for control is set') });
    const file = join(data, PASSWORD_FILE);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain('horse');
    const { control } = readSecrets(data).passwords;
    expect(control && (await isPassword(SECRET, control))).toBe(true);
    expect(control && (await isPassword(`${SECRET} `, control))).toBe(false);
  });

  it('is one for each role, and can be removed', async () => {
    const data = temporaryFolder();
    await set(data);
    await set(data, 'just looking', '--role', 'view');
    expect(Object.keys(readSecrets(data).passwords).sort()).toEqual(['control', 'view']);
    await set(data, '', '--remove', '--role', 'view');
    expect(Object.keys(readSecrets(data).passwords)).toEqual(['control']);
  });

  it('that the configuration gives is changed there', async () => {
    const data = temporaryFolder();
    const environment = { ALPHAESS_LOCAL_WEB_PASSWORD_FILE: '/run/secrets/page' };
    const { code, err } = await run(['password', '--data', data], { stdin: `${SECRET}\n`, environment });
    expect([code, err]).toEqual([2, expect.stringContaining('is that of web.password_file: change it there')]);
    expect(readSecrets(data).passwords).toEqual({});
    const guest = await run(['password', '--data', data, '--role', 'view'], { stdin: `${SECRET}\n`, environment });
    expect([guest.code, Object.keys(readSecrets(data).passwords)]).toEqual([0, ['view']]);
  });

  it('is the first line of what is no terminal, and not too short', async () => {
    const data = temporaryFolder();
    expect(await set(data, 'seven77\r\nmore\n')).toMatchObject({ code: 2, err: expect.stringContaining('8 to 1024') });
    expect(await set(data, 'x'.repeat(1025))).toMatchObject({ code: 2 });
    expect(readSecrets(data).passwords).toEqual({});
  });

  it('cannot be removed where there is none', async () => {
    expect(await set(temporaryFolder(), '', '--remove', '--role', 'view')).toMatchObject({
      code: 2,
      err: 'alphaess-local: there is no password for view [USAGE]\n',
    });
  });

  it('is typed twice on a terminal and never shown', async () => {
    const data = temporaryFolder();
    const { code, out, err, modes } = await typing(data, `${SECRET}x\u007f\r`, `${SECRET}\n`);
    expect({ code, modes }).toEqual({ code: 0, modes: [true, false, true, false] });
    expect(out + err).not.toContain('horse');
    const { control } = readSecrets(data).passwords;
    expect(control && (await isPassword(SECRET, control))).toBe(true);
  });

  it('is not changed where it was typed in two ways, or not at all', async () => {
    const data = temporaryFolder();
    expect(await typing(data, `${SECRET}\r`, 'something else\r')).toMatchObject({ code: 2 });
    expect(await typing(data, '\u0003')).toMatchObject({ code: 2, modes: [true, false] });
    expect(readSecrets(data).passwords).toEqual({});
  });

  it.skipIf(process.getuid?.() === 0)('says where it cannot be kept', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    expect(await set(join(folder, 'data'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot be written'),
    });
  });

  it('says that the file is not as it should be', async () => {
    const data = temporaryFolder();
    writeFileSync(join(data, PASSWORD_FILE), '{"version":9}');
    expect(await set(data)).toMatchObject({ code: 1, err: expect.stringContaining('is not as alphaess-local') });
    const other = temporaryFolder();
    mkdirSync(join(other, PASSWORD_FILE));
    expect(await set(other)).toMatchObject({ code: 1, err: expect.stringContaining('cannot be read') });
  });
});

describe('a token', () => {
  it('is shown once and kept as a hash', async () => {
    const data = temporaryFolder();
    const { code, out } = await set(data, '', '--token', 'grafana', '--role', 'view');
    expect(code).toBe(0);
    expect(readSecrets(data).tokens).toEqual([{ name: 'grafana', role: 'view', sha256: sha256(out.trim()) }]);
  });

  it('replaces the one of its name, and can be removed', async () => {
    const data = temporaryFolder();
    await set(data, '', '--token', 'a');
    await set(data, '', '--token', 'a');
    await set(data, '', '--token', 'b');
    expect(readSecrets(data).tokens.map(({ name }) => name)).toEqual(['a', 'b']);
    await set(data, '', '--token', 'a', '--remove');
    expect(readSecrets(data).tokens.map(({ name }) => name)).toEqual(['b']);
    expect(await set(data, '', '--token', 'a', '--remove')).toMatchObject({ code: 2 });
  });

  it('may be kept in the configuration instead', async () => {
    const data = temporaryFolder();
    const { out, err } = await set(data, '', '--token', 'a', '--print');
    expect(err).toContain(`a:control:${sha256(out.trim())}`);
    expect(readSecrets(data).tokens).toEqual([]);
  });

  it('alone is printed', async () => {
    const data = temporaryFolder();
    for (const flags of [['--print'], ['--token', 'a', '--print', '--remove']])
      expect(await set(data, '', ...flags)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringContaining('--print'),
      });
  });

  it('has a name that can stand in the configuration', async () => {
    expect(await set(temporaryFolder(), '', '--token', 'a:b')).toMatchObject({ code: 2 });
  });
});
