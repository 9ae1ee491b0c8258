/**
 * What of package-lock.json is installed with the program: all but what only this checkout needs.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './run.ts';

interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly engines?: unknown;
  readonly integrity?: string;
}

interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface Shrinkwrap {
  readonly name: unknown;
  readonly version: unknown;
  readonly lockfileVersion: number;
  readonly requires: true;
  readonly packages: Readonly<Record<string, object>>;
}

/** A package that the program comes with. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** From the root of the checkout. */
  readonly folder: string;
}

/** Types are for those who compile: nothing of them runs. */
const TYPES = /node_modules\/@types\/|node_modules\/undici-types$/;

function readLock(): Lock {
  return JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
}

function isShipped(folder: string, { dev = false }: LockedPackage): boolean {
  return folder !== '' && !dev;
}

/** In the order of the lock. */
export function shippedPackages(): ShippedPackage[] {
  return Object.entries(readLock().packages)
    .filter(([folder, locked]) => isShipped(folder, locked) && !TYPES.test(folder))
    .map(([folder, { version, license = 'unknown' }]) => ({ name: nameIn(folder), version, license, folder }));
}

/** Of a package, by its place in the lock. */
function nameIn(folder: string): string {
  return folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** One package of the lock, also of what only the checkout needs. @throws Error where there is none */
export function lockedVersion(name: string): string {
  const found = readLock().packages[`node_modules/${name}`];
  if (found === undefined) throw new Error(`package-lock.json has no ${name}`);
  return found.version;
}

/**
 * npm-shrinkwrap.json: a global installation gets exactly what is tested here.
 * @param manifest package.json, as it is published
 */
export function shrinkwrap(manifest: Readonly<Record<string, unknown>>): Shrinkwrap {
  const { lockfileVersion, packages } = readLock();
  const shipped = Object.entries(packages).filter(([folder, locked]) => isShipped(folder, locked));
  const { name, version, license, dependencies, bin, engines } = manifest;
  const root = { name, version, license, dependencies, bin, engines };
  return { name, version, lockfileVersion, requires: true, packages: { '': root, ...Object.fromEntries(shipped) } };
}

/**
 * The same with what npm needs to install. What each package says of Node is left out: npm would warn of each of them where Node is too
 * old, and ours says it once. Where each tarball is stands in it: without, npm first fetches the list of all versions of each package,
 * of the largest 9 MB. Whoever has another registry is asked there: npm exchanges the host.
 */
export function slim({ packages, ...whole }: Shrinkwrap): Shrinkwrap {
  const { '': root, ...others } = packages;
  const needed = Object.entries(others).map(([folder, locked]) => {
    const { engines, license, funding, ...kept } = locked as Record<string, unknown>;
    return [folder, { ...kept, resolved: tarballOf(folder, String(kept.version)) }] as const;
  });
  return { ...whole, packages: { '': root as object, ...Object.fromEntries(needed) } };
}

/** As the registry names tarballs: of `@a/b` it is `@a/b/-/b-1.0.0.tgz`. */
function tarballOf(folder: string, version: string): string {
  const name = nameIn(folder);
  return `https://registry.npmjs.org/${name}/-/${name.replace(/^@[^/]*\//, '')}-${version}.tgz`;
}
