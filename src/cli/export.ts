/**
 * `export`: what is kept, as lines for other programs. Reads while the server runs; a year does not fill the memory.
 */
import { Command, Option } from 'commander';
import { placeFrom } from '../app/backups.ts';
import { utc } from '../log/log.ts';
import { READING_KINDS, type ReadingKind } from '../model.ts';
import { visibleJson, visibleLines } from '../privacy/visible.ts';
import { OwnerError } from '../problems/errors.ts';
import type { RollUpSize, Selection, StoreReader } from '../store/reader.ts';
import { readerSource } from '../store/reader-source.ts';
import { shellWord } from '../system/shell-word.ts';
import { exportToInflux } from './export-influx.ts';
import { type ExportKind, type ExportRow, energyTable, tableOf } from './export-rows.ts';
import { FINE, type Io, write } from './io.ts';
import { momentMs, TIMES } from './options.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

const KINDS: readonly ExportKind[] = [
  'live',
  'detail',
  'history',
  'event',
  'config',
  'unknown',
  'discarded',
  'conversation',
  'clock',
  'gap',
  'held',
];
const SPANS: readonly RollUpSize[] = ['minute', 'hour', 'day'];
type Format = 'jsonl' | 'csv';

/** `--to` once said where to, once until when. */
interface To {
  readonly influx?: boolean;
  readonly ms?: number;
}

interface ExportFlags {
  readonly kind?: ExportKind | 'energy';
  readonly per: RollUpSize;
  readonly format: Format;
  readonly from?: number;
  readonly to?: To;
  readonly until?: number;
  readonly battery?: string;
  readonly private?: boolean;
  readonly wire?: boolean;
  readonly data?: string;
  readonly config?: string;
}

export function exportCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('export')
    .description('write what is kept, in order, as lines for other programs, or to InfluxDB')
    .addOption(new Option('--kind <kind>', 'what').choices([...KINDS, 'energy']))
    .addOption(
      new Option('--format <format>', 'one JSON object a line, or a table').choices(['jsonl', 'csv']).default('jsonl'),
    )
    .addOption(
      new Option('--per <span>', 'with --kind energy: kWh over each, of the house’s time; about a minute behind')
        .choices(SPANS)
        .default('day'),
    )
    .option('--from <time>', `the first moment: ${TIMES}`, (text) => momentMs(text))
    .option('--until <time>', 'the first moment not wanted any more', (text) => momentMs(text))
    .option('--to <where>', 'influx: the InfluxDB of the configuration; or a time, the same as --until', whereTo)
    .option('--battery <id>', 'only that battery, by id or name')
    .option('--private', 'with serial numbers, addresses and the like; otherwise they are replaced')
    .option('--wire', 'the vendor’s names and texts instead of ours')
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nExample:\n  alphaess-local export --kind live --from 2026-11-01 --format csv > november.csv\n' +
        '  alphaess-local export --to influx --from 2026-11-01',
    )
    .action(async (flags: ExportFlags, command: Command) => {
      if (flags.kind === undefined && flags.to?.influx !== true)
        command.error("error: required option '--kind <kind>' not specified");
      const typed = (['format', 'per'] as const).filter((name) => command.getOptionValueSource(name) === 'cli');
      finish(await exportKept(flags, typed, io));
    });
}

/** @param typed which of the flags that have a value anyway were given one */
async function exportKept(flags: ExportFlags, typed: readonly string[], io: Io): Promise<number> {
  if (flags.until !== undefined && flags.to?.ms !== undefined)
    throw new OwnerError('USAGE', '--to with a time is the same as --until: give one of them');
  if (flags.to?.influx === true) {
    refuseForInflux(flags, typed);
    return fillInflux(flags, io);
  }
  refuseMeaningless(flags, typed);
  const { kind, per } = flags as ExportFlags & { kind: ExportKind | 'energy' };
  const config = readConfig(flags, io);
  const source = readerSource(placeFrom(config));
  let reader: StoreReader | null = null;
  try {
    reader = await source.openReader();
    const selection = await selectionOf(flags, reader, config.battery.names);
    const naming = { wire: flags.wire === true, private: flags.private === true };
    const { columns, rows } =
      kind === 'energy' ? energyTable(reader, per, selection) : await tableOf(reader, kind, selection, naming);
    await writeRows(columns, rows, flags.format, io);
    return FINE;
  } catch (error) {
    throw source.damageOf(error) ?? error;
  } finally {
    await reader?.close();
  }
}

async function fillInflux(flags: ExportFlags, io: Io): Promise<number> {
  const { kind, data, config: file, until = flags.to?.ms } = flags;
  const config = readConfig(flags, io);
  const source = readerSource(placeFrom(config));
  const kinds = kind === undefined ? READING_KINDS : [kind as ReadingKind];
  const again = [
    ...(data === undefined ? [] : [`--data ${shellWord(data)}`]),
    ...(file === undefined ? [] : [`--config ${shellWord(file)}`]),
    ...(until === undefined ? [] : [`--until ${utc(until / 1000)}`]),
  ];
  const command = ['alphaess-local export --to influx', ...again].join(' ');
  try {
    const selection = await selectionOfAll(flags, await source.openReader(), config.battery.names);
    const { influx, battery } = config;
    return await exportToInflux({ source, kinds, selection, influx, names: battery.names, command }, io);
  } catch (error) {
    throw source.damageOf(error) ?? error;
  }
}

/** What would be without effect. */
function refuseMeaningless({ kind, wire, private: withPrivate }: ExportFlags, typed: readonly string[]): void {
  if (kind !== 'energy' && typed.includes('per'))
    throw new OwnerError('USAGE', `--per is for --kind energy: ${kind} is written as it came`);
  if (kind === 'energy' && (wire === true || withPrivate === true))
    throw new OwnerError(
      'USAGE',
      'energy has no names of the vendor’s, and nothing private: leave out --wire and --private',
    );
}

/** What cannot be meant together with InfluxDB. */
function refuseForInflux({ kind, wire, private: withPrivate }: ExportFlags, typed: readonly string[]): void {
  if (kind !== undefined && !READING_KINDS.some((one) => one === kind))
    throw new OwnerError('USAGE', `--to influx takes --kind ${READING_KINDS.join(', ')}, or none for all of them`);
  if (typed.length > 0)
    throw new OwnerError('USAGE', `--to influx writes points: leave out --${typed.join(' and --')}`);
  if (wire === true || withPrivate === true)
    throw new OwnerError('USAGE', '--to influx writes numbers under our names: leave out --wire and --private');
}

async function selectionOfAll(
  flags: ExportFlags,
  reader: StoreReader,
  names: Readonly<Record<string, string>>,
): Promise<Selection> {
  try {
    return await selectionOf(flags, reader, names);
  } finally {
    await reader.close();
  }
}

async function selectionOf(
  flags: ExportFlags,
  reader: StoreReader,
  names: Readonly<Record<string, string>>,
): Promise<Selection> {
  const { battery, from, until = flags.to?.ms } = flags;
  return {
    ...(battery === undefined ? {} : { battery: await batteryId(battery, reader, names) }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(until === undefined ? {} : { toMs: until }),
  };
}

function whereTo(text: string, before: To = {}): To {
  return text === 'influx' ? { ...before, influx: true } : { ...before, ms: momentMs(text) };
}

async function batteryId(
  wanted: string,
  reader: StoreReader,
  names: Readonly<Record<string, string>>,
): Promise<string> {
  const known = (await reader.owners('all')).map(({ id }) => id);
  const id = known.find((one) => one === wanted || names[one] === wanted);
  if (id !== undefined) return id;
  const list = known.map((one) => (names[one] === undefined ? one : `${one} (${names[one]})`)).join(', ');
  throw new OwnerError('BATTERY_UNKNOWN', `there is no battery ${wanted}: there is ${list === '' ? 'none yet' : list}`);
}

/** Characters gathered before they are written: large enough that a year is not millions of small writes. */
const PORTION = 64 * 1024;

async function writeRows(
  columns: readonly string[],
  rows: AsyncIterable<ExportRow>,
  format: Format,
  io: Io,
): Promise<void> {
  // A table cannot escape what steers a terminal; a program that reads it is to have every text.
  const shown = io.terminal ? visibleLines : (line: string) => line;
  let portion = format === 'csv' ? shown(`${columns.map(csvCell).join(',')}\n`) : '';
  for await (const row of rows) {
    portion += format === 'csv' ? shown(csvLine(columns, row)) : `${visibleJson(JSON.stringify(row))}\n`;
    if (portion.length < PORTION) continue;
    await write(io.stdout, portion);
    portion = '';
  }
  await write(io.stdout, portion);
}

function csvLine(columns: readonly string[], row: ExportRow): string {
  return `${columns.map((column) => csvCell(row[column] ?? null)).join(',')}\n`;
}

/** RFC 4180. A text that a spreadsheet would take for a formula is given an apostrophe. */
function csvCell(value: ExportRow[string]): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const safe = /^[=+@\t\r]|^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
