/**
 * The commands and how they end: 0 fine, 1 failed, 2 asked wrongly; errors on stderr in one sentence.
 */
import { Command, CommanderError } from 'commander';
import { version } from '../app/version.ts';
import { visibleLines } from '../privacy/visible.ts';
import { OwnerError, toOwnerError } from '../problems/errors.ts';
import { backupCommand } from './backup.ts';
import { bundleCommand } from './bundle.ts';
import { clockCommand } from './clock.ts';
import { controlCommand } from './control.ts';
import { decodeCommand } from './decode.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { experimentCommand } from './experiment.ts';
import { exportCommand } from './export.ts';
import { forgetCommand } from './forget.ts';
import { HELP_WORDS, inColumns } from './help.ts';
import { importCommand } from './import.ts';
import { FAILED, FINE, type Io, OutputError } from './io.ts';
import { leaveCommand } from './leave.ts';
import { refuseFlagsKeptByNpm, startedByNpm } from './npm.ts';
import { passwordCommand } from './password.ts';
import { recordCommand } from './record.ts';
import { redateCommand } from './redate.ts';
import { replayCommand } from './replay.ts';
import { restoreCommand } from './restore.ts';
import { scheduleCommand } from './schedule.ts';
import { serveCommand } from './serve.ts';
import { simulateCommand } from './simulate.ts';
import { tapCommand } from './tap.ts';
import { trustCommand } from './trust.ts';

const USAGE_ERROR = 2;

/** In the order of the help. */
const COMMANDS = [
  serveCommand,
  tapCommand,
  recordCommand,
  exportCommand,
  backupCommand,
  restoreCommand,
  decodeCommand,
  replayCommand,
  simulateCommand,
  demoCommand,
  passwordCommand,
  trustCommand,
  controlCommand,
  scheduleCommand,
  leaveCommand,
  experimentCommand,
  forgetCommand,
  clockCommand,
  doctorCommand,
  redateCommand,
  importCommand,
  bundleCommand,
];

/** Runs one command. @returns the exit code */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code = FINE;
  const finish = (result: number) => {
    code = result;
  };
  const program = buildProgram(io, finish);
  try {
    // Before its value, which npm hands over as a word of its own, is taken for an argument.
    refuseFlagsKeptByNpm(io.environment);
    refuseUnknown(argv[0], program);
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return endWith(error, program, io);
  }
}

function buildProgram(io: Io, finish: (code: number) => void): Command {
  const program = new Command('alphaess-local')
    .description('A server in your house that an AlphaESS home battery talks to instead of www.alphaess.com.')
    .version(version())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(inColumns(text)),
      writeErr: (text) => io.stderr.write(asTyped(visibleLines(text), program, io)),
    })
    .configureHelp(HELP_WORDS);
  for (const command of COMMANDS) {
    const made = command(io, finish);
    for (const each of [made, ...made.commands]) {
      each.exitOverride().copyInheritedSettings(program);
      each.configureOutput({ outputError: (text, write) => write(usageSentence(text, nameOf(each))) });
    }
    program.addCommand(made, { isDefault: made.name() === 'serve' });
  }
  return program;
}

/** `control hold` */
function nameOf(command: Command): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : `${nameOf(parent)} ${command.name()}`;
}

/** Commander's words, which may have a line for what was perhaps meant, on one line that says where to look. */
function usageSentence(text: string, command: string): string {
  const words = text
    .trim()
    .replace(/^error: /, '')
    .replace(/\n/g, ' ');
  return `alphaess-local: ${words} [USAGE]${words.endsWith('.') ? ' See' : ': see'} alphaess-local ${command} --help\n`;
}

/** Said here because the default command would take the word for an argument of its own, and say so. */
function refuseUnknown(word: string | undefined, program: Command): void {
  if (word === undefined || word.startsWith('-') || word === 'help') return;
  const known = program.commands.map((command) => command.name());
  if (known.includes(word)) return;
  throw new OwnerError('USAGE', `there is no command ${word}; there are: ${known.join(', ')}`);
}

function endWith(error: unknown, program: Command, io: Io): number {
  // Commander has said what was wrong already; asking for help is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? FINE : USAGE_ERROR;
  const { code, sentence } = error instanceof OutputError ? endingOf(error.cause) : endingBy(error);
  io.stderr.write(asTyped(sentence, program, io));
  return code;
}

function endingBy(error: unknown): { code: number; sentence: string } {
  const owner = toOwnerError(error);
  if (owner !== null) return { code: owner.exitCode, sentence: visibleLines(`alphaess-local: ${withCode(owner)}\n`) };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const sentence = visibleLines(
    `alphaess-local: this is a mistake of ours, please report it [COMMAND_MISTAKE]: ${text}\n`,
  );
  return { code: FAILED, sentence };
}

/** At the end, but in front where the sentence ends with a command to copy; a server's answer has a code of its own. */
function withCode({ message, code }: OwnerError): string {
  if (/ \[[A-Z0-9_]+\]$/.test(message)) return message;
  return message.includes(': alphaess-local ') ? `[${code}] ${message}` : `${message} [${code}]`;
}

/** A command that a sentence says to type, as it must be typed here: npm, which starts it in a checkout, puts it on no path. */
function asTyped(sentence: string, program: Command, { environment }: Io): string {
  const names = program.commands.map((command) => command.name()).join('|');
  const asNpm = sentence.replaceAll(new RegExp(`(?<=\\s)alphaess-local (?=(?:${names})\\b)`, 'g'), 'npx $&');
  return asNpm !== sentence && startedByNpm(environment) ? asNpm : sentence;
}

/** How a command ends whose standard output cannot be written. Whoever reads no more (`… | head`) has all he wanted. */
export function endingOf(error: unknown): { code: number; sentence: string } {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EPIPE') return { code: FINE, sentence: '' };
  const reason = code === 'ENOSPC' ? 'its disk is full: make room' : message.split(',')[0];
  return endingBy(new OwnerError('STDOUT_FAILED', `standard output cannot be written: ${reason}`));
}
