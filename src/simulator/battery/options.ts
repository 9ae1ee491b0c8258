/**
 * What a simulated battery is made with, and what it wants done.
 */
import type { FaultName } from '../faults.ts';
import type { PauseRange } from '../pauses.ts';
import type { SampleStamp } from './acknowledgements.ts';
import type { SimulatedDeviceOptions } from './device.ts';

export type SimulatedOutgoing =
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  | { readonly type: 'disconnect' }
  /** Something worth a line in a log; holds no private value. */
  | { readonly type: 'note'; readonly text: string };

export interface SimulatedBatteryOptions extends SimulatedDeviceOptions {
  /** Between live samples. Default 10. */
  readonly intervalSeconds?: number;
  /** Between its frames of one conversation. Default {@link PAUSES}. */
  readonly pauses?: PauseRange;
  /** Default none. */
  readonly faults?: ReadonlySet<FaultName>;
  /** Told of every reading that the server acknowledged. */
  readonly onAcknowledged?: (acknowledged: SampleStamp) => void;
}
