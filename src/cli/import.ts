/**
 * `import`: what was recorded, into what is kept. It is read into a store of its own first; then the running server takes it
 * from there, or this command where none runs.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Command } from 'commander';
import { ImportedConfigurations, remembered } from '../app/imported-configurations.ts';
import { type ImportedRows, Importing, type ImportReport, liveSince, RECORDING_PREFIX } from '../app/importing.ts';
import { makeStore, type PlayedRecording, playRecording } from '../app/recording-player.ts';
import type { OpenedCapture } from '../capture/opened.ts';
import type { Config } from '../config/load.ts';
import { OwnerError } from '../problems/errors.ts';
import { withCapture } from './capture-input.ts';
import { endingOf } from './decode-ending.ts';
import { FAILED, FINE, type Io, write } from './io.ts';
import { momentMs, wholeNumber } from './options.ts';
import { onServerOrStore } from './running-server.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface ImportFlags {
  readonly as?: string;
  readonly at?: number;
  readonly port: number;
  readonly dryRun?: boolean;
  readonly data?: string;
  readonly config?: string;
}

const HELP = `
Takes whatever decode reads. What the batteries in it say is kept as if they had said it to this server then, at the times of the
recording, each reading once however often it is imported. It is kept apart from your own batteries, under an id of its own (export --battery ID;
forget ID removes it), unless --as names the battery that it is of. No output (MQTT, InfluxDB, Prometheus, PVOutput) is told.

Example:
  alphaess-local import capture.pcap --dry-run
  alphaess-local import capture.pcap --as b3f1c2
  alphaess-local import frames.hex --at 2024-06-12T11:04:20Z`;

export function importCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('import')
    .description('keep what a capture, a hex dump or raw bytes hold, apart from your own batteries')
    .argument('<file>', 'a file, or - for standard input')
    .option('--as <id>', 'the battery of yours that it is of, by id or name')
    .option('--at <time>', 'when its first message was, where it does not say so itself, or wrongly', (text) =>
      momentMs(text),
    )
    .option('--port <port>', 'the server’s port in the capture', wholeNumber(1, 65_535), 7777)
    .option('--dry-run', 'only say what would be imported')
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addHelpText('after', HELP)
    .action(async (file: string, flags: ImportFlags) => finish(await importFile(file, flags, io)));
}

async function importFile(file: string, flags: ImportFlags, io: Io): Promise<number> {
  const config = readConfig(flags, io);
  return withCapture(file, io, (opened) => importCapture(opened, flags, config, io));
}

async function importCapture(opened: OpenedCapture, flags: ImportFlags, config: Config, io: Io): Promise<number> {
  const { data, battery } = config;
  mkdirSync(data, { recursive: true, mode: 0o700 });
  removeLeftOver(data);
  const folder = mkdtempSync(join(data, RECORDING_PREFIX));
  try {
    const options = { folder, port: flags.port, atMs: flags.at ?? null, nowMs: Date.now(), limits: battery.limits };
    const played = await playRecording(opened, options);
    await write(io.stdout, playedLines(opened, played));
    if (played.frames === 0) return FAILED;
    const report = await take(folder, flags, config);
    await write(io.stdout, reportLines(report, flags, config));
    return report.batteries.length > 0 ? FINE : FAILED;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const DAY_MS = 86_400_000;

/** Of commands that were ended before they could remove it. */
function removeLeftOver(data: string): void {
  for (const name of readdirSync(data)) {
    const folder = join(data, name);
    if (!name.startsWith(RECORDING_PREFIX) || Date.now() - statSync(folder).mtimeMs < DAY_MS) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function take(folder: string, flags: ImportFlags, config: Config): Promise<ImportReport> {
  const recording = basename(folder);
  const as = flags.as === undefined ? null : idOf(flags.as, config);
  const isTrial = flags.dryRun === true;
  if (!existsSync(join(config.data, 'alphaess-local.db'))) makeStore(config.data, config.time_zone);
  return onServerOrStore(config.data, {
    ask: async (server) => fromServer(await server.ask('POST', 'api/imports', { recording, as, dry_run: isTrial })),
    alone: async (store) => {
      const liveSinceMs = () => liveSince(config.store.keep.live, Date.now());
      const idOfSerial = (serial: string) => store.idOf(serial);
      const configurations = new ImportedConfigurations({
        find: async (id) => remembered(store.batteryOf(store.serialOfAny(id) ?? '')),
        keep: (records) => store.commit(records),
        now: () => ({ wallMs: Date.now(), monoMs: performance.now() }),
      });
      const parts = {
        ...{ folder: config.data, imports: store.imports, idOf: idOfSerial, liveSinceMs, configurations },
        pause: setImmediate,
      };
      const report = await new Importing(parts).import(recording, { as, isTrial });
      if (typeof report === 'string') throw new OwnerError('IMPORT_REFUSED', `nothing was imported: ${report}`);
      return report;
    },
  });
}

/** A battery may be named by the name that its owner gave it. */
function idOf(wanted: string, { battery }: Config): string {
  return Object.entries(battery.names).find(([, name]) => name === wanted)?.[0] ?? wanted;
}

interface AnsweredReport {
  readonly batteries: readonly (Omit<ImportReport['batteries'][number], 'ownId' | 'tooOld'> & {
    readonly too_old: number;
    readonly own_id: string | null;
  })[];
  readonly nameless: number;
}

function fromServer(answer: unknown): ImportReport {
  const { batteries, nameless } = answer as AnsweredReport;
  return {
    batteries: batteries.map(({ own_id: ownId, too_old: tooOld, ...others }) => ({ ...others, ownId, tooOld })),
    nameless,
  };
}

function playedLines({ input, isZipped }: OpenedCapture, played: PlayedRecording): string {
  const { connections, frames, unreadable, gaps, lostBytes, passed, problems } = played;
  const bad = ['FRAME_CHECKSUM', 'FRAME_INCOMPLETE', 'FRAME_HEADER', 'FRAME_TLS', 'FRAME_HTTP', 'FRAME_TOO_LONG'];
  const others = [...problems].filter(([code]) => !bad.includes(code));
  return [
    `${input.title}${isZipped ? ', in gzip' : ''}`,
    `${some(connections, 'connection')}, ${some(frames, 'whole frame')}${unreadable === 0 ? '' : `, ${some(unreadable, 'piece')} that no frame could be read from (decode shows them)`}`,
    ...(gaps === 0
      ? []
      : [
          `${some(gaps, 'gap')}: ${some(lostBytes, 'byte')} or more missing in the recording, which cannot be imported`,
        ]),
    ...(passed === null ? [] : endingOf({ passed }, frames + unreadable)),
    ...others.map(([code, times]) => `${some(times, 'message')} with ${code} (docs/errors.md)`),
    '',
  ].join('\n');
}

function reportLines({ batteries, nameless }: ImportReport, flags: ImportFlags, { battery, store }: Config): string {
  const isTrial = flags.dryRun === true;
  const lines = batteries.flatMap(({ id, ownId, rows, undated, tooOld }) => [
    `battery ${id}${battery.names[id] === undefined ? '' : ` (${battery.names[id]})`}, ${flags.as === undefined ? 'kept apart from your own' : 'as your own'}`,
    ...Object.entries(rows).map(([what, counts]) => `  ${nameOf(what).padEnd(17)} ${countsText(counts, isTrial)}`),
    ...(undated === 0
      ? []
      : [`  ${some(undated, 'reading')} not imported: no live message was recorded that tells what the clock shows`]),
    ...ownLines(ownId, flags),
    ...(tooOld === 0
      ? []
      : [
          `  ${some(tooOld, 'live reading')} not imported: yours are kept for ${store.keep.live} days (store.keep.live)`,
        ]),
  ]);
  if (nameless > 0) lines.push(`${some(nameless, 'message')} not imported: it is not known of which battery`);
  if (batteries.length === 0) lines.push('nothing was imported: no battery names itself in it');
  else if (isTrial) lines.push('nothing was changed: this was a dry run');
  return `${lines.join('\n')}\n`;
}

/** @param ownId of the house's battery whose serial number the recording names */
function ownLines(ownId: string | null, { as }: ImportFlags): string[] {
  if (as !== undefined)
    return ownId === null
      ? ['  the recording names another serial number, or none: look whether it is of this battery']
      : [];
  return ownId === null ? [] : [`  this is your battery ${ownId}: --as ${ownId} puts it into its history`];
}

function countsText({ added, known }: ImportedRows[string], isTrial: boolean): string {
  return `${added.toLocaleString('en-US')} ${isTrial ? 'would be ' : ''}new, ${known.toLocaleString('en-US')} known`;
}

function nameOf(what: string): string {
  if (what === 'frames') return 'kept as bytes';
  return ['live', 'detail', 'history'].includes(what) ? `${what} readings` : what;
}

function some(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}
