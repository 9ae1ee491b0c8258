/** Frames and conversations of one battery that the tests of a session begin with. */
import { readFileSync } from 'node:fs';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { Batteries } from '../src/session/batteries.ts';
import type { Output } from '../src/session/output.ts';
import { Session } from '../src/session/session.ts';
import { type Dialogue, dialogue, NOON } from './dialogue.ts';

export const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

export const [LOGIN = '', PING = '', LOG = '', FIRST_LIVE = '', SECOND_LIVE = '', DETAIL = ''] = fixture('session.hex')
  .trim()
  .split('\n');

export const SERIAL = 'AL2002021010101';
export const OTHER_SERIAL = 'AL2002021010102';

/** The answer to 1,1,16, byte by byte as captured. */
export const LIVE_SUCCESS = '01021000000014 7b22537461747573223a2253756363657373227d 57ac'.replaceAll(' ', '');

/** 12:04:10 on the battery's clock, as if UTC; heard at 11:04:11 UTC: 3599 s ahead. */
export const FIRST_LIVE_TIME = 1_718_193_850;
export const OFFSET = 3599;

export const EPOCH = {
  number: 1,
  sinceMs: NOON.wallMs,
  possibleSinceMs: NOON.wallMs,
  offsetSeconds: OFFSET,
  driftPpm: 0,
  reason: 'first_frame' as const,
};

export const NOON_SECONDS = 1_718_190_251;
export const live = (time: string, serial = SERIAL) => `{"Time":"${time}","SN":"${serial}","Ppv1":"1890"}`;
export const history = (...rows: string[]) => ['Date,Time,SN,Ppv1', ...rows, ''].join('\n');

/** A connection on which the battery has named itself with a live frame. */
export function acquainted(start = {}): Dialogue {
  return dialogue(start)
    .battery(FIRST_LIVE)
    .meets(SERIAL)
    .keeps({ type: 'clock' })
    .keeps({ type: 'reading' })
    .server(LIVE_SUCCESS);
}

/** What comes of it all when these arrive, each in a read of its own, at one moment. */
export function played(chunks: readonly Uint8Array[]): Output[] {
  const session = new Session({ connection: 7, batteries: new Batteries(3), forms: new FormBook() }, NOON);
  return chunks.flatMap((chunk) => session.receive(chunk, NOON));
}
