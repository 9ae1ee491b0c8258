import { describe, expect, it } from 'vitest';
import { fixture } from '../../../test/wire.ts';
import { compareConfigurations } from '../settings/comparison.ts';
import { VendorMemory } from './vendor-memory.ts';

const FRAME = Uint8Array.of(1);

function held(memory: VendorMemory, reported: [string, string], proposed: [string, string]): void {
  const wanted = new Map([proposed]);
  memory.held = { sinceMs: 1, proposed: wanted, comparison: compareConfigurations(new Map([reported]), null, wanted) };
}

describe('what is known of a battery and its vendor', () => {
  it('is the settings that it told last, though one key comes twice', () => {
    const memory = new VendorMemory();
    memory.report(fixture('1-1-4.config.json'), FRAME);
    expect(memory.reported?.get('Generator')).toBe('0');
    expect(memory.reportedFrame).toBe(FRAME);
  });

  it.each(['', 'no object', '{"Safe":"2","BatUse'])('is not a configuration that is not whole: %s', (text) => {
    const memory = new VendorMemory();
    memory.report(text, FRAME);
    expect([memory.reported, memory.reportedFrame]).toEqual([null, null]);
  });

  it('is what the vendor asked for, the newest first, its words cut', () => {
    const memory = new VendorMemory();
    for (let n = 0; n < 60; n++)
      memory.asked({ atMs: n, command: 'x'.repeat(n), action: 'block', rule: 'command_unknown' });
    memory.asked({ atMs: 60, command: null, action: 'block', rule: 'order_unclear' });
    expect(memory.requests).toHaveLength(50);
    expect(memory.requests.slice(0, 2)).toMatchObject([{ command: null }, { atMs: 59, command: 'x'.repeat(40) }]);
  });

  it('is what the owner lets through, until its time', () => {
    const memory = new VendorMemory();
    memory.let('Update', 1000);
    expect(memory.isLet('Update', { wallMs: 0, monoMs: 999 })).toBe(true);
    expect(memory.isLet('Update', { wallMs: 0, monoMs: 1000 })).toBe(false);
    expect(memory.isLet('restart', { wallMs: 0, monoMs: 0 })).toBe(false);
  });

  it('is what the owner allows once: that, and nothing else', () => {
    const memory = new VendorMemory();
    expect(memory.allowHeld(true)).toBe(false);
    held(memory, ['SetFeed', '100'], ['SetFeed', '0']);
    expect(memory.allowHeld(false)).toBe(true);
    expect(memory.held).toBeNull();
    expect(memory.takeAllowed(new Map([['SetFeed', '1']]))).toBe(false);
    expect(memory.takeAllowed(new Map([['SetFeed', '0.0']]))).toBe(true);
    expect(memory.takeAllowed(new Map([['SetFeed', '0']]))).toBe(false);
  });

  it('what is dangerous is not allowed by the way', () => {
    const memory = new VendorMemory();
    held(memory, ['Safe', '2'], ['Safe', '0']);
    expect(memory.allowHeld(false)).toBe(false);
    expect(memory.allowHeld(true)).toBe(true);
    expect(
      memory.takeAllowed(
        new Map([
          ['Safe', '0'],
          ['SetFeed', '0'],
        ]),
      ),
    ).toBe(false);
  });

  it('is not what the owner refused', () => {
    const memory = new VendorMemory();
    expect(memory.refuseHeld()).toBe(false);
    memory.held = { sinceMs: 1, proposed: new Map([['Safe', '0']]), comparison: null };
    expect(memory.refuseHeld()).toBe(true);
    expect(memory.allowHeld(true)).toBe(false);
  });
});
