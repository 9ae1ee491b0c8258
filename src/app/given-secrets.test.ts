import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { temporaryFolder } from '../../test/records.ts';
import { sha256 } from '../web/access/secrets.ts';
import { givenSecrets } from './given-secrets.ts';

const TOKEN = 'q7-'.repeat(11);
const HASH = '0123456789abcdef'.repeat(4);

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, text);
  return file;
}

const given = (web: object) => givenSecrets(configOf({ web }).web);

it('nothing is given where nothing is set', () => {
  expect(given({})).toEqual({ passwords: {}, tokens: [], isAny: false });
});

it('passwords are given as they are or in files, for each role', () => {
  const file = fileWith('correct horse 7\n');
  expect(given({ password_file: file, view_password: 'just looking' })).toEqual({
    passwords: { control: 'correct horse 7', view: 'just looking' },
    tokens: [],
    isAny: true,
  });
});

it('tokens are given by their hash, or in files as they are', () => {
  const file = fileWith(`${TOKEN}\n`);
  const { tokens, isAny } = given({
    tokens: [`a:control:${HASH}`],
    token_files: { grafana: file, planner: `control:${file}` },
  });
  expect([tokens, isAny]).toEqual([
    [
      { name: 'a', role: 'control', sha256: HASH },
      { name: 'grafana', role: 'view', sha256: sha256(TOKEN) },
      { name: 'planner', role: 'control', sha256: sha256(TOKEN) },
    ],
    true,
  ]);
});

describe('is refused, by the setting and never by what is in it:', () => {
  it.each([
    [
      'a short password',
      () => ({ password: 'horse 7' }),
      'PASSWORD_UNFIT',
      'web.password: a password has 8 to 1024 characters',
    ],
    [
      'a short one in a file',
      () => ({ view_password_file: fileWith('horse 7') }),
      'PASSWORD_UNFIT',
      'web.view_password_file: ',
    ],
    ['one of 1,025 letters', () => ({ password: 'x'.repeat(1025) }), 'PASSWORD_UNFIT', 'web.password: '],
    ['an empty file', () => ({ password_file: fileWith('\n') }), 'FILE_UNREADABLE', 'web.password_file: '],
    [
      'no file',
      () => ({ password_file: '/nowhere/page' }),
      'FILE_UNREADABLE',
      'web.password_file: /nowhere/page cannot be read',
    ],
    ['a short token', () => ({ token_files: { a: fileWith('horse7') } }), 'PASSWORD_UNFIT', 'web.token_files.a: '],
    [
      'two lines',
      () => ({ token_files: { a: fileWith(`${TOKEN}\n${TOKEN}`) } }),
      'PASSWORD_UNFIT',
      'web.token_files.a: ',
    ],
    ['no file of a token', () => ({ token_files: { a: '/nowhere/a' } }), 'FILE_UNREADABLE', 'web.token_files.a: '],
  ])('%s', (_what, web, code, sentence) => {
    const message = expect.stringMatching(new RegExp(`^${sentence}(?!.*horse)`));
    expect(() => given(web())).toThrow(expect.objectContaining({ code, message }));
  });
});
