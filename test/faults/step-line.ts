/**
 * A line between a battery and its server that breaks at one frame of the server's: whatever the server does after that frame never happened.
 */
import type { Socket } from 'node:net';
import { type Frame, FrameDecoder } from '../../src/protocol/frame.ts';
import { Line } from './line.ts';

export interface BreakingFrame {
  is(frame: Frame): boolean;
  /** Whether the battery still gets it. */
  readonly arrives: boolean;
  /** At once, before anything else happens. */
  broken(): void;
}

export class StepLine {
  readonly #line: Line;
  #breaking: BreakingFrame | null = null;

  private constructor(line: Line) {
    this.#line = line;
  }

  static async to(port: number): Promise<StepLine> {
    const line: StepLine = new StepLine(
      await Line.to(port, (battery, server) => {
        const decoder = new FrameDecoder();
        battery.pipe(server);
        server.on('data', (bytes) => line.#carries(bytes, decoder, battery));
      }),
    );
    return line;
  }

  get port(): number {
    return this.#line.port;
  }

  /** Waits for a frame of the server's, and breaks there. @returns when it has */
  breaksAt(frame: Omit<BreakingFrame, 'broken'>, broken: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#breaking = {
        ...frame,
        broken: () => {
          broken();
          resolve();
        },
      };
    });
  }

  #carries(bytes: Uint8Array, decoder: FrameDecoder, battery: Socket): void {
    decoder.receive(bytes);
    for (let frame = decoder.next(); frame !== null; frame = decoder.next()) {
      const breaking = this.#breaking;
      if (breaking === null || frame.kind !== 'frame' || !breaking.is(frame)) continue;
      this.#breaking = null;
      breaking.broken();
      if (breaking.arrives) battery.end(bytes);
      else battery.destroy();
      return;
    }
    battery.write(bytes);
  }
}
