/**
 * `trust`: who speaks for each battery, and the owner's word on it. On the running server, or on its data where none runs.
 */
import { Command } from 'commander';
import { deskOf, type PeersOf, type TrustAction, TrustError } from '../app/trust-desk.ts';
import { counted } from '../counted.ts';
import type { Instant } from '../model.ts';
import { OwnerError } from '../problems/errors.ts';
import { placeOf } from '../store/backup/way-back.ts';
import type { StoreReader } from '../store/reader.ts';
import { readerSource } from '../store/reader-source.ts';
import { FINE, type Io, write } from './io.ts';
import { wholeNumber } from './options.ts';
import { onServerOrStore } from './running-server.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface TrustFlags {
  readonly swap?: boolean;
  readonly refuse?: boolean;
  readonly adopt?: boolean;
  readonly peer?: number;
  readonly private?: boolean;
  readonly data?: string;
  readonly config?: string;
}

/** As the interface tells it. */
interface ShownTrust {
  readonly batteries: readonly {
    readonly battery: string;
    readonly peers: readonly {
      readonly peer: number;
      readonly address: string;
      readonly standing: string;
      readonly since: string;
      readonly logged_in: boolean;
      readonly conflicts: number;
      readonly last_conflict_at: string | null;
    }[];
  }[];
  readonly held: readonly {
    readonly battery: string;
    readonly why: string;
    readonly peer: number | null;
    readonly rows: number;
    readonly first_at: string;
    readonly newest_at: string;
  }[];
}

const MOST_HELD = 1000;

export function trustCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('trust')
    .description('who speaks for each battery; and say whom to believe where two do')
    .argument('[id]', 'the battery, by id or name')
    .option('--swap', 'believe the other peer from now on, and adopt what it has sent; the first is refused')
    .option('--refuse', 'never believe the other peer')
    .option('--adopt', 'make what is kept apart readings of the battery')
    .option('--peer <number>', 'which peer, where there are several', wholeNumber(1))
    .option('--private', 'with addresses')
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addHelpText('after', '\nExamples:\n  alphaess-local trust\n  alphaess-local trust b3f1c2 --swap')
    .action(async (id: string | undefined, flags: TrustFlags) => finish(await trust(id, flags, io)));
}

async function trust(idOrName: string | undefined, flags: TrustFlags, io: Io): Promise<number> {
  const action = actionOf(flags);
  const { data, battery } = readConfig(flags, io);
  const named = Object.entries(battery.names).find(([, name]) => name === idOrName)?.[0];
  const id = named ?? idOrName;
  if (action !== null && id === undefined)
    throw new OwnerError('USAGE', `--${action} needs the battery: alphaess-local trust ID --${action}`);
  if (action !== null) await decide(data, { battery: id as string, action, peer: flags.peer ?? null });
  const shown = await shownOf(data);
  await write(io.stdout, textOf(shown, id, flags.private === true, battery.names));
  return FINE;
}

function actionOf(flags: TrustFlags): TrustAction | null {
  const actions = (['swap', 'refuse', 'adopt'] as const).filter((one) => flags[one] === true);
  if (actions.length > 1) throw new OwnerError('USAGE', `give one of --${actions.join(' and --')}`);
  return actions[0] ?? null;
}

interface TrustCommand {
  readonly battery: string;
  readonly action: TrustAction;
  readonly peer: number | null;
}

async function decide(folder: string, { battery, action, peer }: TrustCommand): Promise<void> {
  await onServerOrStore(folder, {
    ask: (server) => server.ask('POST', 'api/trust', { battery, action, ...(peer === null ? {} : { peer }) }),
    alone: async (store) => {
      try {
        await deskOf(store, now).decide(battery, action, peer);
      } catch (error) {
        if (error instanceof TrustError) throw new OwnerError('BATTERY_UNKNOWN', error.message, error);
        throw error;
      }
    },
  });
}

function shownOf(folder: string): Promise<ShownTrust> {
  return onServerOrStore(folder, {
    ask: (server) => server.ask('GET', 'api/trust') as Promise<ShownTrust>,
    alone: async (store) => {
      const reader = await readerSource(placeOf(folder)).openReader();
      try {
        return { batteries: Array.from(await deskOf(store, now).all(), batteryOf), held: await heldOf(reader) };
      } finally {
        await reader.close();
      }
    },
  });
}

function batteryOf({ battery, peers }: PeersOf): ShownTrust['batteries'][number] {
  return {
    battery,
    peers: peers.map(({ number, address, standing, sinceMs, login, conflicts, conflictMs }) => ({
      peer: number,
      address: address.reveal(),
      standing,
      since: iso(sinceMs),
      logged_in: login !== null,
      conflicts,
      last_conflict_at: conflictMs === null ? null : iso(conflictMs),
    })),
  };
}

async function heldOf(reader: StoreReader): Promise<ShownTrust['held']> {
  return (await reader.heldCounts(MOST_HELD)).map(({ owner, why, peer, rows, firstMs, newestMs }) => ({
    battery: owner.id,
    why,
    peer,
    rows,
    first_at: iso(firstMs),
    newest_at: iso(newestMs),
  }));
}

const STANDINGS: Readonly<Record<string, string>> = { trusted: 'trusted', other: 'not trusted', refused: 'refused' };

/** One line a peer, and one for what is held of nobody known. */
function textOf(
  shown: ShownTrust,
  id: string | undefined,
  withPrivate: boolean,
  names: Readonly<Record<string, string>>,
): string {
  const known = new Set(shown.batteries.map(({ battery }) => battery));
  const isWanted = (battery: string) => id === undefined || battery === id;
  const lines: string[] = [];
  for (const { battery, peers } of shown.batteries.filter((one) => isWanted(one.battery))) {
    lines.push(names[battery] === undefined ? battery : `${battery} (${names[battery]})`);
    if (peers.length === 0) lines.push('  nobody yet: the first that delivers is trusted');
    for (const { peer, address, standing, since, logged_in: login, conflicts } of peers) {
      const held = shown.held.find((one) => one.battery === battery && one.peer === peer)?.rows ?? 0;
      const parts = [
        `  peer ${peer}: ${STANDINGS[standing] ?? standing} since ${since}`,
        ...(withPrivate ? [`from ${address}`] : []),
        login ? 'logged in' : 'never logged in',
        counted(conflicts, 'conflict'),
        `${counted(held, 'reading')} kept apart`,
      ];
      lines.push(parts.join(', '));
    }
  }
  for (const { battery, why, rows, first_at: from, newest_at: to } of shown.held) {
    if (why !== 'newcomer' || known.has(battery) || !isWanted(battery)) continue;
    lines.push(battery, `  no battery yet: ${counted(rows, 'reading')} kept apart, from ${from} to ${to}`);
  }
  if (lines.length === 0) return id === undefined ? 'no battery was heard yet\n' : `nothing is known of ${id}\n`;
  return `${lines.join('\n')}\n`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function now(): Instant {
  return { wallMs: Date.now(), monoMs: performance.now() };
}
