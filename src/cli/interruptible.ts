/**
 * Work that a signal breaks off, so that nothing half done is left.
 */
import { OwnerError } from '../problems/errors.ts';
import type { Io } from './io.ts';

/** @throws OwnerError INTERRUPTED at a signal, once the work has let go of everything */
export function interruptible<T>(io: Io, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const breaking = new AbortController();
  io.onSignal(() => breaking.abort(new OwnerError('INTERRUPTED', 'broken off: nothing was changed')));
  return work(breaking.signal);
}
