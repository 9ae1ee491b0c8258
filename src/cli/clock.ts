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
  const { doubt, unconfirmed } = await onServerOrStore(data, flags.confirm === true ? CONFIRMING : ASKING);
  await write(io.stdout, `${doubt ?? BELIEVED}\n`);
  if (unconfirmed.length > 0) await write(io.stdout, `${unconfirmedSentence(unconfirmed)}\n`);
  return flags.confirm === true && doubt !== null ? FAILED : FINE;
}

/** What is known of the clock. */
interface ClockAnswer {
  /** Why it is not believed; null where it is. */
  readonly doubt: string | null;
  /** Names of batteries whose clocks were measured by it while nothing had confirmed it. */
  readonly unconfirmed: readonly string[];
}

function unconfirmedSentence(names: readonly string[]): string {
  return (
    `unconfirmed: the clock of ${names.join(', ')}, measured while nothing said that the server’s own is right; ` +
    'readings are dated anew when that is set'
  );
}

type ClockWork = Parameters<typeof onServerOrStore<ClockAnswer>>[1];

const ASKING: ClockWork = {
  ask: async (server) => ({
    doubt: doubtIn(await server.ask('GET', 'api/clock')),
    unconfirmed: unconfirmedIn(await server.ask('GET', 'api/batteries')),
  }),
  alone: () => {
    throw new OwnerError(
      'SERVER_UNREACHABLE',
      'no server runs on that folder, and a server judges its clock when it starts: start it, or give --data',
    );
  },
};

const CONFIRMING: ClockWork = {
  ask: async (server) => ({
    doubt: doubtIn(await server.ask('POST', 'api/clock', { confirm: true })),
    unconfirmed: [],
  }),
  // For the next start, as the clock is now.
  alone: (store) => ({ doubt: confirmForNextStart(store, Date.now()) ? null : TOO_EARLY, unconfirmed: [] }),
};

function unconfirmedIn(answer: unknown): string[] {
  const batteries = answer as readonly { name: string; clock: { unconfirmed: boolean } | null }[];
  return batteries.flatMap(({ name, clock }) => (clock?.unconfirmed === true ? [name] : []));
}

function doubtIn(answer: unknown): string | null {
  return (answer as { doubt: string | null }).doubt;
}
