/**
 * `schedule`: what is wanted of a battery at which times, by windows and by prices, on the running server.
 */
import { Command } from 'commander';
import { OwnerError } from '../problems/errors.ts';
import { FINE, type Io, write } from './io.ts';
import { wholeNumber } from './options.ts';
import { RunningServer } from './running-server.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface FolderFlags {
  readonly data?: string;
  readonly config?: string;
}

interface AddFlags extends FolderFlags {
  readonly name?: string;
  readonly days?: string;
  readonly dates?: string;
  readonly dryRun?: boolean;
}

interface CheapestFlags extends AddFlags {
  readonly hours: number;
  readonly before: string;
  readonly after?: string;
  readonly to: number;
  readonly below?: number;
  readonly stretches: number;
}

interface HoldAboveFlags extends AddFlags {
  readonly after?: string;
  readonly before?: string;
}

type ScheduleEntry = Readonly<Record<string, unknown>>;

interface ShownSchedules {
  readonly windows: readonly ScheduleEntry[];
  readonly rules: readonly ScheduleEntry[];
  readonly now: { readonly by: string } | null;
  readonly plan: readonly {
    readonly from: string;
    readonly to: string;
    readonly verb: string;
    readonly charge_limit: number | null;
    readonly by: string;
    readonly price: number | null;
  }[];
  readonly words: readonly string[];
  readonly time_zone: string;
  readonly currency: string;
  readonly revision: string;
  readonly last: { readonly at: string; readonly text: string } | null;
}

interface ShownPrices {
  readonly source: { readonly kind: string; readonly where: string } | null;
  readonly unit: string;
  readonly stale: boolean;
  readonly taken_at: string | null;
  readonly problem: { readonly code: string; readonly detail: string } | null;
  readonly prices: readonly { readonly from: string; readonly to: string; readonly price: number }[];
}

const EXAMPLES = `
Examples:
  alphaess-local schedule add b3f1c2 hold 17:00 22:00 --days mon,tue,wed,thu,fri
  alphaess-local schedule add b3f1c2 charge 02:00 05:00 --to 80 --name night
  alphaess-local schedule add b3f1c2 normal 00:00 24:00 --dates 2026-12-24/2027-01-01
  alphaess-local schedule cheapest b3f1c2 --hours 3 --before 06:00 --after 22:00 --to 80 --below 0.25
  alphaess-local schedule hold-above b3f1c2 0.40 --dry-run
  alphaess-local schedule show b3f1c2
  alphaess-local schedule remove b3f1c2 night
  alphaess-local schedule prices
`;

export function scheduleCommand(io: Io, finish: (code: number) => void): Command {
  const schedule = new Command('schedule')
    .description('what is wanted of a battery at which times: docs/schedules.md')
    .addHelpText('after', EXAMPLES);
  const command = (words: string, about: string) =>
    schedule.command(words).description(about).addOption(settingOption('data')).addOption(configOption());
  const adding = (words: string, about: string) =>
    command(words, about)
      .option('--name <name>', 'what it is called')
      .option('--days <days>', 'such as mon,tue; without days and dates: every day')
      .option('--dates <dates>', 'such as 2026-12-24 or 2026-12-24/2027-01-01, separated by commas')
      .option('--dry-run', 'say what would come of it, and set nothing');
  const done = (work: Promise<void>) => work.then(() => finish(FINE));
  command('list <battery>', 'its windows and rules, each with its number').action((id: string, flags: FolderFlags) =>
    done(list(id, flags, io)),
  );
  command('show <battery>', 'what applies now, what is planned, and what that costs').action(
    (id: string, flags: FolderFlags) => done(show(id, flags, io)),
  );
  adding('add <battery> <verb> <from> <to>', 'a window: hold, charge or normal, between two times of the house')
    .option('--to <percent>', 'of charge: up to there', wholeNumber(10))
    .action((id: string, verb: string, from: string, to: string, flags: AddFlags & { to?: number }) =>
      done(add(id, 'windows', { ...named(flags), verb, from, to, charge_limit: flags.to }, flags, io)),
    );
  adding('cheapest <battery>', 'a rule: charge in the cheapest hours before a time')
    .requiredOption('--hours <hours>', 'how many, in quarters', fraction)
    .requiredOption('--before <time>', 'of the house, such as 06:00')
    .option('--after <time>', 'such as 22:00; without: a whole day before')
    .option('--to <percent>', 'up to there', wholeNumber(10), 100)
    .option('--below <price>', 'only hours that cost less, in the currency for a kWh', fraction)
    .option('--stretches <number>', 'at most so many, since each takes two writes', wholeNumber(1), 2)
    .action((id: string, flags: CheapestFlags) => done(add(id, 'rules', cheapestOf(flags), flags, io)));
  adding('hold-above <battery> <price>', 'a rule: hold while it costs more, in the currency for a kWh')
    .option('--after <time>', 'with --before: only between these times of the house')
    .option('--before <time>')
    .action((id: string, price: string, flags: HoldAboveFlags) =>
      done(
        add(
          id,
          'rules',
          { rule: 'hold_above', ...named(flags), price: fraction(price), after: flags.after, before: flags.before },
          flags,
          io,
        ),
      ),
    );
  command('remove <battery> <which>', 'a window or rule, by its name or number in the list; all: everything').action(
    (id: string, which: string, flags: FolderFlags) => done(remove(id, which, flags, io)),
  );
  command('prices', 'what electricity costs, as far as it is known').action((flags: FolderFlags) =>
    done(prices(flags, io)),
  );
  return schedule;
}

/** @throws OwnerError USAGE */
function fraction(text: string): number {
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) throw new OwnerError('USAGE', `expected a number such as 0.25, not ${text}`);
  return Number(text);
}

function cheapestOf(flags: CheapestFlags): ScheduleEntry {
  const { hours, before, after, to, below, stretches } = flags;
  return {
    ...{ rule: 'cheapest', ...named(flags), hours, before, after },
    ...{ charge_limit: to, below, most_stretches: stretches },
  };
}

function named({ name, days, dates }: AddFlags): ScheduleEntry {
  return { name: name ?? '', days: days?.split(','), dates: dates?.split(',') };
}

async function serverOf(flags: FolderFlags, io: Io) {
  const { data, battery } = readConfig(flags, io);
  const server = await RunningServer.of(data);
  if (server === null)
    throw new OwnerError(
      'SERVER_UNREACHABLE',
      'no server runs on this data folder: schedules are kept, and done, by it',
    );
  const pathOf = (idOrName: string) => {
    const id = Object.entries(battery.names).find(([, name]) => name === idOrName)?.[0] ?? idOrName;
    return `api/batteries/${encodeURIComponent(id)}/schedules`;
  };
  return { server, pathOf };
}

async function list(id: string, flags: FolderFlags, io: Io): Promise<void> {
  const { server, pathOf } = await serverOf(flags, io);
  const { windows, rules } = (await server.ask('GET', pathOf(id))) as ShownSchedules;
  const lines = [...windows, ...rules].map((entry, index) => `${index + 1}  ${entryWords(entry)}`);
  await write(io.stdout, `${lines.length === 0 ? 'nothing is wanted at any time' : lines.join('\n')}\n`);
}

async function show(id: string, flags: FolderFlags, io: Io): Promise<void> {
  const { server, pathOf } = await serverOf(flags, io);
  const shown = (await server.ask('GET', pathOf(id))) as ShownSchedules;
  const { now, last } = shown;
  const lines = [
    now === null ? 'nothing is wanted now' : `now: ${now.by}`,
    ...(last === null ? [] : [`${last.at}  ${last.text}`]),
    ...planLines(shown),
  ];
  await write(io.stdout, `${lines.join('\n')}\n`);
}

async function add(
  id: string,
  what: 'windows' | 'rules',
  entry: ScheduleEntry,
  flags: AddFlags,
  io: Io,
): Promise<void> {
  const { server, pathOf } = await serverOf(flags, io);
  const path = pathOf(id);
  const { windows, rules, revision } = (await server.ask('GET', path)) as ShownSchedules;
  const body = { windows, rules, revision, [what]: [...(what === 'windows' ? windows : rules), entry] };
  const foreseen = (await server.ask('POST', `${path}/preview`, body)) as ShownSchedules;
  await write(io.stdout, `${[entryWords(entry), ...planLines(foreseen)].join('\n')}\n`);
  if (flags.dryRun === true) return;
  await server.ask('PUT', path, body);
  await write(io.stdout, 'set\n');
}

async function remove(id: string, which: string, flags: FolderFlags, io: Io): Promise<void> {
  const { server, pathOf } = await serverOf(flags, io);
  const path = pathOf(id);
  const { windows, rules, revision } = (await server.ask('GET', path)) as ShownSchedules;
  const all = [...windows, ...rules];
  const isMeant = (entry: ScheduleEntry, index: number) =>
    which === 'all' || entry.name === which || String(index + 1) === which;
  const gone = all.filter(isMeant);
  if (gone.length === 0)
    throw new OwnerError('USAGE', `there is no window or rule ${which}; alphaess-local schedule list ${id} has them`);
  const left = new Set(all.filter((entry, index) => !isMeant(entry, index)));
  const body = {
    windows: windows.filter((one) => left.has(one)),
    rules: rules.filter((one) => left.has(one)),
    revision,
  };
  await server.ask('PUT', path, body);
  await write(io.stdout, `${gone.map((entry) => `removed: ${entryWords(entry)}`).join('\n')}\n`);
}

async function prices(flags: FolderFlags, io: Io): Promise<void> {
  const { server } = await serverOf(flags, io);
  const shown = (await server.ask('GET', `api/prices?from=${new Date().toISOString()}`)) as ShownPrices;
  const { source, unit, stale, taken_at: takenAt, problem } = shown;
  const lines = [
    source === null
      ? 'no source of prices is configured: docs/prices.md'
      : `${unit} from ${source.where}, ${takenAt === null ? 'none came yet' : `last at ${takenAt}`}${stale ? ', stale' : ''}`,
    ...(problem === null ? [] : [`${problem.code}: ${problem.detail}`]),
    ...shown.prices.map(({ from, to, price }) => `${from}  ${to}  ${price}`),
  ];
  await write(io.stdout, `${lines.join('\n')}\n`);
}

function planLines({ plan, words, currency, time_zone: zone }: ShownSchedules): string[] {
  const clock = new Intl.DateTimeFormat('en-GB', {
    ...{ weekday: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone },
  });
  const stretches = plan.map(({ from, to, verb, charge_limit: limit, by, price }) => {
    const does = limit === null ? verb : `${verb} to ${limit} %`;
    const costs = price === null ? '' : `, ${Number(price.toFixed(4))} ${currency}/kWh`;
    return `  ${clock.format(new Date(from))} – ${clock.format(new Date(to))}  ${does}  (${by}${costs})`;
  });
  return [...words, `planned for two days (${zone}):`, ...(stretches.length === 0 ? ['  nothing'] : stretches)];
}

function entryWords(entry: ScheduleEntry): string {
  const { name, days, dates, after, before, from, to, verb, charge_limit: limit, hours, below, price, rule } = entry;
  const times = before === undefined ? '' : ` ${after === undefined ? '' : `after ${after} `}before ${before}`;
  const what =
    rule === undefined
      ? `${verb}${limit === undefined ? '' : ` to ${limit} %`} ${from}–${to}`
      : rule === 'cheapest'
        ? `charge to ${limit} % in the cheapest ${hours} h${times}${below === undefined ? '' : `, below ${below}`}`
        : `hold above ${price}${times}`;
  const on = [days, dates].filter(Array.isArray).map((list) => `, ${list.join(' ')}`);
  return `${name === '' || name === undefined ? '' : `${name}: `}${what}${on.join('')}`;
}
