/** A backfill as conversations. */
import { describe, it } from 'vitest';
import {
  answer,
  asking,
  EPOCH,
  gap,
  HOUR,
  known,
  later,
  live,
  NOON_SECONDS,
  reconnected,
  resume,
  SERIAL,
  shown,
} from '../../../test/backfilled.ts';
import { type Dialogue, dialogue, NOON } from '../../../test/dialogue.ts';
import { frameByHand } from '../../../test/wire.ts';
import { type ClockEpoch, Private } from '../../model.ts';
import { Batteries } from '../batteries.ts';

/** The rows of the minutes after a second until another. */
function packet(after: number, until: number, ahead = HOUR, serial = SERIAL): string {
  const lines = ['Date,Time,SN,Ppv1'];
  for (let second = after + 60; second <= until; second += 60) {
    lines.push(`${shown(second, ahead).replace(' ', ',')},${serial},${second}`);
  }
  return `${lines.join('\n')}\n`;
}

describe('a battery that comes back after ten minutes', () => {
  it('is asked for them once, answers, sends them, and that is noted', () => {
    const told = asking()
      .battery(frameOf(answer(600, 'Success')))
      .nothing()
      .sends(12, packet(0, 180));
    for (const second of [60, 120, 180]) told.keeps({ kind: 'history', time: NOON_SECONDS + second });
    told.success(12).after(1).sends(12, packet(180, 540));
    for (const second of [240, 300, 360, 420, 480, 540]) told.keeps({ kind: 'history', time: NOON_SECONDS + second });
    told
      .success(12)
      .after(2.9)
      .nothing()
      .after(0.1)
      .keeps({ type: 'gap', gap: { number: 1, state: 'filled', filledMinutes: 9 } })
      .sends(16, live(610))
      .keeps({ kind: 'live' })
      .success(16)
      .nothing();
  });

  it('and refuses is not asked again, on this connection or another', () => {
    asking()
      .battery(frameOf(answer(600, 'Fail')))
      .keeps({ type: 'gap', gap: { number: 1, state: 'refused', filledMinutes: 0 } })
      .after(10)
      .sends(16, live(610))
      .keeps({ kind: 'live' })
      .success(16);
  });

  it('and answers another number is still waited for, and its answer is kept as it came', () => {
    asking()
      .battery(frameOf(answer(601, 'Fail')))
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'RESPONSE_UNEXPECTED' })
      .reports('RESPONSE_UNEXPECTED')
      .battery(frameOf(answer(600, 'Fail')))
      .keeps({ type: 'gap', gap: { state: 'refused' } })
      .battery(frameOf(answer(600, 'Fail')))
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'RESPONSE_UNEXPECTED' })
      .reports('RESPONSE_UNEXPECTED');
  });

  it('and says nothing to three orders, though it speaks, is given up', () => {
    const told = asking().after(50).sends(16, live(650)).keeps({ kind: 'live' }).success(16);
    told
      .after(9.9)
      .nothing()
      .after(0.1)
      .keeps({ type: 'gap', gap: { number: 1, state: 'open' } });
    told.keeps({ type: 'gap', gap: { state: 'asked' } }).orders(resume(660, '2024/06/12 12:04:11', 10));
    told.after(50).sends(16, live(710)).keeps({ kind: 'live' }).success(16).after(10);
    told.keeps({ type: 'gap', gap: { state: 'open' } }).keeps({ type: 'gap', gap: { state: 'asked' } });
    told.orders(resume(720, '2024/06/12 12:04:11', 10));
    told.after(50).sends(16, live(770)).keeps({ kind: 'live' }).success(16).after(10);
    told.keeps({ type: 'gap', gap: { number: 1, state: 'refused' } });
  });

  it('on a connection that then is dead is asked again on the next, not on that one', () => {
    const told = asking();
    told.after(60).keeps({ type: 'gap', gap: { number: 1, state: 'open', filledMinutes: 0 } });
    told.after(30).reports('BATTERY_STALE').keeps({ name: 'stale' });
    told.after(210).reports('PEER_SILENT').keeps({ name: 'disconnected' }).closes('PEER_SILENT');
  });

  it('is asked for the next piece without waiting for its next reading', () => {
    reconnected(600, {}, { pieceSeconds: 300 })
      .sends(16, live(600))
      .meets(SERIAL)
      .keeps({ kind: 'live' })
      .keeps({ type: 'gap', gap: { state: 'open' } })
      .keeps({ type: 'gap', gap: { state: 'asked' } })
      .success(16)
      .orders(resume(600, '2024/06/12 12:04:11', 5))
      .battery(frameByHand(2, 8, answer(600, 'Success')))
      .after(60)
      .keeps({ type: 'gap', gap: { state: 'asked', filledMinutes: 0 } })
      .keeps({ type: 'gap', gap: { state: 'asked', askedMs: NOON.wallMs + 660_000 } })
      .orders(resume(660, '2024/06/12 12:09:11', 5));
  });

  it('is not asked where that is switched off; the gap is noted', () => {
    reconnected(600, {}, { enabled: false })
      .sends(16, live(600))
      .meets(SERIAL)
      .keeps({ kind: 'live' })
      .keeps({ type: 'gap', gap: { number: 1, state: 'open' } })
      .success(16)
      .after(10)
      .sends(16, live(610))
      .keeps({ kind: 'live' })
      .success(16);
  });

  it('is not missing anything after two minutes', () => {
    reconnected(120).sends(16, live(120)).meets(SERIAL).keeps({ kind: 'live' }).success(16).nothing();
  });

  it('is answered first, whatever came in the read that shows what is missing, and then asked', () => {
    reconnected(600)
      .battery(frameByHand(1, 16, live(600)), frameByHand(1, 0, ''))
      .meets(SERIAL)
      .keeps({ kind: 'live' })
      .keeps({ type: 'gap', gap: { state: 'open' } })
      .keeps({ type: 'gap', gap: { state: 'asked' } })
      .success(16)
      .success(0)
      .orders(resume(600, '2024/06/12 12:04:11', 10))
      .nothing();
  });

  it('is not asked where the same read ends the conversation, and the gap stays open', () => {
    reconnected(600)
      .battery(frameByHand(1, 16, live(600)), new Uint8Array(16))
      .meets(SERIAL)
      .keeps({ kind: 'live' })
      .keeps({ type: 'gap', gap: { state: 'open' } })
      .keeps({ type: 'gap', gap: { state: 'asked' } })
      .success(16)
      .keeps({ type: 'bytes', kept: 'discarded' })
      .reports('FRAME_HEADER')
      .keeps({ type: 'gap', gap: { state: 'open' } })
      .keeps({ name: 'disconnected' })
      .closes('FRAME_HEADER')
      .nothing();
  });

  it('has its minute from when the order left, however long that took', () => {
    const told = asking().after(40);
    told.session.orderSent(told.now);
    told
      .after(59.9)
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale' })
      .after(0.1)
      .keeps({ type: 'gap', gap: { state: 'open' } });
  });

  it('that was asked and has left by then is asked no more', () => {
    const told = asking()
      .battery(frameOf(answer(600, 'Fail')))
      .keeps({ type: 'gap', gap: { state: 'refused' } });
    told.session.orderSent(told.now);
    told.after(89).nothing();
  });

  it('whose rows come already has no more time because an order left', () => {
    const told = asking().sends(12, packet(0, 60)).keeps({ kind: 'history' }).success(12).after(10);
    told.session.orderSent(told.now);
    told
      .after(9)
      .nothing()
      .after(1)
      .keeps({ type: 'gap', gap: { state: 'partly', filledMinutes: 1 } });
  });

  it('and goes again leaves the gap open', () => {
    asking()
      .hangsUp()
      .keeps({ type: 'gap', gap: { number: 1, state: 'open' } })
      .keeps({ name: 'disconnected' });
  });

  it('is not given up while nobody listened', () => {
    const told = asking();
    told.session.excuse(30_000);
    told
      .after(60)
      .nothing()
      .after(30)
      .keeps({ type: 'gap', gap: { state: 'open' } });
  });

  it('is awaited still when it is woken for another reason', () => {
    const batteries = new Batteries(10);
    batteries.restore(known());
    const patience = { frameMs: 30_000, staleMs: 10_000, silenceMs: 300_000 };
    dialogue({ batteries, patience, at: later(600) })
      .sends(16, live(600))
      .meets(SERIAL)
      .keeps({ kind: 'live' })
      .keeps({ type: 'gap' })
      .keeps({ type: 'gap' })
      .success(16)
      .orders(resume(600, '2024/06/12 12:04:11', 10))
      .after(10)
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale' })
      .after(50)
      .keeps({ type: 'gap', gap: { state: 'open' } });
  });

  it('was not closed when the server ended: the gap is asked for again', () => {
    const openGaps = [gap(3, NOON_SECONDS - HOUR, NOON_SECONDS, { state: 'asked', askedMs: 5, filledMinutes: 20 })];
    reconnected(60, { openGaps, lastGapNumber: 3 })
      .sends(16, live(60))
      .meets(SERIAL)
      .keeps({ kind: 'live' })
      .keeps({ type: 'gap', gap: { number: 3, state: 'asked' } })
      .success(16)
      .orders(resume(60, '2024/06/12 11:04:11', 60));
  });
});

describe('a battery whose clock was set while it was away', () => {
  /** It was set back by an hour; the frames at 600, 610 and 620 show it. */
  function settling(): Dialogue {
    return reconnected(600)
      .sends(16, live(600, 0))
      .meets(SERIAL)
      .keeps({ kind: 'live', time: NOON_SECONDS - 3000 })
      .success(16)
      .after(10)
      .sends(16, live(610, 0))
      .keeps({ kind: 'live', time: NOON_SECONDS - 2990 })
      .success(16)
      .after(10);
  }

  it('is asked once that is known, for what both clocks told', () => {
    settling()
      .sends(16, live(620, 0))
      .keeps({ type: 'clock', epochs: [{ number: 2, offsetSeconds: 0, reason: 'restart' }] })
      .keeps({ kind: 'live', time: NOON_SECONDS + 620 })
      .keeps({ type: 'gap', gap: { number: 1, from: NOON_SECONDS, to: NOON_SECONDS + 620 } })
      .keeps({ type: 'gap', gap: { state: 'asked' } })
      // From 11:04:11, when that was told for the first time: sixty minutes more than the ten that are missing.
      .success(16)
      .orders(resume(620, '2024/06/12 11:04:11', 70));
  });

  it('forward, keeps the gap though the server is killed before that is known', () => {
    reconnected(600)
      .sends(16, live(600, 2 * HOUR))
      .meets(SERIAL)
      .keeps({ kind: 'live', time: NOON_SECONDS + 600 })
      .keeps({ type: 'gap', gap: { number: 1, from: NOON_SECONDS, to: NOON_SECONDS + 600, state: 'open' } })
      .success(16);
    // The store has the gap; another server hears it.
    const openGaps = [gap(1, NOON_SECONDS, NOON_SECONDS + 600)];
    reconnected(700, { openGaps, lastGapNumber: 1 })
      .sends(16, live(700, 2 * HOUR))
      .meets(SERIAL)
      .keeps({ kind: 'live' })
      .keeps({ type: 'gap', gap: { number: 2 } })
      .success(16);
  });
});

describe('history', () => {
  it('of two batteries on one connection is asked for one after the other', () => {
    const other = 'AL2002021010102';
    const batteries = new Batteries(10);
    for (const serial of [SERIAL, other]) batteries.restore(known({ serial: new Private(serial) }));
    dialogue({ batteries, at: later(600) })
      .sends(16, live(600))
      .meets(SERIAL)
      .keeps({ kind: 'live' })
      .keeps({ type: 'gap', battery: SERIAL, gap: { state: 'open' } })
      .keeps({ type: 'gap', battery: SERIAL, gap: { state: 'asked' } })
      .success(16)
      .orders(resume(600, '2024/06/12 12:04:11', 10))
      .sends(16, live(600, HOUR, other))
      .meets(other)
      .keeps({ kind: 'live', battery: other })
      .keeps({ type: 'gap', battery: other, gap: { state: 'open' } })
      .success(16)
      // Rows of the one that was not asked are kept, and are no answer of the other.
      .sends(12, packet(0, 60, HOUR, other))
      .keeps({ kind: 'history', battery: other, time: NOON_SECONDS + 60 })
      .success(12)
      .battery(frameOf(answer(600, 'Fail')))
      .keeps({ type: 'gap', battery: SERIAL, gap: { state: 'refused', filledMinutes: 0 } })
      .after(10)
      .sends(16, live(610, HOUR, other))
      .keeps({ kind: 'live', battery: other })
      .keeps({ type: 'gap', battery: other, gap: { state: 'asked' } })
      .success(16)
      .orders(resume(610, '2024/06/12 12:04:11', 10));
  });

  it('that nobody asked for is dated and kept', () => {
    reconnected(60)
      .sends(12, packet(-180, -60))
      .meets(SERIAL)
      .keeps({ kind: 'history', time: NOON_SECONDS - 120 })
      .keeps({ kind: 'history', time: NOON_SECONDS - 60 })
      .success(12)
      .nothing();
  });

  it('corrects what it told before, where its rows step back', () => {
    const back: ClockEpoch = {
      ...EPOCH,
      number: 2,
      offsetSeconds: 0,
      sinceMs: NOON.wallMs - 600_000,
      possibleSinceMs: NOON.wallMs - 600_000,
      reason: 'jump',
    };
    // Heard by winter time since ten minutes before NOON. What it remembers of the hour before the change comes first, and two
    // of those rows may be of this hour as well.
    reconnected(1200, { epochs: [EPOCH, back] })
      .sends(16, live(1200, 0))
      .meets(SERIAL)
      .keeps({ kind: 'live' })
      .keeps({ type: 'gap' })
      .keeps({ type: 'gap' })
      // Twenty minutes, and fifty of the clock before.
      .success(16)
      .orders(resume(1200, '2024/06/12 11:04:11', 70))
      .sends(12, packet(-3600, -3480))
      .keeps({ kind: 'history', time: NOON_SECONDS + 60 })
      .keeps({ kind: 'history', time: NOON_SECONDS + 120 })
      .success(12)
      .sends(12, packet(-780, -660))
      // 11:52:11 by winter time is yet to come.
      .keeps({
        type: 'clock',
        epochs: [],
        corrections: [{ kinds: ['history'], oldOffsetSeconds: 0, newOffsetSeconds: HOUR }],
      })
      .keeps({ kind: 'history', time: NOON_SECONDS - 720 })
      .keeps({ kind: 'history', time: NOON_SECONDS - 660 })
      .success(12)
      .sends(12, packet(0, 60, 0))
      .keeps({ kind: 'history', time: NOON_SECONDS + 60 })
      .success(12);
  });
});

/** A response of the battery to an order. */
function frameOf(body: string): Uint8Array {
  return frameByHand(2, 8, body);
}
