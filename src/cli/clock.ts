/**
 * `clock`: whether the server's own clock is believed, so that what is too old is removed; and the owner's word for it.
 */
import { Command } from 'commander';
import { OwnerError } from '../problems/errors.ts';
import { confirmForNextStart } from '../store/sqlite/clock/retention-clock.ts';
import { FAILED, FINE, type Io, write } from './io.ts';
import { onServerOrStore } from './running-server.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface ClockFlags {
  readonly data?: string;
  readonly config?: string;
  readonly confirm?: boolean;
}

const BELIEVED = 'the server’s own clock is believed: what is too old is removed';
const TOO_EARLY = 'this machine’s clock shows a time before this program was written: set it right first';

export function clockCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('clock')
    .description('whether the server’s own clock is believed, by which what is too old is removed')
    .option('--confirm', 'it is right as it is: the server was off for so long')
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addHelpText('after', '\nExample:\n  alphaess-local clock --confirm')
    .action(async (flags: ClockFlags) => finish(await clock(flags, io)));
}

async function clock(flags: ClockFlags, io: Io): Promise<number> {
  const { data } = readConfig(flags, io);
  const doubt = await onServerOrStore(data, flags.confirm === true ? CONFIRMING : ASKING);
  await write(io.stdout, `${doubt ?? BELIEVED}\n`);
  return flags.confirm === true && doubt !== null ? FAILED : FINE;
}

type ClockWork = Parameters<typeof onServerOrStore<string | null>>[1];

const ASKING: ClockWork = {
  ask: async (server) => doubtIn(await server.ask('GET', 'api/clock')),
  alone: () => {
    throw new OwnerError(
      'SERVER_UNREACHABLE',
      'no server runs on that folder, and a server judges its clock when it starts: start it, or give --data',
    );
  },
};

const CONFIRMING: ClockWork = {
  ask: async (server) => doubtIn(await server.ask('POST', 'api/clock', { confirm: true })),
  // For the next start, as the clock is now.
  alone: (store) => (confirmForNextStart(store, Date.now()) ? null : TOO_EARLY),
};

function doubtIn(answer: unknown): string | null {
  return (answer as { doubt: string | null }).doubt;
}
