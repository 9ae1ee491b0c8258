/**
 * What a session wants done. Data only; server/ does it, in order, replies after the records before them are on disk.
 */
import type { Private, StoreRecord } from '../model.ts';
import type { ProblemCode } from '../protocol/errors.ts';

/** Something the owner should hear of; `detail` adds numbers, never private values. */
export interface ProblemOutput {
  readonly type: 'problem';
  readonly code: ProblemCode;
  readonly battery: Private<string> | null;
  readonly detail: string;
}

/** A frame for the vendor. */
export interface UpstreamOutput {
  readonly type: 'upstream';
  /** The bytes are shared: do not write into them. */
  readonly frame: Uint8Array;
  /** Whether a connection to the vendor begins with it: never to be kept but in memory. */
  readonly isLogin: boolean;
  /** Whose it is, as far as known. */
  readonly battery: Private<string> | null;
  /** How long it may wait for a connection that is being made, ms; absent: then it is dropped. */
  readonly waitMs?: number;
}

export type Output =
  /** Keep this. */
  | { readonly type: 'record'; readonly record: StoreRecord }
  /** Send this frame, once every record before it is committed. The bytes are shared: do not write into them. */
  | { readonly type: 'reply'; readonly frame: Uint8Array }
  /** Send this frame, an order of our own, under the same rule, apart from all replies and after them. */
  | { readonly type: 'order'; readonly frame: Uint8Array }
  /** Hand this frame to the vendor, under the same rule; if that cannot be done at once, drop it. */
  | UpstreamOutput
  | ProblemOutput
  /** Hang up, after what is to be sent is sent. */
  | { readonly type: 'close'; readonly code: ProblemCode };
