#!/usr/bin/env node
/**
 * The command. Installed from npm it runs the compiled dist/; in a checkout it runs src/ as it stands, by the Node the
 * checkout brings along where the machine's is too old. Plain JavaScript, so that an old Node can say that it is old.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const SOURCE = new URL('../src/cli.ts', import.meta.url);
const COMPILED = new URL('../dist/server/cli.js', import.meta.url);
/** In the npm package, in place of {@link COMPILED}: a sixth less to download (scripts/package/npm.ts). */
const COMPRESSED = new URL('../dist/server/cli.js.br', import.meta.url);
const CACHE = new URL('../node_modules/.cache/alphaess-local', import.meta.url);
const OLDEST_NODE = 24;
const PARENT_LOOK_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Commands that run for months. The first is the default. */
const SERVERS = ['serve', 'tap', 'demo'];
/**
 * What they are begun with: a young generation that does not grow to four times as much in a burst and keeps it, and as many of
 * glibc's arenas as there are threads with much to do. Together 100 MB less after a burst (docs/performance.md, decision 0044).
 */
const YOUNG_GENERATION = '--max-semi-space-size';
const HEAP_FLAGS = [`${YOUNG_GENERATION}=16`];
const ARENAS = { MALLOC_ARENA_MAX: '2' };

const isNodeNewEnough = Number.parseInt(process.versions.node, 10) >= OLDEST_NODE;

if (process.env.npm_lifecycle_event) stopWithNpm();
if (existsSync(SOURCE)) await fromCheckout();
else await fromPackage();

async function fromPackage() {
  if (isNodeNewEnough) {
    if (existsSync(COMPRESSED)) loadCompressed();
    return runHere(COMPILED);
  }
  fail(
    `alphaess-local needs Node.js ${OLDEST_NODE} or newer and this is ${process.versions.node}: get it from nodejs.org.`,
  );
}

/** Has Node find the program under the name it had before it was compressed. All else is read as it is. */
function loadCompressed() {
  module.registerHooks({
    resolve: (name, context, next) =>
      name === COMPILED.href ? { url: name, format: 'module', shortCircuit: true } : next(name, context),
    load: (url, context, next) =>
      url === COMPILED.href
        ? { format: 'module', source: brotliDecompressSync(readFileSync(COMPRESSED)), shortCircuit: true }
        : next(url, context),
  });
}

async function fromCheckout() {
  const { PINNED_NODE, setUpOrExit } = await import('../scripts/setup.mjs');
  await setUpOrExit();
  if (isNodeNewEnough) return runHere(SOURCE, fileURLToPath(CACHE));
  runByChild(PINNED_NODE);
}

async function runHere(program, cache) {
  hideExperimentalWarnings();
  if (isServer() && !isHeapSet()) beginAnew();
  // Compiled code and stripped types kept from the last run: half the time to start, and some 20 MB less (bench memory).
  module.enableCompileCache?.(cache);
  await import(program.href);
}

function isServer() {
  const [command] = process.argv.slice(2);
  return command === undefined || command.startsWith('-') || SERVERS.includes(command);
}

/** Whether somebody has said how large the young generation may be: we, or who started us. */
function isHeapSet() {
  return [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((text) => text.includes(YOUNG_GENERATION));
}

/** In this process, with other flags: V8 takes no notice of them once it runs. Not on Windows, which has no such call. */
function beginAnew() {
  if (typeof process.execve !== 'function' || process.platform === 'win32') return;
  const args = [...HEAP_FLAGS, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, [process.execPath, ...args], { ...ARENAS, ...process.env });
}

/** The first versions of Node 24 call two things experimental that we use: nothing an owner could act on. */
function hideExperimentalWarnings() {
  const emit = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    if (rest[0] !== 'ExperimentalWarning') emit.call(process, warning, ...rest);
  };
}

function runByChild(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !terminalReachesChild()) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`alphaess-local cannot run ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of SIGNALS) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    process.exit(128 + constants.signals[signal]);
  });
}

/** Ctrl-C in a terminal reaches every process of the foreground group: a second SIGINT would mean “leave at once”. */
function terminalReachesChild() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // proc_pid_stat(5), after the name in brackets: state, parent, group, session, terminal, its foreground group.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  }
}

/** A signal sent to npm ends npm and its shell, not what they started: `kill` on `npm start` would leave a server behind. */
function stopWithNpm() {
  const parent = process.ppid;
  const look = () => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  };
  const timer = setInterval(look, PARENT_LOOK_MS);
  timer.unref();
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
