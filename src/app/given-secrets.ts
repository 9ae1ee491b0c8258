/**
 * Passwords and tokens of the page that the configuration gives, as they are or in files: for a first start that nobody watches.
 */
import type { Config } from '../config/load.ts';
import { OwnerError } from '../problems/errors.ts';
import { secretFrom } from '../sinks/secret-file.ts';
import { LONGEST_PASSWORD, type Role, SHORTEST_PASSWORD, sha256, type Token } from '../web/access/secrets.ts';

export interface GivenSecrets {
  readonly passwords: Readonly<Partial<Record<Role, string>>>;
  readonly tokens: readonly Token[];
  /** Whether there is any. */
  readonly isAny: boolean;
}

/** What a request may show; shorter ones are guessed. */
const TOKEN = /^[\w-]{32,200}$/;

/** @throws OwnerError FILE_UNREADABLE, PASSWORD_UNFIT */
export function givenSecrets(web: Config['web']): GivenSecrets {
  const passwords = {
    ...passwordOf('control', web.password, web.password_file, 'web.password'),
    ...passwordOf('view', web.view_password, web.view_password_file, 'web.view_password'),
  };
  const tokens = [...web.tokens, ...Object.entries(web.token_files).map(([name, at]) => tokenIn(name, at))];
  return { passwords, tokens, isAny: Object.keys(passwords).length + tokens.length > 0 };
}

function passwordOf(role: Role, value: string | null, file: string | null, setting: string): GivenSecrets['passwords'] {
  const where = file === null ? setting : `${setting}_file`;
  const password = secretFrom(value, file, where);
  if (password === null) return {};
  if (password.length >= SHORTEST_PASSWORD && password.length <= LONGEST_PASSWORD) return { [role]: password };
  throw new OwnerError(
    'PASSWORD_UNFIT',
    `${where}: a password has ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`,
  );
}

function tokenIn(name: string, { role, file }: { readonly role: Role; readonly file: string }): Token {
  const setting = `web.token_files.${name}`;
  const text = secretFrom(null, file, setting) ?? '';
  if (TOKEN.test(text)) return { name, role, sha256: sha256(text) };
  throw new OwnerError('PASSWORD_UNFIT', `${setting}: ${file} holds no token of 32 to 200 letters and digits`);
}
