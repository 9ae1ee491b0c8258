import { describe, expect, it } from 'vitest';
import { TapRecipient } from './tap-recipient.ts';

function recipient() {
  const told: string[] = [];
  let monoMs = 1000;
  const session = { excuse: (ms: number) => void told.push(`excused ${ms}`) };
  const now = () => ({ wallMs: 0, monoMs });
  const made = new TapRecipient(session, now, () => void told.push('ended'));
  const pass = (ms: number) => {
    monoMs += ms;
  };
  return { told, recipient: made, pass };
}

describe('a tapped connection, to the committer,', () => {
  it('waits while nothing can be kept, which is not held against the battery', async () => {
    const { told, recipient: made, pass } = recipient();
    await made.resumed;
    made.pause();
    pass(500);
    made.pause();
    expect(made.isPaused).toBe(true);
    let isOn = false;
    const waited = made.resumed.then(() => {
      isOn = true;
    });
    await Promise.resolve();
    expect(isOn).toBe(false);
    pass(500);
    made.resume();
    made.resume();
    await waited;
    expect([made.isPaused, told]).toEqual([false, ['excused 1000']]);
  });

  it('ends where what it said can never be kept', () => {
    const { told, recipient: made } = recipient();
    made.hangUp();
    expect(told).toEqual(['ended']);
  });

  it('has nobody to send to', () => {
    const { told, recipient: made } = recipient();
    made.send();
    made.sendOrder();
    made.forward();
    expect(told).toEqual([]);
  });
});
