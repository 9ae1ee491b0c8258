/**
 * What is kept of peers of which no battery is known: bytes, by what was wrong with them.
 */
import type { StoreReader } from '../../store/reader.ts';

/** How often there was something, by its code of docs/errors.md, and when last, Unix ms. */
export interface Nameless {
  readonly code: string;
  readonly times: number;
  readonly lastMs: number;
}

/** Of more only the newest are counted. */
const MOST = 200;

/** @param span Unix ms, from (inclusive) to (exclusive) */
export async function namelessOf(
  reader: StoreReader,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<Nameless[]> {
  const found = new Map<string, Nameless>();
  for (const kept of ['discarded', 'unknown'] as const) {
    for await (const { owner, reason: code, receivedMs } of reader.frames(kept, { ...span, newest: MOST })) {
      if (owner !== null) continue;
      const { times = 0, lastMs = 0 } = found.get(code) ?? {};
      found.set(code, { code, times: times + 1, lastMs: Math.max(lastMs, receivedMs) });
    }
  }
  return [...found.values()];
}
