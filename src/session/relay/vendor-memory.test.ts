import { describe, expect, it } from 'vitest';
import { Private } from '../../model.ts';
import { knownVendorOf, VendorMemory } from './vendor-memory.ts';

describe('what is known of a battery and its vendor', () => {
  it('is what the vendor asked for, the newest first, its words cut', () => {
    const memory = new VendorMemory();
    for (let n = 0; n < 60; n++)
      memory.asked({ atMs: n, command: 'x'.repeat(n), action: 'block', rule: 'command_unknown' });
    memory.asked({ atMs: 60, command: null, action: 'block', rule: 'order_unclear' });
    expect(memory.requests).toHaveLength(50);
    expect(memory.requests.slice(0, 2)).toMatchObject([{ command: null }, { atMs: 59, command: 'x'.repeat(40) }]);
  });

  it('is how often each command was blocked; of many, the later ones together', () => {
    const memory = new VendorMemory();
    const ask = (command: string | null, action: 'block' | 'pass' = 'block') =>
      memory.asked({ atMs: 0, command, action, rule: 'command' });
    ask('Update');
    ask('Update');
    ask('Resume', 'pass');
    ask(null);
    for (let n = 0; n < 40; n++) ask(`odd${n}`);
    ask('Update');
    expect(memory.blocked.size).toBe(31);
    expect([...memory.blocked].filter(([name]) => !name.startsWith('odd'))).toEqual([
      ['Update', 3],
      ['not readable', 1],
      ['others', 12],
    ]);
  });

  it('is what the owner lets through, until its time', () => {
    const memory = new VendorMemory();
    memory.let('Update', 1000);
    expect(memory.isLet('Update', { wallMs: 0, monoMs: 999 })).toBe(true);
    expect(memory.isLet('Update', { wallMs: 0, monoMs: 1000 })).toBe(false);
    expect(memory.isLet('restart', { wallMs: 0, monoMs: 0 })).toBe(false);
  });
});

it('knows how a battery told that it is set, also where nothing of its vendor’s is kept', () => {
  const text = new Private('{"Safe":"2"}');
  expect(new VendorMemory(knownVendorOf({ reported: { text, receivedMs: 1 } })).settings.reported?.get('Safe')).toBe(
    '2',
  );
  expect(knownVendorOf({ reported: null })).toEqual({ configurations: {}, reported: null });
  const vendor = { configurations: {}, reported: { text, bytes: null } };
  expect(knownVendorOf({ vendor })).toBe(vendor);
});
