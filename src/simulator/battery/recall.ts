/**
 * All that a simulated battery remembers, as the frames it would send if its server asked for them.
 */
import { encodeFrame, type Frame, FrameDecoder, REQUEST, RESPONSE } from '../../protocol/frame.ts';
import { NO_PAUSES } from '../pauses.ts';
import { SimulatedBattery } from './battery.ts';
import { COMMAND, HISTORY } from './opening.ts';
import type { SimulatedBatteryOptions, SimulatedOutgoing } from './options.ts';
import { bytesOf } from './text.ts';

const SUCCESS = bytesOf('{"Status":"Success"}');
/** Long before any minute it can remember. */
const EVERYTHING = '{"Command":"Resume","CmdIndex":"1","Parameter1":"2000/01/01 00:00:00","Parameter2":"100000000"}';
const STEP_MS = 50;
/** By then it has opened the conversation and sent what it has, or never will. */
const LONGEST_MS = 3_600_000;

/** The 1,1,12 frames, oldest first; time stands at `startMs` for them but for the moments the conversation takes. */
export function recall(options: SimulatedBatteryOptions): Uint8Array[] {
  const battery = new SimulatedBattery({ ...options, pauses: NO_PAUSES });
  const decoder = new FrameDecoder();
  const frames: Uint8Array[] = [];
  const instant = (ms: number) => ({ wallMs: options.startMs + ms, monoMs: ms });
  const hear = (frame: Frame, ms: number): readonly SimulatedOutgoing[] => {
    if (frame.type === RESPONSE) return [];
    if (frame.command === HISTORY) frames.push(encodeFrame(REQUEST, HISTORY, frame.body));
    return battery.receive(encodeFrame(RESPONSE, frame.command, SUCCESS), instant(ms));
  };
  const converse = (outgoing: readonly SimulatedOutgoing[], ms: number): void => {
    let queue = [...outgoing];
    while (queue.length > 0) {
      for (const item of queue) if (item.type === 'send') decoder.receive(item.bytes);
      queue = [];
      for (let decoded = decoder.next(); decoded !== null; decoded = decoder.next()) {
        if (decoded.kind === 'frame') queue.push(...hear(decoded, ms));
      }
    }
  };
  converse(battery.connected(instant(0)), 0);
  converse(battery.receive(encodeFrame(REQUEST, COMMAND, bytesOf(EVERYTHING)), instant(0)), 0);
  let quietSince = 0;
  for (let ms = STEP_MS; ms < LONGEST_MS && ms - quietSince < 10_000; ms += STEP_MS) {
    const before = frames.length;
    converse(battery.wake(instant(ms)), ms);
    if (frames.length > before) quietSince = ms;
  }
  return frames;
}
