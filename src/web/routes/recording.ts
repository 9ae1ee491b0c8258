/**
 * Recordings of what goes over this server's connections: for the owner alone, and with private values for commands on this machine alone.
 */
import type * as z from 'zod';
import { WebError } from '../problem.ts';
import * as schema from '../recording-schema.ts';
import { iso, isoOrNull } from '../views.ts';
import { type Route, route } from './route.ts';

export interface RecordingView {
  readonly isRecording: boolean;
  readonly isPrivate: boolean;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly frames: number;
  readonly dropped: number;
  readonly files: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly sinceMs: number;
    readonly isPrivate: boolean;
  }[];
}

export interface RecordingControl {
  status(): RecordingView;
  start(minutes: number, isPrivate: boolean): Promise<void>;
  stop(): Promise<void>;
  /** null where there is none of that name that may be given away. */
  file(name: string): Uint8Array | null;
}

export const RECORDING_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/recordings',
    summary: 'Recordings of this server’s connections; /api/recordings/NAME is one of them, as pcapng',
    role: 'control',
    response: schema.recordings,
    answer: (_asked, { recording }) => recordingsView(recording.status()),
  }),
  route({
    method: 'POST',
    path: '/api/recordings',
    summary: 'Begin to record, for some minutes, or end',
    role: 'control',
    body: schema.recordingOrder,
    response: schema.recordings,
    answer: async ({ body, credentials }, { recording }) => {
      if (body.action === 'stop') await recording.stop();
      else {
        const isPrivate = body.private === true;
        // Whoever shows the token of the data folder can read all that is in it.
        const isLocal = /^Local\b/i.test(credentials.authorization ?? '');
        if (isPrivate && !isLocal)
          throw new WebError('REQUEST_INVALID', 'private values are recorded by alphaess-local record --private alone');
        await recording.start(body.minutes, isPrivate);
      }
      return recordingsView(recording.status());
    },
  }),
];

function recordingsView(view: RecordingView): z.infer<typeof schema.recordings> {
  return {
    recording: view.isRecording,
    private: view.isPrivate,
    since: isoOrNull(view.sinceMs),
    until: isoOrNull(view.untilMs),
    frames: view.frames,
    dropped: view.dropped,
    files: view.files.map(({ name, bytes, sinceMs, isPrivate }) => ({
      name,
      bytes,
      since: iso(sinceMs),
      private: isPrivate,
    })),
  };
}
