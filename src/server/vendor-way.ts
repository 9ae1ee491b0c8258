/**
 * The way from the batteries' connections to the vendor, as the battery port sees it. Nothing here throws, or keeps anybody waiting.
 */
import type { Frame } from '../protocol/frame.ts';
import type { UpstreamOutput } from '../session/output.ts';
import type { VendorReach } from '../session/relay/vendor-side.ts';

/** Of one connection. */
export interface VendorWay {
  /** Sends a frame to the vendor, or drops it. */
  forward(output: UpstreamOutput): void;
  /** What the vendor sends could not be kept: hear no more of it until {@link resume}. */
  pause(): void;
  resume(): void;
  /** The battery's connection has ended. */
  close(): void;
}

export interface VendorWays {
  open(connection: number, listener: VendorListener): VendorWay;
}

/** Told of the vendor, for one connection of a battery. */
export interface VendorListener {
  /** Each whole frame of the vendor's. */
  said(frame: Frame): void;
  /** Whether the vendor can be reached, when that changes. */
  reached(reach: VendorReach): void;
}

/** Where nothing is relayed. */
export const NO_WAY: VendorWay = { forward: () => {}, pause: () => {}, resume: () => {}, close: () => {} };
