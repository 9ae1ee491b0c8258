/**
 * A process that looks a name up as programs on this machine do (getaddrinfo), and tells the addresses, or the code of the error, as
 * JSON. In the process that asks it could not be broken off, and would keep it from ending. Started by `MachineNameServer`.
 */
import { lookup } from 'node:dns/promises';

/** What it tells. */
export interface LookedUp {
  readonly addresses?: readonly string[];
  /** Of the error. */
  readonly code?: string;
}

const [, , name = '', family = '4'] = process.argv;

try {
  const found = await lookup(name, { family: family === '6' ? 6 : 4, all: true });
  process.stdout.write(JSON.stringify({ addresses: found.map(({ address }) => address) }));
} catch (error) {
  process.stdout.write(JSON.stringify({ code: (error as NodeJS.ErrnoException).code ?? 'UNKNOWN' }));
}
