/**
 * A bundle: what a house may share of itself, in one zip. Made whole in memory, searched for private values, and handed out only where
 * none is in it.
 */
import { nameOf, pieces } from '../protocol/pieces.ts';
import type { StoreReader } from '../store/reader.ts';
import { Cleaner } from './cleaner.ts';
import { learnBytes, learnSecrets, type SharedFrame, sharedFrames } from './kept.ts';
import { readmeText } from './readme.ts';
import { type FoundSecret, scanForSecrets } from './scan.ts';
import { HouseSecrets } from './secrets.ts';
import { type ConfiguredSetting, sharedSettings, textsOf } from './settings.ts';
import { type ZipEntry, zipOf } from './zip.ts';

/** What is not in the store. */
export interface BundleFacts {
  readonly version: string;
  /** Of the machine: Node, system, time zone; nothing that names it. */
  readonly machine: Readonly<Record<string, string>>;
  readonly settings: readonly ConfiguredSetting[];
  /** As the doctor says them to a guest. */
  readonly findings: readonly object[];
  /** How often each problem was seen, by code; null where no server runs. */
  readonly problems: Readonly<Record<string, number>> | null;
  /** The newest lines of the log, the oldest first; null where no server runs. */
  readonly logLines: readonly object[] | null;
  /** Other private values: addresses of peers, names of this machine and its user. */
  readonly secrets: readonly string[];
  /** Unix milliseconds. */
  readonly nowMs: number;
}

/** One file of a bundle, for who decides whether to share it. */
export interface BundledFile {
  readonly name: string;
  readonly what: string;
  readonly bytes: number;
}

export interface Bundle {
  readonly files: readonly BundledFile[];
  readonly zip: Uint8Array;
}

/** A private value is in it, so that there is none. */
export class BundleNotClean extends Error {
  override readonly name = 'BundleNotClean';

  constructor(found: readonly FoundSecret[]) {
    const where = [...new Set(found.map(({ entry, form }) => `${entry} (as ${form})`))].join(', ');
    super(`a private value was found in ${where}: nothing was written`);
  }
}

interface BundleText {
  readonly name: string;
  readonly what: string;
  readonly text: string;
}

const MOST_EVENTS = 500;

/**
 * @param shiftDays by how many days all dates are moved back; 0 for not at all
 * @throws BundleNotClean, StoreError
 */
export async function makeBundle(reader: StoreReader, facts: BundleFacts, shiftDays: number): Promise<Bundle> {
  const secrets = new HouseSecrets();
  const ids = new Set((await reader.owners('all')).map(({ id }) => id));
  for (const value of [...facts.secrets, ...textsOf(facts.settings)]) if (!ids.has(value)) secrets.add(value);
  await learnSecrets(reader, secrets);
  const frames = await sharedFrames(reader, secrets, facts.nowMs);
  for (const line of facts.logLines ?? []) learnBytes(Buffer.from(JSON.stringify(line)), secrets);
  const cleaner = new Cleaner(secrets, shiftDays);
  const written = [
    ...factFiles(facts, cleaner),
    ...(await storeFiles(reader, cleaner)),
    ...frameFiles(frames, cleaner),
  ].filter(({ text }) => text !== '');
  const readme = readmeText({ version: facts.version, contents: written, areDatesShifted: shiftDays !== 0 });
  const all = [{ name: 'README.txt', what: 'what is in it, and what was replaced', text: readme }, ...written];
  const entries: ZipEntry[] = all.map(({ name, text }) => ({ name, bytes: Buffer.from(text, 'utf8') }));
  const zip = zipOf(entries);
  const found = scanForSecrets(zip, secrets.all);
  if (found.length > 0) throw new BundleNotClean(found);
  return { zip, files: all.map(({ name, what, text }) => ({ name, what, bytes: Buffer.byteLength(text) })) };
}

function factFiles(facts: BundleFacts, cleaner: Cleaner): BundleText[] {
  const { version, machine, settings, findings, problems, logLines, nowMs } = facts;
  const file = (name: string, what: string, value: unknown) => ({ name, what, text: pretty(cleaner.json(value)) });
  return [
    file('version.json', 'version of the program, Node and system', {
      ...{ version, ...machine, made: new Date(nowMs).toISOString(), server_runs: problems !== null },
    }),
    file('configuration.json', 'settings, without what is private', sharedSettings(settings)),
    file('doctor.json', 'what the doctor finds', findings),
    ...(problems === null ? [] : [file('problems.json', 'how often each problem was seen since the start', problems)]),
    ...(logLines === null
      ? []
      : [
          {
            name: 'log-lines.jsonl',
            what: 'the newest lines of the log',
            text: lines(logLines.map((line) => cleaner.json(line))),
          },
        ]),
  ];
}

async function storeFiles(reader: StoreReader, cleaner: Cleaner): Promise<BundleText[]> {
  const clocks: object[] = [];
  const gaps: object[] = [];
  const events: object[] = [];
  for await (const { owner, sinceMs, offsetSeconds, driftPpm, reason } of reader.epochs())
    clocks.push({
      ...{ battery: owner.id, since: cleaner.time(sinceMs), offset_seconds: offsetSeconds },
      ...{ drift_ppm: driftPpm, reason },
    });
  for await (const { owner, from, to, state, filledMinutes } of reader.gaps())
    gaps.push({
      ...{ battery: owner.id, from: cleaner.time(from * 1000), to: cleaner.time(to * 1000), state },
      filled_minutes: filledMinutes,
    });
  for await (const { owner, source, time, receivedMs, name, code, text } of reader.events({ newest: MOST_EVENTS }))
    events.push({
      ...{ battery: owner?.id ?? null, source, time: cleaner.time(time === null ? null : time * 1000) },
      ...{ received: cleaner.time(receivedMs), name: cleaner.text(name), code, text: cleaner.text(text) },
    });
  return [
    { name: 'clocks.jsonl', what: 'how far each battery’s clock is ahead, since when', text: lines(clocks) },
    { name: 'gaps.jsonl', what: 'minutes that were missed', text: lines(gaps) },
    { name: 'events.jsonl', what: `the newest ${MOST_EVENTS} events`, text: lines(events.reverse()) },
  ];
}

function frameFiles(frames: readonly SharedFrame[], cleaner: Cleaner): BundleText[] {
  const clean = frames.map((frame) => ({ frame, ...cleaner.frame(frame.bytes, frame.kept === 'discarded') }));
  const rows = clean.map(({ frame, bytes, isResealed }) => {
    const [piece] = [...pieces(frame.bytes)];
    return {
      ...{ kept: frame.kept, battery: frame.battery, received: cleaner.time(frame.receivedMs) },
      ...{ direction: frame.direction, name: piece === undefined ? null : nameOf(piece), reason: frame.reason },
      checksum: piece === undefined || piece.type === null ? 'none' : piece.crcOk ? 'right' : 'wrong',
      ...{ checksum_recomputed: isResealed, hex: Buffer.from(bytes).toString('hex') },
    };
  });
  const readable = clean
    .filter(({ frame }) => isWhole(frame.bytes))
    .map(({ bytes }) => Buffer.from(bytes).toString('hex'));
  return [
    { name: 'frames.jsonl', what: 'messages, those first that were not understood', text: lines(rows) },
    {
      name: 'frames.hex',
      what: 'the bytes of those that are whole, for: alphaess-local decode frames.hex',
      text: readable.map((hex) => `${hex}\n`).join(''),
    },
  ];
}

function isWhole(bytes: Uint8Array): boolean {
  const all = [...pieces(bytes)];
  return all.length === 1 && all[0]?.type !== null && all[0]?.crcOk === true;
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
