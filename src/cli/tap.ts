/**
 * `tap -`: the server, listening to a recording that comes by standard input.
 */
import { fstatSync } from 'node:fs';
import { Command } from 'commander';
import { App } from '../app/app.ts';
import { OwnerError } from '../problems/errors.ts';
import { FAILED, type Io } from './io.ts';
import { finished, logFor, openOutput, readConfig, type ServeFlags, stopAtSignal } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

const HELP = `
Does all that serve does, and hears what batteries say to the vendor in the recording that comes by standard input while it is made.
Nothing is ever sent. It ends when standard input does, with exit code 1: have whatever started it start both again.
A recording that is finished is for import, or decode.

Example:
  ssh root@router tcpdump -i br-lan -U -s 0 -w - tcp port 7777 | alphaess-local tap -`;

export function tapCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('tap')
    .description('serve, hearing what batteries say to the vendor, from a recording by standard input')
    .argument('<input>', '- for standard input')
    .addOption(settingOption('battery.listen'))
    .addOption(settingOption('web.listen'))
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addHelpText('after', HELP)
    .action(async (input: string, flags: ServeFlags) => finish(await tap(input, flags, io)));
}

async function tap(input: string, flags: ServeFlags, io: Io): Promise<number> {
  if (input !== '-') throw new OwnerError('USAGE', 'tap listens to standard input alone: give - for it');
  if (isFile(io.stdin))
    throw new OwnerError(
      'USAGE',
      'standard input is a file: tap dates by the clock what it hears now; decode reads files, and import keeps what is in them',
    );
  const config = readConfig(flags, io);
  const output = openOutput(io);
  const app = new App(config, logFor(config, io, output), output, bytesOf(io));
  const stopped = stopAtSignal(app, io);
  await app.start();
  const hasEnded = await Promise.race([stopped.then(() => false), app.inputEnded.then(() => true)]);
  if (hasEnded) await app.stop();
  const code = await finished(output, io);
  return hasEnded ? FAILED : code;
}

async function* bytesOf({ stdin }: Io): AsyncGenerator<Uint8Array> {
  for await (const chunk of stdin) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

function isFile(stdin: Io['stdin']): boolean {
  const { fd } = stdin as { readonly fd?: unknown };
  return typeof fd === 'number' && fstatSync(fd).isFile();
}
