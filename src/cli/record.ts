/**
 * `record`: has the running server record what goes over its connections, as files for Wireshark.
 */
import { join } from 'node:path';
import { Command } from 'commander';
import { recordingsFolder } from '../app/recording.ts';
import { counted } from '../counted.ts';
import { OwnerError } from '../problems/errors.ts';
import { FINE, type Io, write } from './io.ts';
import { wholeNumber } from './options.ts';
import { RunningServer } from './running-server.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface RecordFlags {
  readonly data?: string;
  readonly config?: string;
  readonly minutes: number;
  readonly private?: boolean;
}

interface Recordings {
  readonly recording: boolean;
  readonly private: boolean;
  readonly until: string | null;
  readonly frames: number;
  readonly dropped: number;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

const ACTIONS = ['start', 'stop', 'status'] as const;
const MOST_MINUTES = 1440;

const HELP = `
Files are in the folder recordings of the data folder, of mode 600, and open in Wireshark. Private values are replaced and checksums of such
messages computed anew. With --private they are as they were sent: never post such a file.

Example:
  alphaess-local record start --minutes 30
  alphaess-local record stop`;

export function recordCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('record')
    .description('have the running server record what goes over its connections, for Wireshark')
    .argument('[action]', `one of ${ACTIONS.join(', ')}`, 'status')
    .option('--minutes <n>', 'with start: how long', wholeNumber(1, MOST_MINUTES), 10)
    .option('--private', 'with start: as it is sent: with serial numbers, password, addresses')
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addHelpText('after', HELP)
    .action(async (action: string, flags: RecordFlags, command: Command) => {
      const typed = ['minutes', 'private'].filter((name) => command.getOptionValueSource(name) === 'cli');
      if (action !== 'start' && typed.length > 0)
        throw new OwnerError('USAGE', `--${typed[0]} is for record start: ${action} takes none`);
      finish(await record(action, flags, io));
    });
}

async function record(action: string, flags: RecordFlags, io: Io): Promise<number> {
  if (!ACTIONS.some((one) => one === action))
    throw new OwnerError('USAGE', `there is no ${action} of a recording; there are: ${ACTIONS.join(', ')}`);
  const { data } = readConfig(flags, io);
  const server = await RunningServer.of(data);
  if (server === null)
    throw new OwnerError(
      'SERVER_UNREACHABLE',
      'no server runs on that folder, and its connections are recorded: start it, or give --data',
    );
  const answer = (await asked(server, action, flags)) as Recordings;
  await write(io.stdout, told(answer, recordingsFolder(data)));
  return FINE;
}

function asked(server: RunningServer, action: string, { minutes, private: isPrivate }: RecordFlags): Promise<unknown> {
  if (action === 'status') return server.ask('GET', 'api/recordings');
  const order = action === 'stop' ? { action } : { action, minutes, ...(isPrivate === true ? { private: true } : {}) };
  return server.ask('POST', 'api/recordings', order);
}

function told({ recording, until, frames, dropped, files, ...more }: Recordings, folder: string): string {
  const kind = more.private ? 'with private values' : 'without private values';
  const state = recording ? `recording until ${until}, ${kind}` : 'not recording';
  const lost = dropped === 0 ? '' : `, ${dropped} dropped`;
  const lines = files.map(({ name, bytes }) => `${join(folder, name)}  ${Math.ceil(bytes / 1000)} kB`);
  return [`${state}: ${counted(frames, 'message')}${lost}`, ...lines, ''].join('\n');
}
