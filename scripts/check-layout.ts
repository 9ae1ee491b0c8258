/**
 * Keeps the plan of the house (docs/architecture.md): who may import whom, what the core must not know, a test beside
 * every source, no file too long. Part of `npm run check`; one line for each finding, exit code 1 if there is any.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Import, importsOf, withoutComment } from './imports.ts';

/**
 * What a room may use of the world outside the project.
 * `nothing`: no package, no Node, no clock, no chance, no output; bytes and moments come in as arguments.
 * `plain`: packages and Node, but no sockets and no SQLite.
 */
type Outside = 'nothing' | 'plain' | 'sockets' | 'sqlite' | 'anything';

const MODEL = 'src/model.ts';
const PROTOCOL = 'src/protocol/';
const PROBLEMS = 'src/protocol/errors.ts';
const FIELDS = ['src/protocol/fields.ts', 'src/protocol/field.ts'];
const BASE =
  'config config-schema log log-output output-file throttled-log server-problems listen descriptors kernel-clock errors terminal visible'
    .split(' ')
    .map((name) => `src/${name}.ts`);
const PARTS = ['src/capture.ts', 'src/redact.ts', 'src/doctor.ts', 'src/version.ts'];
/** Modes of what only the owner may read. */
const PRIVATE_FILES = 'src/private-files.ts';
const SIMULATOR = 'src/simulator/';
const STORE_TYPES = 'types of src/store/store.ts';
const STORE_ERROR = 'StoreError of src/store/store.ts';
/** What a password and a token are, for the command that sets them. */
const SECRETS = 'src/web/secrets.ts';
const SERVER_FILE = 'src/server-file.ts';
/** How a damaged database is said. */
const WAY_BACK = 'src/store/backup/way-back.ts';
/** What is told of backups. */
const BACKUPS = [
  'types of src/store/backup/backup-keeper.ts',
  'types of src/store/backup/make.ts',
  'inMegabytes of src/store/backup/space.ts',
];
const AS_FOUND = 'openAsFound of src/store/as-found.ts';
const CLI = [
  'src/app.ts',
  'src/backups.ts',
  'src/shell-word.ts',
  WAY_BACK,
  'src/trust-desk.ts',
  SECRETS,
  'src/cli/',
  ...BASE,
  ...PARTS,
  PROTOCOL,
  MODEL,
  SIMULATOR,
  'src/store/reader.ts',
];
/** What writes to InfluxDB, for the command that fills it with what was kept before. */
const INFLUX = ['influx-line', 'influx-target', 'influx-writer', 'influx-delivery', 'line-batch'].map(
  (part) => `src/sinks/${part}.ts`,
);
const READING = [
  MODEL,
  PROTOCOL,
  'src/redact.ts',
  'src/frame-view.ts',
  'src/store/reader.ts',
  'src/store/calendar.ts',
  'src/store/series.ts',
  WAY_BACK,
];
/** Handed to config.ts, which imports neither room. */
const CHECKS = ['problemOfNetwork of src/server/peers.ts', 'isTimeZone, systemTimeZone of src/store/calendar.ts'];

interface Room {
  /** A file, or a folder with all that is in it. */
  readonly who: string;
  /** Besides its own folder: files, folders, `types of FILE`, or `NAME, NAME of FILE` (those values, and types). */
  readonly mayImport: readonly string[];
  readonly outside: Outside;
}

function room(who: string, mayImport: readonly string[], outside: Outside): Room {
  return { who, mayImport, outside };
}

/** The first row that fits a file counts: exceptions stand above their folder. */
const ROOMS: readonly Room[] = [
  room('src/model.ts', [], 'nothing'),
  room('src/protocol/', [MODEL], 'nothing'),
  room('src/session/', [PROTOCOL, MODEL], 'nothing'),
  // What is acknowledged is on disk: tested with a disk, not a mock.
  room('src/server/committer.test.ts', ['src/session/', 'src/store/'], 'sockets'),
  room('src/server/', ['src/session/', PROTOCOL, MODEL, STORE_ERROR], 'sockets'),
  room('src/simulator/fleet.ts', [PROTOCOL, MODEL], 'sockets'),
  room('src/simulator/', [PROTOCOL, MODEL], 'nothing'),
  room('src/store/', [MODEL, ...FIELDS, PRIVATE_FILES, 'src/shell-word.ts'], 'sqlite'),
  room('src/sinks/from-config.ts', [MODEL, ...FIELDS, 'types of src/config.ts', 'src/errors.ts', STORE_TYPES], 'plain'),
  ...['influx-target', 'secret-file'].map((file) =>
    room(`src/sinks/${file}.ts`, ['types of src/config.ts', 'src/errors.ts'], 'plain'),
  ),
  // It takes from the store what it hands on; its tests do so from a real one.
  room('src/sinks/influx.ts', [MODEL, ...FIELDS, STORE_TYPES, STORE_ERROR], 'plain'),
  room('src/sinks/', [MODEL, ...FIELDS], 'plain'),
  // The reading thread, and what it answers.
  room('src/web/query-worker.ts', READING, 'plain'),
  ...['queries', 'readings', 'energy', 'configuration'].map((file) => room(`src/web/${file}.ts`, READING, 'plain')),
  room('src/web/values.ts', [MODEL, ...FIELDS, 'src/protocol/event-codes.ts', 'src/redact.ts'], 'plain'),
  room('src/web/live-state.ts', [MODEL, 'src/redact.ts'], 'plain'),
  room('src/web/open.ts', ['src/errors.ts'], 'plain'),
  room('src/web/', [MODEL, ...FIELDS, STORE_TYPES, PRIVATE_FILES], 'plain'),
  room('src/frame-view.ts', [PROTOCOL, MODEL, 'src/redact.ts'], 'plain'),
  room(
    'src/fan-out.ts',
    [
      'types of src/server/committer.ts',
      'types of src/server/listener.ts',
      'src/session/output.ts',
      STORE_ERROR,
      STORE_TYPES,
      MODEL,
    ],
    'plain',
  ),
  room('src/version.ts', [], 'plain'),
  room(PRIVATE_FILES, [], 'plain'),
  room('src/server-file.ts', [], 'plain'),
  room('src/sessions.ts', ['src/session/', 'src/server/peers.ts', 'types of src/config.ts', PROTOCOL, MODEL], 'plain'),
  room('src/trust-desk.test.ts', ['src/trust-desk.ts', 'src/session/', 'src/store/', PROTOCOL, MODEL], 'plain'),
  room('src/trust-desk.ts', ['src/session/', PROTOCOL, MODEL], 'plain'),
  room('src/capture.ts', [PROTOCOL, MODEL], 'plain'),
  room('src/redact.ts', [PROTOCOL, MODEL, 'src/visible.ts'], 'plain'),
  room('src/config.test.ts', [...BASE, ...CHECKS], 'plain'),
  // What a store can say is in the table of errors.
  room('src/errors.test.ts', [...BASE, 'src/store/store.ts'], 'plain'),
  ...BASE.map((file) => room(file, [...BASE, MODEL, PROBLEMS, 'src/protocol/fields.ts'], 'plain')),
  room('src/app.ts', ['src/'], 'plain'),
  room('src/watched.ts', ['src/'], 'plain'),
  room('src/clock-report.ts', [MODEL], 'plain'),
  room('src/quota-report.ts', [PROBLEMS, STORE_TYPES, 'types of src/log.ts'], 'plain'),
  room('src/shell-word.ts', [], 'plain'),
  // What of the house a backup is made of, and what its owner is told.
  room('src/backups.test.ts', ['src/'], 'plain'),
  room('src/backups.ts', [MODEL, ...BASE, 'src/store/backup/', 'src/version.ts', SECRETS], 'plain'),
  room(
    'src/store-options.ts',
    [
      MODEL,
      ...BASE,
      'src/backups.ts',
      'src/kernel-clock.ts',
      'src/sinks/from-config.ts',
      'src/store/retention-clock.ts',
      'types of src/store/sqlite.ts',
    ],
    'plain',
  ),
  // Tells what all parts report, so it knows their words; it holds none of them.
  room(
    'src/reporter.ts',
    [
      'src/server/',
      'src/session/',
      STORE_ERROR,
      STORE_TYPES,
      PROTOCOL,
      MODEL,
      ...BASE,
      'src/redact.ts',
      'src/clock-report.ts',
      ...BACKUPS,
      'types of src/sinks/condition.ts',
      'src/sinks/problems.ts',
      'types of src/web/auth.ts',
    ],
    'plain',
  ),
  // Shows a real house, as the tests of the page do.
  room('scripts/screenshots.ts', ['test/'], 'plain'),
  room('src/cli.test.ts', [...CLI, 'src/store/'], 'plain'),
  room('src/cli.ts', [...CLI, 'src/store/backup/priority.ts'], 'plain'),
  // What comes out is compared with what a real store was given.
  ...['export', 'export-rows', 'trust', 'backup', 'restore'].map((file) =>
    room(`src/cli/${file}.test.ts`, [...CLI, 'src/store/'], 'plain'),
  ),
  room('src/cli/export-influx.test.ts', [...CLI, ...INFLUX, 'src/store/'], 'plain'),
  room('src/cli/export-influx.ts', [...CLI, ...INFLUX], 'plain'),
  ...['backup', 'restore'].map((file) => room(`src/cli/${file}.ts`, [...CLI, 'src/store/backup/'], 'plain')),
  room('src/cli/peer.ts', CLI, 'sockets'),
  room('src/cli/running-server.test.ts', [...CLI, SERVER_FILE, AS_FOUND, 'src/store/'], 'sockets'),
  // Asks the server that has the folder, or opens the store in its stead.
  room('src/cli/clock.test.ts', [...CLI, 'src/store/'], 'plain'),
  room('src/cli/clock.ts', [...CLI, 'confirmForNextStart of src/store/retention-clock.ts'], 'plain'),
  room('src/cli/running-server.ts', [...CLI, SERVER_FILE, AS_FOUND, STORE_ERROR], 'sockets'),
  room('src/cli/serve.ts', [...CLI, ...CHECKS], 'plain'),
  room('src/cli/', CLI, 'plain'),
  room('test/', ['src/'], 'anything'),
  room('bench/', ['src/', 'test/'], 'anything'),
  room('scripts/', [MODEL, PROTOCOL, ...BASE, 'src/web/problem.ts', 'src/sinks/problems.ts'], 'plain'),
];

/** What a test may import besides what its source may. */
const TESTS_MAY_IMPORT = ['test/', PROTOCOL, MODEL];

const SOCKETS = /^node:(net|tls|dns|dgram|http|https|http2)(\/|$)/;
/** What of node:net only reckons. */
const NO_SOCKETS = ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress'];
const SQLITE = /^node:sqlite$/;

/** What a room that knows `nothing` of the outside must not say. */
const IMPURE =
  /\b(?:Date\.now|new Date\(|Temporal\.Now|performance\.|setTimeout|setInterval|setImmediate|process\.\w|console\.|Math\.random)/;

/** Words of those that are harmless where they stand, and why. */
const PURE_ALL_THE_SAME: Readonly<Record<string, string>> = {
  'src/simulator/text.ts: new Date(': 'writes the second it is given; no clock is read',
};

/** Sources without a test beside them, and why. */
const WITHOUT_TEST: Readonly<Record<string, string>> = {
  'src/sinks/sink.ts': 'types, and one number',
  'src/server-problems.ts': 'a table; scripts/errors-doc.test.ts reads every entry',
  'src/sinks/problems.ts': 'a table; scripts/errors-doc.test.ts reads every entry',
  'src/watched.ts': 'looks things up; app.test.ts asks for all of it',
  'src/web/flows.ts': 'a list; energy.test.ts compares it with the store’s',
  'src/web/route.ts': 'types; every route’s test uses them',
  'src/web/services.ts': 'types',
  'src/store/battery-witness.ts': 'retention-clock.test.ts lives through it',
  'src/store/wrong-stamps.ts': 'retention-clock.test.ts lives through it',
  'src/store/stored.ts': 'types',
  'src/store/backup/backup-process.ts': 'a process; maker.test.ts starts it',
  'src/store/outbox-sql.ts': 'statements; outbox.test.ts runs them',
  'src/store/commit-sql.ts': 'statements; commit.test.ts runs them',
  'src/store/outbox-state.ts': 'types, and two that are empty',
};

/** Tests without a source of their name beside them, and why. */
const WITHOUT_SOURCE: Readonly<Record<string, string>> = {
  'src/sinks/contract.test.ts': 'what every output must do, whichever it is',
  'src/store/contract.test.ts': 'what every store must do, whichever it is',
};

/** More grants than this are not listed in a finding. */
const SHORT_LIST = 5;

const LONGEST = 400;

/** Sources over {@link LONGEST} lines, and why they are better in one piece. */
const LONG: Readonly<Record<string, string>> = {};

export interface SourceFile {
  /** From the root of the project, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every breach of the plan, as `path:line: what, and what to do instead`. */
export function checkLayout(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map((file) => file.path));
  return [
    ...files.flatMap(importFindings),
    ...files.flatMap(purityFindings),
    ...files.flatMap((file) => companionFindings(file.path, known)),
    ...files.flatMap(lengthFindings),
    ...exceptionFindings(known),
  ];
}

function importFindings(file: SourceFile): string[] {
  const home = roomOf(file.path);
  if (home === undefined) return [finding(file.path, 1, 'no row of ROOMS in scripts/check-layout.ts fits it; add one')];
  return importsOf(file.text).flatMap((imported) => {
    const complaint = imported.target.startsWith('.')
      ? complaintInside(file.path, home, imported)
      : complaintOutside(file.path, home, imported);
    return complaint === null ? [] : [finding(file.path, imported.line, complaint)];
  });
}

/** A test lives in the room of its source, unless it has a row of its own. */
function roomOf(file: string): Room | undefined {
  const source = file.replace(/\.test\.ts$/, '.ts');
  return ROOMS.find(({ who }) => covers(who, file) || covers(who, source));
}

function covers(place: string, file: string): boolean {
  return place.endsWith('/') ? file.startsWith(place) : file === place;
}

function complaintInside(from: string, home: Room, { target, values }: Import): string | null {
  const file = path.posix.join(path.posix.dirname(from), target);
  const granted = [folderOf(from), home.who, ...home.mayImport, ...(isTest(from) ? TESTS_MAY_IMPORT : [])];
  if (granted.some((grant) => allows(grant, file, values))) return null;
  const list =
    home.mayImport.length > SHORT_LIST ? 'what ROOMS in scripts/check-layout.ts says' : home.mayImport.join(', ');
  return `imports ${file}, but ${home.who} may import only ${list || 'nothing'}; hand the value in, or move the code`;
}

/** The room as a folder: its files may import each other. A file that lies in none stands alone. */
function folderOf(file: string): string {
  return /^(?:src\/[^/]+|test|bench|scripts)\//.exec(file)?.[0] ?? file;
}

function allows(grant: string, file: string, values: readonly string[]): boolean {
  const [names = '', place] = grant.split(' of ');
  if (place === undefined) return covers(grant, file);
  return covers(place, file) && values.every((value) => names.split(', ').includes(value));
}

function complaintOutside(from: string, { who, outside }: Room, { target, values }: Import): string | null {
  if (isTest(from) || outside === 'anything') return null;
  if (outside === 'nothing') return `imports ${target}, but ${who} knows nothing outside the project; hand it in`;
  const reckons = values.every((value) => NO_SOCKETS.includes(value));
  if (SOCKETS.test(target) && outside !== 'sockets' && !reckons) {
    return `imports ${target}, but ${who} opens no sockets; leave that to src/server/ or simulator/fleet.ts`;
  }
  if (SQLITE.test(target) && outside !== 'sqlite') return `imports ${target}, but ${who} is no store; ask src/store/`;
  return null;
}

function purityFindings(file: SourceFile): string[] {
  const home = roomOf(file.path);
  if (home?.outside !== 'nothing' || isTest(file.path)) return [];
  return file.text.split('\n').flatMap((line, index) => {
    const word = IMPURE.exec(withoutComment(line))?.[0];
    if (word === undefined || `${file.path}: ${word}` in PURE_ALL_THE_SAME) return [];
    const complaint = `says ${word}, but ${home.who} knows no clock, chance, timer or output; take it as an argument`;
    return [finding(file.path, index + 1, complaint)];
  });
}

function companionFindings(file: string, known: ReadonlySet<string>): string[] {
  if (isTest(file)) {
    if (file.startsWith('test/') || file in WITHOUT_SOURCE) return [];
    const sources = ['.ts', '.mjs'].map((ending) => file.replace(/\.test\.ts$/, ending));
    if (sources.some((source) => known.has(source))) return [];
    return [finding(file, 1, `tests ${sources[0]}, which is not there; name it after its source, or move it to test/`)];
  }
  const test = file.replace(/\.ts$/, '.test.ts');
  if (!file.startsWith('src/') || known.has(test) || file in WITHOUT_TEST) return [];
  return [finding(file, 1, `has no test beside it; write ${test}, or give a reason in WITHOUT_TEST`)];
}

function lengthFindings({ path: file, text }: SourceFile): string[] {
  const lines = text.trimEnd().split('\n').length;
  if (isTest(file) || lines <= LONGEST || file in LONG) return [];
  return [
    finding(file, LONGEST + 1, `has ${lines} lines; split it by nouns (at most ${LONGEST}), or give a reason in LONG`),
  ];
}

/** An exception that nothing needs any more is taken out. */
function exceptionFindings(known: ReadonlySet<string>): string[] {
  const idle = [
    ...Object.keys(WITHOUT_TEST).filter((file) => !known.has(file) || known.has(file.replace(/\.ts$/, '.test.ts'))),
    ...Object.keys(WITHOUT_SOURCE).filter((file) => !known.has(file)),
    ...Object.keys(PURE_ALL_THE_SAME)
      .map((key) => key.split(':')[0] ?? '')
      .filter((file) => !known.has(file)),
    ...Object.keys(LONG).filter((file) => !known.has(file)),
  ];
  return idle.map((file) => finding(file, 1, 'is an exception in scripts/check-layout.ts without need; take it out'));
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts');
}

function finding(file: string, line: number, text: string): string {
  return `${file}:${line}: ${text}`;
}

/** The sources of this checkout. */
export function sourcesIn(root: string): SourceFile[] {
  return globSync('{src,test,bench,scripts}/**/*.{ts,mjs}', { cwd: root })
    .map((file) => ({ path: file.replaceAll('\\', '/'), text: readFileSync(path.join(root, file), 'utf8') }))
    .sort((a, b) => a.path.localeCompare(b.path));
}

if (import.meta.main) {
  const findings = checkLayout(sourcesIn(path.resolve(import.meta.dirname, '..')));
  for (const line of findings) process.stdout.write(`${line}\n`);
  if (findings.length > 0) process.exitCode = 1;
}
