/**
 * Keeps the plan of the house (docs/architecture.md): who may import whom, what the core must not know, a test beside
 * every source, no file too long. Part of `npm run check`; one line for each finding, exit code 1 if there is any.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { begunInConstructors } from './constructors.ts';
import { type Import, importsOf, withoutComment } from './imports.ts';
import { ROOMS, type Room, testsMayImport } from './rooms.ts';
import { declaredTypes, repeatedTypes } from './type-names.ts';

const SOCKETS = /^node:(net|tls|dns|dgram|http|https|http2)(\/|$)/;
/** What of node:net only reckons. */
const NO_SOCKETS = ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress'];
const SQLITE = /^node:sqlite$/;

/** What a room that knows `nothing` of the outside must not say. */
const IMPURE =
  /\b(?:Date\.now|new Date\(|Temporal\.Now|performance\.|setTimeout|setInterval|setImmediate|process\.\w|console\.|Math\.random)/;

/** Words of those that are harmless where they stand, and why. */
const PURE_ALL_THE_SAME: Readonly<Record<string, string>> = {
  'src/simulator/battery/text.ts: new Date(': 'writes the second it is given; no clock is read',
};

/** Sources without a test beside them, and why. */
const WITHOUT_TEST: Readonly<Record<string, string>> = {
  'src/now/news.ts': 'types',
  'src/now/state.ts': 'types',
  'src/sinks/control-news.ts': 'types',
  'src/sinks/sink.ts': 'types, and one number',
  'src/session/conversation.ts': 'types',
  'src/store/sqlite/options.ts': 'types',
  'src/simulator/battery/options.ts': 'types',
  'src/server/vendor-way.ts': 'types, and one that does nothing',
  'src/config/price-settings.ts': 'load.test.ts reads each of them',
  'src/config/output-settings.ts': 'load.test.ts reads each of them',
  'src/config/kinds.ts': 'load.test.ts and schema.test.ts read values of each kind',
  'src/problems/problem.ts': 'a type, and its words; codes.test.ts compares them',
  'src/problems/server.ts': 'a table; codes.test.ts reads every entry',
  'src/problems/output.ts': 'a table; codes.test.ts reads every entry',
  'src/problems/relay.ts': 'a table; codes.test.ts reads every entry',
  'src/problems/prices.ts': 'a table; codes.test.ts reads every entry',
  'src/prices/price-source.ts': 'types, and a name for an error',
  'src/problems/tap.ts': 'a table; codes.test.ts reads every entry',
  'src/problems/web.ts': 'a table; codes.test.ts reads every entry',
  'src/app/watched.ts': 'looks things up; app.test.ts asks for all of it',
  'src/app/build.ts': 'builds; app.test.ts starts what it builds',
  'src/app/build-store.ts': 'builds; app.test.ts starts what it builds',
  'src/app/build-now.ts': 'builds; app.test.ts starts what it builds',
  'src/app/build-server.ts': 'builds; app.test.ts starts what it builds',
  'src/app/build-web.ts': 'builds; app.test.ts starts what it builds',
  'src/app/context.ts': 'types, and the clocks of this process',
  'src/protocol/fields/flows.ts': 'a list; web/query/energy.test.ts compares it with the store’s',
  'src/capture/capture-error.ts': 'a name for an error',
  'src/cli/decode-frames.ts': 'decode.test.ts reads every line of it',
  'src/cli/decode-objects.ts': 'decode.test.ts reads every object of it',
  'src/cli/decode-summary.ts': 'decode.test.ts reads every line of it',
  'src/cli/decode-ending.ts': 'decode.test.ts reads every line of it',
  'src/doctor/gather/lookup-process.ts': 'a process; resolvers.test.ts starts it',
  'src/doctor/gather/soundness-process.ts': 'a process; soundness.test.ts starts it',
  'src/doctor/gather/this-machine.ts': 'this machine; cli/doctor.test.ts looks at it',
  'src/web/routes/route.ts': 'types; every route’s test uses them',
  'src/web/services.ts': 'types',
  'src/web/share-schema.ts': 'a schema; routes/bundle.test.ts and imports.test.ts answer by it',
  'src/web/vendor-schema.ts': 'a schema; routes/relay.test.ts answers by it',
  'src/web/recording-schema.ts': 'a schema; routes/recording.test.ts answers by it',
  'src/web/tap-schema.ts': 'a schema; routes/tap.test.ts answers by it',
  'src/web/doctor-schema.ts': 'a schema; routes/doctor.test.ts answers by it',
  'src/web/control-schema.ts': 'a schema; routes/control.test.ts answers by it',
  'src/web/price-schema.ts': 'a schema; routes/prices.test.ts answers by it',
  'src/web/leave-schema.ts': 'a schema; routes/leave.test.ts answers by it',
  'src/web/routes/routes.ts': 'a list; openapi.test.ts and api.test.ts go through it',
  'src/web/schedule-schema.ts': 'a schema; routes/schedules.test.ts answers by it',
  'src/session/control/known-settings.ts': 'battery-control.test.ts asks it, in each of its states',
  'src/store/sqlite/clock/battery-witness.ts': 'retention-clock.test.ts lives through it',
  'src/store/sqlite/jobs/wrong-stamps.ts': 'retention-clock.test.ts lives through it',
  'src/store/stored.ts': 'types',
  'src/store/reader.ts': 'types, and what they are told with',
  'src/store/sqlite/housework.ts': 'types',
  'src/store/backup/backup-process.ts': 'a process; maker.test.ts starts it',
  'src/store/sqlite/outbox/sql.ts': 'statements; outbox.test.ts runs them',
  'src/store/sqlite/journal-folding.ts': 'sqlite-store.test.ts folds, and takes a journal up, through it',
  'src/store/sqlite/record-sql.ts': 'statements; record-writer.test.ts runs them',
  'src/store/sqlite/outbox/state.ts': 'types, and two that are empty',
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
const LONG: Readonly<Record<string, string>> = {
  'src/model.ts': 'the words that every room speaks, in one place; types alone',
};

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
    ...files.flatMap(constructorFindings),
    ...typeNameFindings(files),
    ...exceptionFindings(known),
  ];
}

function importFindings(file: SourceFile): string[] {
  const home = roomOf(file.path);
  if (home === undefined) return [finding(file.path, 1, 'no row of ROOMS in scripts/rooms.ts fits it; add one')];
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
  const granted = [folderOf(from), home.who, ...home.mayImport, ...(isTest(from) ? testsMayImport(home.who) : [])];
  if (granted.some((grant) => allows(grant, file, values))) return null;
  const list = home.mayImport.length > SHORT_LIST ? 'what ROOMS in scripts/rooms.ts says' : home.mayImport.join(', ');
  return `imports ${file}, but ${home.who} may import only ${list || 'nothing'}; hand the value in, or move the code`;
}

/** The room as a folder: its files may import each other. A file that lies in none stands alone. */
function folderOf(file: string): string {
  return /^(?:src\/[^/]+|test|bench|scripts|dashboard)\//.exec(file)?.[0] ?? file;
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
    const sources = ['.ts', '.mjs'].map((ending) => file.replace(/(?:\.[\w-]+)?\.test\.ts$/, ending));
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

function constructorFindings({ path: file, text }: SourceFile): string[] {
  if (isTest(file) || !file.startsWith('src/')) return [];
  return begunInConstructors(text).map(({ line, word }) =>
    finding(file, line, `says ${word} in a constructor, which begins nothing; do it in start, or in a static open`),
  );
}

/** Tests name what they make up as they like. */
function typeNameFindings(files: readonly SourceFile[]): string[] {
  const named = files.filter(({ path: file }) => /^(?:src|dashboard|bench)\//.test(file) && !isTest(file));
  const types = named.flatMap(({ path: file, text }) => declaredTypes(file, text));
  return repeatedTypes(types).map(({ type: { name, file, line }, first }) =>
    finding(file, line, `names a type ${name}, as ${first.file} does; each type has one name in the house`),
  );
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
  return globSync('{src,test,bench,scripts,dashboard}/**/*.{ts,tsx,mjs}', { cwd: root })
    .map((file) => ({ path: file.replaceAll('\\', '/'), text: readFileSync(path.join(root, file), 'utf8') }))
    .sort((a, b) => a.path.localeCompare(b.path));
}

if (import.meta.main) {
  const findings = checkLayout(sourcesIn(path.resolve(import.meta.dirname, '..')));
  for (const line of findings) process.stdout.write(`${line}\n`);
  if (findings.length > 0) process.exitCode = 1;
}
