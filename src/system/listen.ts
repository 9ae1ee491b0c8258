/**
 * Beginning to listen, and what the owner is told where that fails.
 */
import { isIP } from 'node:net';
import type { ListenAddress } from '../config/load.ts';
import { OwnerError, type OwnerErrorCode } from '../problems/errors.ts';

/** `0.0.0.0:7777`; IPv6 stands in brackets. @param port the one that was given, where any was asked for */
export function showAddress(address: ListenAddress, port: number): string {
  return `${isIP(address.host) === 6 ? `[${address.host}]` : address.host}:${port}`;
}

const LISTEN_ERRORS: Readonly<Record<string, readonly [OwnerErrorCode, string]>> = {
  EADDRINUSE: ['PORT_IN_USE', 'another program already listens there: stop it, or choose another port'],
  EACCES: ['PORT_FORBIDDEN', 'this user may not: choose a port above 1023'],
  EADDRNOTAVAIL: ['ADDRESS_NOT_HERE', 'this machine has no such address: use 0.0.0.0 for every address it has'],
  EMFILE: ['DESCRIPTORS_SPENT', 'this process may open no more files: raise the limit (ulimit -n)'],
  ENFILE: ['DESCRIPTORS_SPENT', 'this machine can open no more files: raise its limit (fs.file-max)'],
  ENOTFOUND: ['ADDRESS_NOT_HERE', 'there is no such address: use 0.0.0.0 for every address this machine has'],
};

/** Begins to listen. @throws OwnerError for what the owner can put right */
export async function listenOn(
  side: 'battery' | 'web' | 'vendor',
  address: ListenAddress,
  listen: () => Promise<void>,
): Promise<void> {
  try {
    await listen();
  } catch (error) {
    const known = LISTEN_ERRORS[(error as NodeJS.ErrnoException).code ?? ''];
    if (known === undefined) throw error;
    const [code, reason] = known;
    const option = side === 'vendor' ? '--vendor' : `--${side}-listen`;
    const flag = code === 'PORT_IN_USE' ? ` with ${option}` : '';
    throw new OwnerError(
      code,
      `cannot listen on ${showAddress(address, address.port)} (${side} port): ${reason}${flag}`,
      error,
    );
  }
}
