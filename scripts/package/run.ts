/**
 * What every package is built with: places, the programs of this checkout, and the moment that all files are of.
 */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** What whoever builds can put right. */
export class PackageError extends Error {}

export const ROOT = path.resolve(import.meta.dirname, '../..');
/** Where what is built is put. */
export const ARTIFACTS = path.join(ROOT, 'artifacts');
export const VERSION = (JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string })
  .version;

/** Of a checkout without history; only that it is the same each time matters. */
const SOME_MOMENT = 1_704_067_200;

/**
 * The moment that all files of a package are of, Unix seconds: `SOURCE_DATE_EPOCH` (reproducible-builds.org), or that of the commit.
 */
export function sourceDate(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined && /^\d+$/.test(given)) return Number(given);
  const commit = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT, encoding: 'utf8' });
  return /^\d+$/.test(commit.stdout?.trim() ?? '') ? Number(commit.stdout.trim()) : SOME_MOMENT;
}

/** A folder for one build, empty. */
export function emptyFolder(name: string): string {
  const folder = path.join(ARTIFACTS, 'build', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** @returns its standard output. @throws PackageError where it fails, with what it said */
export function run(program: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const done = spawnSync(program, args, {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
    ...options,
    env: { ...process.env, SOURCE_DATE_EPOCH: String(sourceDate()), ...options.env },
    encoding: 'utf8',
  });
  if (done.error !== undefined) throw new PackageError(`${program} cannot be run: ${done.error.message}`);
  if (done.status === 0) return String(done.stdout);
  throw new PackageError(`${program} ${args.join(' ')} failed:\n${done.stdout}${done.stderr}`);
}

/** The npm that started us, or the one on the PATH. */
export function npm(args: readonly string[], cwd: string): string {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  if (cli !== undefined && path.basename(cli) === 'npm-cli.js' && existsSync(cli)) {
    return run(process.env.npm_node_execpath ?? process.execPath, [cli, ...args, ...quiet], { cwd });
  }
  return run('npm', [...args, ...quiet], { cwd });
}

/** What a package is: its name from artifacts/ and its size, for who has built it. */
export function described(file: string): string {
  const { size } = statSync(file);
  const shown = size >= 1e6 ? `${(size / 1e6).toFixed(1)} MB` : `${Math.round(size / 1e3)} kB`;
  return `${path.relative(ROOT, file)}  ${shown}`;
}
