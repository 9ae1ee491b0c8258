/**
 * Recordings of this server's own connections: who makes them, and who may ask for what.
 */
import { join } from 'node:path';
import type { Recorder, RecordingStatus } from '../recording/recorder.ts';
import { type RecordingFile, readRecording, recordingsIn } from '../recording/ring.ts';
import type { Tap } from '../server/connection.ts';

/** Within the data folder. */
export function recordingsFolder(data: string): string {
  return join(data, 'recordings');
}

/** What is heard, told to several. */
export function tappedBy(...taps: readonly Required<Tap>[]): Tap {
  return {
    received: (connection, bytes) => {
      for (const tap of taps) tap.received(connection, bytes);
    },
    sent: (connection, bytes) => {
      for (const tap of taps) tap.sent(connection, bytes);
    },
    fromVendor: (connection, frame) => {
      for (const tap of taps) tap.fromVendor(connection, frame);
    },
    toVendor: (connection, frame) => {
      for (const tap of taps) tap.toVendor(connection, frame);
    },
  };
}

export class RecordingDesk {
  readonly #recorder: Pick<Recorder, 'start' | 'stop' | 'status'>;
  readonly #folder: string;

  constructor(recorder: Pick<Recorder, 'start' | 'stop' | 'status'>, folder: string) {
    this.#recorder = recorder;
    this.#folder = folder;
  }

  status(): RecordingStatus & { readonly files: readonly RecordingFile[] } {
    return { ...this.#recorder.status, files: recordingsIn(this.#folder) };
  }

  start(minutes: number, isPrivate: boolean): Promise<void> {
    return this.#recorder.start(minutes, isPrivate);
  }

  stop(): Promise<void> {
    return this.#recorder.stop();
  }

  /** null where there is none of that name, or private values are in it: those are read from the folder alone. */
  file(name: string): Uint8Array | null {
    return readRecording(this.#folder, name);
  }
}
