/**
 * The inspector's list: newest first, what is not understood on top if wanted, filtered, and bounded.
 */
import type { ShownFrame } from './types.ts';

export const MOST_FRAMES = 400;

export interface FrameFilter {
  readonly direction: ShownFrame['direction'] | 'all';
  readonly name: string;
  readonly unknownFirst: boolean;
}

/** Newer ones join older ones; each once. */
export function join(newer: readonly ShownFrame[], older: readonly ShownFrame[]): ShownFrame[] {
  const known = new Set<string>();
  return [...newer, ...older]
    .filter(({ key }) => !known.has(key) && known.add(key))
    .sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0))
    .slice(0, MOST_FRAMES);
}

export function arrange(frames: readonly ShownFrame[], { direction, name, unknownFirst }: FrameFilter): ShownFrame[] {
  const asked = name.trim().toLowerCase();
  const found = frames.filter(
    (frame) => (direction === 'all' || frame.direction === direction) && frame.name.toLowerCase().includes(asked),
  );
  if (!unknownFirst) return found;
  return [...found.filter(({ understood }) => !understood), ...found.filter(({ understood }) => understood)];
}

/** Such as 1,1,16: as the protocol's description writes it. */
export function commandText({ type, command }: ShownFrame): string {
  return type === null || command === null ? '' : `1,${type},${command}`;
}
