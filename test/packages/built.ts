/**
 * Builds a package as its maker does, and knows what this machine lacks for trying it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE } from '../server.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const ARTIFACTS = join(ROOT, 'artifacts');
export const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
export interface Ran {
  readonly code: number | null;
  readonly out: string;
}

/** Runs a program to its end. `out` is all it wrote. */
export function ran(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = process.env): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: environment, maxBuffer: 1e8 });
  return { code: status, out: `${stdout}${stderr}` };
}

/** @throws Error with what it said, where it fails */
export function must(program: string, args: readonly string[], environment?: NodeJS.ProcessEnv): string {
  const { code, out } = ran(program, args, environment);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${out}`);
  return out;
}

/** `npm run package -- …`. */
export function build(...args: string[]): string {
  return must(NODE, [join(ROOT, 'scripts/package.ts'), ...args]);
}
