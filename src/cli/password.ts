/**
 * `password`: who may see the page from beyond this machine. Passwords for people, tokens for programs; a running server
 * takes note by itself.
 */
import type { Readable } from 'node:stream';
import { Command, Option } from 'commander';
import type { Config } from '../config/load.ts';
import { OwnerError } from '../problems/errors.ts';
import { fileInPlaceOfFolder } from '../system/private-files.ts';
import {
  hashPassword,
  LONGEST_PASSWORD,
  newToken,
  ROLES,
  type Role,
  readSecrets,
  type Secrets,
  SHORTEST_PASSWORD,
  sha256,
  writeSecrets,
} from '../web/access/secrets.ts';
import { FINE, type Io, write } from './io.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface PasswordFlags {
  readonly data?: string;
  readonly config?: string;
  readonly role: Role;
  readonly token?: string;
  readonly print?: boolean;
  readonly remove?: boolean;
}

/** What a terminal in raw mode sends for these keys. */
const CTRL_C = '\u0003';
const BACKSPACES = ['\b', '\u007f'];
const ENTERS = ['\r', '\n', '\u0004'];
const TOKEN_NAME = /^[\w. -]{1,40}$/;

export function passwordCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('password')
    .description('set the password of the page, or make a token for a program')
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addOption(
      new Option('--role <role>', 'what it allows: to look, or to control too').choices(ROLES).default('control'),
    )
    .option('--token <name>', 'make a token for a program of that name, and show it once')
    .option('--print', 'with --token: keep nothing, but print the line for web.tokens')
    .option('--remove', 'remove that password, or with --token that token')
    .addHelpText(
      'after',
      '\nThe password is asked for twice; without a terminal the first line of standard input is taken.' +
        '\n\nExamples:\n  alphaess-local password\n  alphaess-local password --token grafana --role view',
    )
    .action(async (flags: PasswordFlags) => finish(await password(flags, io)));
}

async function password(flags: PasswordFlags, io: Io): Promise<number> {
  if (flags.print && flags.token === undefined) throw new OwnerError('USAGE', '--print is for --token: give both');
  if (flags.print && flags.remove) throw new OwnerError('USAGE', '--print keeps nothing: there is nothing to remove');
  const { data, web } = readConfig(flags, io);
  if (flags.token !== undefined) await changeToken(flags.token, flags, data, io);
  else {
    refuseGiven(flags.role, web);
    await changePassword(flags, data, io);
  }
  return FINE;
}

/** One that is set here would not count. @throws OwnerError USAGE */
function refuseGiven(role: Role, web: Config['web']): void {
  const setting = role === 'control' ? 'password' : 'view_password';
  const given = ([setting, `${setting}_file`] as const).find((name) => web[name] !== null);
  if (given === undefined) return;
  throw new OwnerError('USAGE', `the password for ${role} is that of web.${given}: change it there`);
}

async function changePassword({ role, remove = false }: PasswordFlags, data: string, io: Io): Promise<void> {
  const { [role]: before, ...others } = known(data).passwords;
  if (remove) {
    if (before === undefined) throw new OwnerError('USAGE', `there is no password for ${role}`);
    keep(data, { ...known(data), passwords: others });
    await write(io.stdout, `the password for ${role} is removed\n`);
    return;
  }
  const chosen = await ask(io);
  const passwords = { ...others, [role]: await hashPassword(chosen) };
  keep(data, { ...known(data), passwords });
  await write(io.stdout, `the password for ${role} is set; whoever was logged in must log in again\n`);
}

async function changeToken(name: string, { role, print, remove }: PasswordFlags, data: string, io: Io): Promise<void> {
  if (!TOKEN_NAME.test(name))
    throw new OwnerError('USAGE', 'a token’s name has letters, digits, spaces, dots and dashes, 40 at most');
  const secrets = known(data);
  const others = secrets.tokens.filter((token) => token.name !== name);
  if (remove) {
    if (others.length === secrets.tokens.length) throw new OwnerError('USAGE', `there is no token ${name}`);
    keep(data, { ...secrets, tokens: others });
    await write(io.stdout, `the token ${name} is removed\n`);
    return;
  }
  const token = newToken();
  if (print) io.stderr.write(`for web.tokens: ${name}:${role}:${sha256(token)}\n`);
  else keep(data, { ...secrets, tokens: [...others, { name, role, sha256: sha256(token) }] });
  // Alone on standard output, so that a script can take it.
  io.stderr.write('the token, which is not kept and cannot be shown again:\n');
  await write(io.stdout, `${token}\n`);
}

/** @throws OwnerError WEB_PASSWORD_UNREADABLE */
function known(data: string): Secrets {
  try {
    return readSecrets(data);
  } catch (error) {
    throw new OwnerError('WEB_PASSWORD_UNREADABLE', (error as Error).message, error);
  }
}

/** @throws OwnerError DATA_NOT_WRITABLE */
function keep(data: string, secrets: Secrets): void {
  try {
    writeSecrets(data, secrets);
  } catch (error) {
    const file = fileInPlaceOfFolder(data);
    const sentence =
      file === null
        ? `the data folder ${data} cannot be written: check its permissions`
        : `the data folder cannot be ${data}, since ${file} is a file: give --data a folder`;
    throw new OwnerError('DATA_NOT_WRITABLE', sentence, error);
  }
}

/** @throws OwnerError PASSWORD_UNFIT */
async function ask(io: Io): Promise<string> {
  const first = await oneLine(io, 'New password: ');
  if (first.length < SHORTEST_PASSWORD || first.length > LONGEST_PASSWORD) {
    throw new OwnerError('PASSWORD_UNFIT', `a password has ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`);
  }
  if (isTerminal(io.stdin) && (await oneLine(io, 'The same again: ')) !== first) {
    throw new OwnerError('PASSWORD_UNFIT', 'the two are not the same: nothing was changed');
  }
  return first;
}

/** A terminal's input, which can be told not to show what is typed. */
interface Terminal extends Readable {
  readonly isTTY: true;
  setRawMode(raw: boolean): void;
}

function isTerminal(stream: Readable): stream is Terminal {
  return (stream as Partial<Terminal>).isTTY === true;
}

async function oneLine(io: Io, question: string): Promise<string> {
  const { stdin } = io;
  if (!isTerminal(stdin)) return firstLine(stdin);
  io.stderr.write(question);
  stdin.setRawMode(true);
  try {
    return await typed(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    io.stderr.write('\n');
  }
}

async function firstLine(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('\n')) break;
  }
  return (text.split('\n')[0] as string).replace(/\r$/, '');
}

/** What is typed up to Enter. @throws OwnerError USAGE at Ctrl-C */
function typed(terminal: Terminal): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const done = (end: () => void) => {
      terminal.off('data', hear);
      end();
    };
    const hear = (chunk: Buffer | string) => {
      for (const letter of chunk.toString()) {
        if (letter === CTRL_C) return done(() => reject(new OwnerError('USAGE', 'nothing was changed')));
        if (ENTERS.includes(letter)) return done(() => resolve(text));
        text = BACKSPACES.includes(letter) ? [...text].slice(0, -1).join('') : text + letter;
      }
    };
    terminal.on('data', hear);
    terminal.resume();
  });
}
