/** A battery an hour ahead, of which minutes are missing. */
import { type Battery, type ClockEpoch, type Gap, type Instant, Private } from '../src/model.ts';
import { BACKFILL, type Backfill, type BackfillOptions } from '../src/session/backfill/backfill.ts';
import { Batteries } from '../src/session/batteries.ts';
import { type Dialogue, dialogue, NOON } from './dialogue.ts';

export const SERIAL = 'AL2002021010101';

/** 2024-06-12 11:00:00 UTC. */
export const T = 1_718_190_000;
export const HOUR = 3600;
export const DAY = 86_400;

/** The battery's clock is an hour ahead, and has been for a month. */
export const EPOCH: ClockEpoch = {
  number: 1,
  sinceMs: (T - 30 * DAY) * 1000,
  possibleSinceMs: (T - 30 * DAY) * 1000,
  offsetSeconds: HOUR,
  driftPpm: 0,
  reason: 'first_frame',
};

export const at = (time: number): Instant => ({ wallMs: time * 1000, monoMs: (time - T) * 1000 });

export const gap = (number: number, from: number, to: number, change: Partial<Gap> = {}): Gap => ({
  ...{ number, from, to, filledMinutes: 0, state: 'open', askedMs: null },
  ...change,
});

/** What an order asks for. */
export function asked(order: Uint8Array | undefined): [after: string, minutes: string] {
  const { Parameter1, Parameter2 } = JSON.parse(new TextDecoder().decode(order?.subarray(7, -2)));
  return [Parameter1, Parameter2];
}

/** A row each minute, from the one after a time until another, both by UTC; at `now`. */
export function rows(to: Backfill, after: number, until: number, now: number, offset = HOUR): void {
  for (let time = after + 60; time <= until; time += 60) to.row(time + offset, at(now));
}

/** `12:04:11` on the battery's clock, that many seconds after NOON. */
export const shown = (second: number, ahead = HOUR) =>
  new Date(NOON.wallMs + (second + ahead) * 1000).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');

export const live = (second: number, ahead = HOUR, serial = SERIAL) =>
  `{"Time":"${shown(second, ahead)}","SN":"${serial}","Ppv1":"${Math.abs(second)}"}`;

export const NOON_SECONDS = NOON.wallMs / 1000;

/** What the store knows: heard for a month, last at NOON. */
export function known(change: Partial<Battery> = {}): Battery {
  const newest = { time: NOON_SECONDS, receivedMs: NOON.wallMs };
  const serial = new Private(SERIAL);
  const none = { openGaps: [], lastGapNumber: 0, trust: { peers: [], lastRun: 0 } };
  return { id: 'b3f1c2', serial, firstSeenMs: 1, epochs: [EPOCH], newest, ...none, ...change };
}

/** A connection made `second` after NOON, by a battery that the store knows. */
export function reconnected(
  second: number,
  change: Partial<Battery> = {},
  options: Partial<BackfillOptions> = {},
): Dialogue {
  const batteries = new Batteries(10, { backfill: { ...BACKFILL, ...options } });
  batteries.restore(known(change));
  return dialogue({ batteries, at: later(second) });
}

export const later = (second: number): Instant => ({
  wallMs: NOON.wallMs + second * 1000,
  monoMs: NOON.monoMs + second * 1000,
});

/** Milliseconds since midnight: NOON is 11:04:11. */
const indexAt = (second: number) => String((11 * HOUR + 4 * 60 + 11 + second) * 1000);

export const resume = (second: number, after: string, minutes: number) =>
  `{"CmdIndex":"${indexAt(second)}","Command":"Resume","Parameter1":"${after}","Parameter2":"${minutes}"}`;

export const answer = (second: number, status: string) =>
  `{"Command":"Resume","CmdIndex":"${indexAt(second)}","Status":"${status}"}`;

/** Ten minutes after NOON it is back, and is asked for what is missing. */
export function asking(change: Partial<Battery> = {}): Dialogue {
  return reconnected(600, change)
    .sends(16, live(600))
    .meets(SERIAL)
    .keeps({ type: 'reading', kind: 'live', time: NOON_SECONDS + 600 })
    .keeps({ type: 'gap', battery: SERIAL, gap: gap(1, NOON_SECONDS, NOON_SECONDS + 600) })
    .keeps({ type: 'gap', gap: { number: 1, state: 'asked', askedMs: NOON.wallMs + 600_000 } })
    .success(16)
    .orders(resume(600, '2024/06/12 12:04:11', 10));
}
