/**
 * This machine as it is.
 */
import { getServers } from 'node:dns';
import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { kernelClock } from '../../system/kernel-clock.ts';
import { nameServers } from './resolvers.ts';
import { checkApart } from './soundness.ts';
import type { Outside } from './surroundings.ts';

/** Those behind systemd-resolved's stub. */
const UPSTREAM = '/run/systemd/resolve/resolv.conf';
/** What Docker and Podman put into a container. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];
const DNS_MS = 3000;

/**
 * @param folder the data folder
 * @param checkMs how long the check of the database is waited for
 */
export function thisMachine(folder: string, checkMs: number): Outside {
  const servers = nameServers(getServers(), textOf(UPSTREAM));
  return {
    interfaces: networkInterfaces,
    isContainer: () => CONTAINER_MARKS.some((path) => existsSync(path)),
    nameServers: () => servers,
    patience: () => sleep(DNS_MS, undefined, { ref: false }),
    kernelClock: () => kernelClock(folder),
    check: (signal) => checkApart(folder, signal),
    checkPatience: () => sleep(checkMs, undefined, { ref: false }),
    monoMs: () => performance.now(),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
