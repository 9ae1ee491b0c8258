/**
 * `forget`: removes a battery with everything of it. On the running server, or on its data where none runs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { forgetAlone } from '../app/battery-forgetter.ts';
import { OwnerError } from '../problems/errors.ts';
import { placeOf } from '../store/backup/way-back.ts';
import { readerSource } from '../store/reader-source.ts';
import { FAILED, FINE, type Io, readLine, write } from './io.ts';
import { onServerOrStore, type RunningServer } from './running-server.ts';
import { readConfig } from './serve.ts';

interface ForgetFlags {
  readonly yes?: boolean;
  readonly data?: string;
  readonly config?: string;
}

/** What is to be forgotten. */
interface KeptRows {
  readonly id: string;
  /** Its id, and its name where its owner gave one. */
  readonly shown: string;
  /** What there is of it, a line each. */
  readonly lines: readonly string[];
}

/** What came of it. */
interface ForgetOutcome {
  readonly removed: NonNullable<ReturnType<typeof forgetAlone>>['removed'];
  /** Topics that the broker is still to clear. */
  readonly topicsLeft: number;
  readonly connectionsClosed: number;
}

const LOOK_MS = 200;
/** A broker that is there clears its topics in less, ms. */
const BROKER_MS = 5000;
/** Of so many serial numbers it is looked what is kept apart. */
const MOST_HELD = 100_000;

export function forgetCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('forget')
    .description('remove a battery with everything that is kept of it')
    .argument('<id>', 'the battery, by id or name')
    .option('--yes', 'do not ask')
    .option('--data <dir>', 'where everything is kept (default ./data)')
    .option('--config <file>', 'configuration (default alphaess-local.yaml, where there is one)')
    .addHelpText(
      'after',
      '\nBackups still contain it; InfluxDB, PVOutput and the histories of other programs keep what they were given.' +
        '\nA battery that goes on speaking comes back as a new one.' +
        '\n\nExample:\n  alphaess-local forget b3f1c2',
    )
    .action(async (id: string, flags: ForgetFlags) => finish(await forget(id, flags, io)));
}

async function forget(wanted: string, flags: ForgetFlags, io: Io): Promise<number> {
  const { data, battery } = readConfig(flags, io);
  const kept = await keptOf(data, wanted, battery.names);
  if (flags.yes !== true && !(await isMeant(kept, await isConnected(data, kept.id), io))) {
    await write(io.stderr, 'nothing was changed\n');
    return FAILED;
  }
  const forgotten = await onServerOrStore(data, {
    ask: (server) => askedOf(server, kept.id),
    alone: (store) => ({ ...(forgetAlone(store, kept.id) ?? unknown(wanted, [])), connectionsClosed: 0 }),
  });
  await write(io.stdout, textOf(kept.shown, forgotten));
  return FINE;
}

/** @throws OwnerError BATTERY_UNKNOWN */
async function keptOf(folder: string, wanted: string, names: Readonly<Record<string, string>>): Promise<KeptRows> {
  const reader = await readerSource(placeOf(folder)).openReader();
  try {
    const held = (await reader.heldCounts(MOST_HELD)).map(({ owner, rows, firstMs, newestMs }) => ({
      id: owner.id,
      line: `${some(rows, 'readings kept apart')}, come from ${iso(firstMs)} to ${iso(newestMs)}`,
    }));
    const ids = [...new Set([...(await reader.owners('all')), ...held].map(({ id }) => id))];
    const show = (id: string) => (names[id] === undefined ? id : `${id} (${names[id]})`);
    const id = ids.find((one) => one === wanted || names[one] === wanted) ?? unknown(wanted, ids.map(show));
    const readings = (await reader.extents(id)).map(({ kind, rows, from, to }) => {
      const when = from === null || to === null ? 'without a date' : `from ${iso(from * 1000)} to ${iso(to * 1000)}`;
      return `${some(rows, KINDS[kind])}, ${when}`;
    });
    return {
      id,
      shown: show(id),
      lines: [...readings, ...held.filter((one) => one.id === id).map(({ line }) => line)],
    };
  } finally {
    await reader.close();
  }
}

/** @throws OwnerError BATTERY_UNKNOWN */
function unknown(wanted: string, known: readonly string[]): never {
  const list = known.slice(0, SHORT_LIST).join(', ') + (known.length > SHORT_LIST ? ' …' : '');
  throw new OwnerError('BATTERY_UNKNOWN', `there is no battery ${wanted}: there is ${list === '' ? 'none yet' : list}`);
}

const SHORT_LIST = 20;

function isConnected(folder: string, id: string): Promise<boolean> {
  return onServerOrStore(folder, {
    ask: async (server) => {
      const batteries = (await server.ask('GET', 'api/batteries')) as { id: string; connected: boolean }[];
      return batteries.some((battery) => battery.id === id && battery.connected);
    },
    alone: () => false,
  });
}

/** @throws OwnerError USAGE where nobody can be asked */
async function isMeant({ shown, lines }: KeptRows, connected: boolean, io: Io): Promise<boolean> {
  if ((io.stdin as { isTTY?: boolean }).isTTY !== true)
    throw new OwnerError('USAGE', 'forgetting cannot be undone: give --yes where nobody can be asked');
  const question = [
    `${shown} has`,
    ...(lines.length === 0 ? ['no readings'] : lines).map((line) => `  ${line}`),
    ...(connected ? ['It is connected now: its connection is closed, and it will come back as a new battery.'] : []),
    'All of it, with its events, configurations, energy, changes of its settings and schedules, is removed from here for good.',
    'Backups still contain it; InfluxDB and other outputs keep what they were given.',
    `Type yes to forget ${shown}: `,
  ];
  await write(io.stderr, question.join('\n'));
  return (await readLine(io)).trim().toLowerCase() === 'yes';
}

/** Waits until nothing is left of it, and for a while until the broker has cleared its topics. */
async function askedOf(server: RunningServer, id: string): Promise<ForgetOutcome> {
  const begun = await server.ask('DELETE', `api/batteries/${encodeURIComponent(id)}`);
  const { number, connections_closed: connectionsClosed } = begun as { number: number; connections_closed: number };
  for (let brokerUntil: number | null = null; ; await sleep(LOOK_MS)) {
    const answer = await server.ask('GET', `api/forgotten?number=${number}`);
    const { done, removed, topics_left: topicsLeft } = answer as State;
    if (!done) continue;
    brokerUntil ??= performance.now() + BROKER_MS;
    if (topicsLeft === 0 || performance.now() >= brokerUntil) return { removed, topicsLeft, connectionsClosed };
  }
}

interface State {
  readonly done: boolean;
  readonly removed: ForgetOutcome['removed'];
  readonly topics_left: number;
}

const KINDS: Readonly<Record<keyof ForgetOutcome['removed'], string>> = {
  live: 'live readings',
  detail: 'detail readings',
  history: 'minutes of history',
  undated: 'readings without a date',
  held: 'readings kept apart',
  waiting: 'readings that waited for outputs',
  events: 'events',
  configurations: 'configurations',
  frames: 'frames',
  epochs: 'changes of its clock',
  gaps: 'gaps',
  peers: 'peers',
  changes: 'changes of its settings',
  schedules: 'its schedules',
};

function textOf(shown: string, { removed, topicsLeft, connectionsClosed }: ForgetOutcome): string {
  const parts = (Object.entries(KINDS) as [keyof typeof KINDS, string][]).flatMap(([what, words]) => {
    const rows = removed[what] ?? 0;
    if (rows === 0) return [];
    // One row holds all schedules of a battery.
    return [what === 'schedules' ? words : some(rows, words)];
  });
  const lines = [
    `${shown} is forgotten; removed: ${parts.length === 0 ? 'nothing but its name' : parts.join(', ')}`,
    ...(connectionsClosed === 0 ? [] : ['its connection was closed: if it speaks again, it is a new battery']),
    ...(topicsLeft === 0 ? [] : [`${topicsLeft} topics at the MQTT broker are cleared once the server reaches it`]),
    'backups still contain it; InfluxDB and other outputs keep what they were given',
  ];
  return `${lines.join('\n')}\n`;
}

function some(rows: number, words: string): string {
  return `${rows.toLocaleString('en-GB')} ${rows === 1 ? ofOne(words) : words}`;
}

/** `readings kept apart` → `reading kept apart`: the first plural is the thing counted. */
function ofOne(words: string): string {
  return words.replace(/(readings|minutes|changes)\b|s$/, (plural) => plural.slice(0, -1));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
