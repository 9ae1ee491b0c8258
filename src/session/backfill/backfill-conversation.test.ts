import { describe, expect, it } from 'vitest';
import { NOON } from '../../../test/dialogue.ts';
import { type Battery, type Gap, Private } from '../../model.ts';
import type { Frame } from '../../protocol/frame.ts';
import type { Message } from '../../protocol/messages.ts';
import { Batteries, type HeardBattery } from '../batteries.ts';

const NOON_SECONDS = NOON.wallMs / 1000;
const SERIAL = 'AL2002021010101';
const FRAME: Frame = { kind: 'frame', type: 2, command: 8, body: new Uint8Array(), offset: 0 };
const GAP: Gap = {
  ...{ number: 1, from: NOON_SECONDS - 7200, to: NOON_SECONDS - 3600, filledMinutes: 0 },
  ...{ state: 'open', askedMs: null },
};
const EPOCH = { number: 1, sinceMs: 0, possibleSinceMs: 0, offsetSeconds: 3600, driftPpm: 0, reason: 'jump' } as const;

/** A battery whose clock is settled by its first live reading, of which these gaps are known. */
function known(...openGaps: Gap[]): HeardBattery {
  const battery: Battery = {
    ...{ id: 'b3f1c2', serial: new Private(SERIAL), firstSeenMs: 0, epochs: [EPOCH], openGaps },
    ...{ newest: { time: NOON_SECONDS - 5, receivedMs: NOON.wallMs - 5000 }, lastGapNumber: openGaps.length },
    trust: { peers: [], lastRun: 0 },
  };
  const batteries = new Batteries(1);
  batteries.restore(battery);
  const heard = batteries.get(SERIAL) as HeardBattery;
  heard.clock.sample(NOON_SECONDS + 3600, NOON);
  return heard;
}

const answered = (status: boolean, index = '39851000'): Message => ({
  type: 'order_reply',
  reply: { command: 'Resume', index, success: status },
  partly: false,
});
const after = (ms: number) => ({ wallMs: NOON.wallMs + ms, monoMs: NOON.monoMs + ms });
const gapOf = (outputs: readonly object[]) => outputs.map((output) => (output as { record: { gap: Gap } }).record.gap);

describe('asking a battery for history', () => {
  it('is wanted only while something is missing and the clock says when rows were', () => {
    const nothing = known().backfillConversation;
    expect([nothing.want(NOON), nothing.state, nothing.connection, nothing.deadline]).toEqual([
      false,
      'idle',
      null,
      null,
    ]);
    const battery = known(GAP);
    battery.clockStands = true;
    expect(battery.backfillConversation.want(NOON)).toBe(false);
    battery.clockStands = false;
    expect([battery.backfillConversation.want(NOON), battery.backfillConversation.state]).toEqual([true, 'waiting']);
    // It stands still by the time it is its turn.
    battery.clockStands = true;
    expect(battery.backfillConversation.begin(7, NOON)).toBeNull();
    expect(battery.backfillConversation.state).toBe('idle');
  });

  it('goes on over the connection where it was its turn, until its rows have come', () => {
    const { backfillConversation: conversation } = known(GAP);
    conversation.want(NOON);
    const begun = conversation.begin(7, NOON);
    expect(gapOf(begun?.outputs ?? [])).toMatchObject([{ number: 1, state: 'asked' }]);
    expect(Buffer.from(begun?.order ?? []).toString('latin1')).toContain('"CmdIndex":"39851000","Command":"Resume"');
    expect([conversation.state, conversation.connection]).toEqual(['asking', 7]);
    expect(conversation.deadline).toBe(NOON.monoMs + 60_000);
    conversation.sent(after(500));
    conversation.excuse(1000);
    expect(conversation.deadline).toBe(NOON.monoMs + 61_500);
    expect(conversation.heard({ type: 'ping' }, FRAME, NOON)).toBeNull();
    expect(conversation.heard(answered(true, '1'), FRAME, NOON)).toBeNull();
    expect(conversation.heard(answered(true), FRAME, NOON)).toEqual({ outputs: [] });
    expect(conversation.wake(after(100))).toEqual([]);
    // Not a row came of what it said it would send.
    expect(gapOf(conversation.wake(after(61_500)))).toMatchObject([{ state: 'refused' }]);
    expect(conversation.state).toBe('waiting');
    expect(conversation.begin(7, NOON)).toBeNull();
    expect(conversation.state).toBe('idle');
  });

  it('ends where the battery says no, and leaves the gap open where it is interrupted', () => {
    const refused = known(GAP).backfillConversation;
    refused.want(NOON);
    refused.begin(7, NOON);
    expect(gapOf(refused.heard(answered(false), FRAME, NOON)?.outputs ?? [])).toMatchObject([{ state: 'refused' }]);
    expect(refused.state).toBe('idle');
    const interrupted = known(GAP).backfillConversation;
    interrupted.want(NOON);
    interrupted.begin(7, NOON);
    expect(gapOf(interrupted.interrupted(NOON))).toMatchObject([{ state: 'open' }]);
    expect(interrupted.state).toBe('idle');
    interrupted.want(NOON);
    expect(interrupted.interrupted(NOON)).toEqual([]);
    expect(interrupted.state).toBe('idle');
  });
});
