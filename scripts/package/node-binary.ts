/**
 * The Node that a package brings along: from npm, the version of this checkout, checked by its digest (packaging/node.json).
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { lockedVersion } from './lock.ts';
import { ARTIFACTS, npm, PackageError, ROOT, run } from './run.ts';

/** As Debian and OCI call processors. */
export type Arch = 'amd64' | 'arm64';

const PINS = JSON.parse(readFileSync(path.join(ROOT, 'packaging/node.json'), 'utf8')) as {
  readonly version: string;
  readonly packages: Readonly<Record<Arch, { readonly name: string; readonly integrity: string }>>;
};

/** @param given null for this machine's. @throws PackageError where Node has none for it */
export function archOf(given: string | null): Arch {
  const arch = given ?? { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch;
  if (arch === 'amd64' || arch === 'arm64') return arch;
  throw new PackageError(
    `there is no Node 24 of npm for ${arch}: choose --arch amd64 or --arch arm64 (64-bit systems alone)`,
  );
}

export const nodeVersion = PINS.version;

/**
 * The program, and its licence with those of what is in it.
 * @throws PackageError where it is not what packaging/node.json says
 */
export function nodeFor(arch: Arch): { readonly program: string; readonly licence: string } {
  const { name, integrity } = PINS.packages[arch];
  if (lockedVersion('node') !== PINS.version) {
    throw new PackageError(
      `packaging/node.json is of Node ${PINS.version}, package-lock.json of ${lockedVersion('node')}`,
    );
  }
  const folder = path.join(ARTIFACTS, 'cache', `${name}-${PINS.version}`);
  if (!existsSync(path.join(folder, 'package/LICENSE'))) fetchInto(folder, name, integrity);
  return { program: path.join(folder, 'package/bin/node'), licence: path.join(folder, 'package/LICENSE') };
}

function fetchInto(folder: string, name: string, integrity: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  npm(['pack', `${name}@${PINS.version}`, '--pack-destination', folder], folder);
  const file = path.join(folder, `${name}-${PINS.version}.tgz`);
  const digest = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (digest !== integrity) throw new PackageError(`${name} ${PINS.version} is not what packaging/node.json says`);
  run('tar', ['-xzf', file, '-C', folder, 'package/bin/node', 'package/LICENSE']);
  rmSync(file);
}
