/**
 * Makes sure node_modules is there and fits package-lock.json, and that the page is built. Runs before the npm scripts and from bin/, on whatever
 * Node the machine has (18 or newer), so it is plain JavaScript without dependencies. Where all is well it costs a few
 * milliseconds. An installed package has no scripts/ folder: there, npm has done it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildPage } from './page.mjs';

const SELF = fileURLToPath(import.meta.url);
const ROOT = path.resolve(path.dirname(SELF), '..');
const MODULES = path.join(ROOT, 'node_modules');
/** What npm itself writes down after an installation. */
const INSTALLED = path.join(MODULES, '.package-lock.json');
const STAMP = path.join(MODULES, '.alphaess-local-setup');
/** Beside node_modules, because `npm ci` empties that. Git does not see an empty folder. */
const LOCK = path.join(ROOT, '.setup-lock');
const LOCK_BEAT_MS = 1000;
/** A lock nobody has touched for so long was left behind. */
const LOCK_STALE_MS = 15_000;
const LOCK_LOOK_MS = 100;
/** Between two signs of life while packages are fetched. */
const PROGRESS_MS = 15_000;

/** The Node this checkout brings along (the npm package `node`). */
export const PINNED_NODE = path.join(MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const FLAGS = [
  '--include=dev',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

/** What to tell the owner, by what npm said; the first that fits. */
const ADVICE = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|network/,
    'npm could not reach its registry: check the network (and the proxy, if there is one)',
  ],
  [/ENOSPC/, 'the disk is full: make room (about 400 MB)'],
  [/EACCES|EPERM|EROFS/, `npm may not write there: make ${ROOT} yours (and ~/.npm), without sudo`],
  [/EUSAGE|in sync/, 'package-lock.json does not fit package.json: take both as they were, or run `npm install`'],
];

/** With npm's setting `ignore-scripts` nothing else fails: only that package needs its script. */
const NO_NODE = 'npm did not fetch the Node this project brings along: run `npm rebuild node --ignore-scripts=false`';

/**
 * Sets the checkout up unless it is.
 * @throws {SetupError}
 */
export async function setUp() {
  await setUpModules();
  const problem = await buildPage(ROOT, PINNED_NODE);
  if (problem === null) return;
  process.stderr.write(problem);
  throw new SetupError(
    'Set-up failed: the page could not be built, vite says above why; then run the same command again.',
  );
}

async function setUpModules() {
  const wanted = stampOfLock();
  if (isReady(wanted)) return;
  const release = await lock();
  try {
    if (isReady(wanted) || adopt(wanted)) return;
    await install();
    stamp(wanted);
  } finally {
    release();
  }
}

export class SetupError extends Error {}

function stampOfLock() {
  const hash = createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

function isReady(wanted) {
  return existsSync(PINNED_NODE) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted;
}

/** Takes what is there for good if it is what the lock file says, as after an `npm install` by hand. */
function adopt(wanted) {
  if (!existsSync(PINNED_NODE) || !existsSync(INSTALLED)) return false;
  const locked = packagesOf(path.join(ROOT, 'package-lock.json'));
  const installed = packagesOf(INSTALLED);
  const fits = Object.entries(locked).every(([at, entry]) => {
    const present = installed[at];
    return at === '' || (present ? present.version === entry.version : entry.optional === true);
  });
  if (fits) stamp(wanted);
  return fits;
}

function stamp(wanted) {
  try {
    writeFileSync(STAMP, wanted);
  } catch {
    // A checkout that cannot be written to works too; only this look is taken each time.
  }
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** From nothing by `npm ci`; else by what changes least, because a server may be running from these files. */
async function install() {
  const isFirst = !existsSync(INSTALLED);
  process.stderr.write(
    isFirst
      ? 'Setting up (once): half a minute, some minutes on a Raspberry Pi…\n'
      : 'Bringing node_modules up to date…\n',
  );
  const told = tellProgress();
  const { code, output } = await npm([...(isFirst ? ['ci'] : ['install', '--no-save']), ...FLAGS]);
  told();
  if (code === null) throw new SetupError('Set-up was stopped; run the same command again.');
  if (code === 0 && existsSync(PINNED_NODE)) return;
  process.stderr.write(output);
  throw new SetupError(`Set-up failed: ${code === 0 ? NO_NODE : adviceOn(output)}; then run the same command again.`);
}

/** Says now and then that it goes on, and for how long. @returns what ends that */
function tellProgress() {
  const begunMs = Date.now();
  const timer = setInterval(() => {
    process.stderr.write(`  still fetching packages, ${Math.round((Date.now() - begunMs) / 1000)} s so far\n`);
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

function adviceOn(output) {
  const known = ADVICE.find(([pattern]) => pattern.test(output));
  return known ? known[1] : 'npm says above what is wrong';
}

function npm(args) {
  const child = spawnNpm(args);
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  // The lock is held until npm has come to its end, or two would write at once.
  const stop = () => child.kill('SIGKILL');
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  return new Promise((resolve, reject) => {
    child.on('error', () =>
      reject(new SetupError('Set-up failed: npm was not found; install Node.js from nodejs.org.')),
    );
    child.on('close', (code) => {
      for (const signal of signals) process.off(signal, stop);
      resolve({ code, output: Buffer.concat(chunks).toString() });
    });
  });
}

/** The npm that started us, by the Node that runs it; else the one on the PATH. */
function spawnNpm(args) {
  const options = { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] };
  const cli = process.env.npm_execpath;
  if (cli && path.basename(cli) === 'npm-cli.js') {
    return spawn(process.env.npm_node_execpath ?? process.execPath, [cli, ...args], options);
  }
  const shell = process.platform === 'win32';
  return shell ? spawn(`npm ${args.join(' ')}`, { ...options, shell }) : spawn('npm', args, options);
}

/**
 * One set-up at a time: waits for another, and takes over the lock of one that died. The lock is a folder, which is made
 * in one step on every file system; while it is held, its time is moved on.
 * @returns what lets go of it
 */
async function lock() {
  for (let looks = 0; !take(); looks++) {
    if (looks === 0) process.stderr.write('Waiting for another set-up of this folder…\n');
    const touchedMs = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs;
    if (touchedMs !== undefined && Date.now() - touchedMs > LOCK_STALE_MS) letGo();
    await sleep(LOCK_LOOK_MS);
  }
  const beat = setInterval(touch, LOCK_BEAT_MS);
  return () => {
    clearInterval(beat);
    letGo();
  };
}

function take() {
  try {
    mkdirSync(LOCK);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new SetupError(`Set-up failed: ${ROOT} cannot be written to (${error.code}): make it yours; then try again.`);
  }
}

function touch() {
  const now = new Date();
  ignoringLoss(() => utimesSync(LOCK, now, now));
}

function letGo() {
  ignoringLoss(() => rmdirSync(LOCK));
}

/** After a long sleep of this machine, another may have taken the lock for left behind. */
function ignoringLoss(step) {
  try {
    step();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** Sets up and, where that fails, says why in one sentence and ends the process. */
export async function setUpOrExit() {
  try {
    await setUp();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === SELF) await setUpOrExit();
