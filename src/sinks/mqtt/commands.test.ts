import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandTopics, readCommand } from './commands.ts';

const NOW = Date.parse('2026-11-27T06:00:00Z');
const read = (topic: string, payload: string, isRetained = false) =>
  readCommand('alphaess', { topic: `alphaess/${topic}`, payload, isRetained }, NOW);
const body = (topic: string, payload: string) => {
  const found = read(topic, payload);
  return found !== null && 'body' in found ? found.body : found;
};

describe('a command that is not understood', () => {
  it.each([
    ['set/mode', ''],
    ['set/mode', 'HOLD'],
    ['set/mode', 'hold; normal'],
    ['set/mode', '2'],
    ['set/mode', 'null'],
    ['set/mode', '["hold"]'],
    ['set/mode', '{"value":["hold"]}'],
    ['set/mode', '{"value":null}'],
    ['set/mode', '{"value":"hold","until":"2026-11-27T07:00:00Z"}'],
    ['set/mode', '{"value":"hold"'],
    ['set/mode', '{"verb":"hold"}'],
    ['set/charge_limit', ''],
    ['set/charge_limit', '101'],
    ['set/charge_limit', '-1'],
    ['set/charge_limit', '80.5'],
    ['set/charge_limit', '8e1'],
    ['set/charge_limit', '0x50'],
    ['set/charge_limit', '80 %'],
    ['set/charge_limit', 'NaN'],
    ['set/charge_limit', '{"value":80.5}'],
    ['set/charge_limit', '{"value":true}'],
    ['set/lowest_charge', 'low'],
    ['set/lowest_charge', '1000'],
    ['set/grid_charge', '2'],
    ['set/grid_charge', '1'],
    ['set/grid_charge', 'toggle'],
    ['set/grid_charge', '{"value":"maybe"}'],
    ['set/constructor', '1'],
    ['set/Safe', '0'],
    ['set/', 'hold'],
    ['set', ''],
    ['set', 'hold'],
    ['set', '[]'],
    ['set', '[{"verb":"hold"}]'],
    ['set', 'null'],
    ['set', '"hold"'],
    ['set', '{"verb":"hold"'],
    ['set', `{"verb":"hold","x":"${'x'.repeat(2000)}"}`],
    ['set', '{"verb":"hold","sent":1}'],
    ['set', '{"verb":"hold","sent":"yesterday"}'],
    ['set', '{"verb":"hold","sent":"2026-11-27T06:00:00"}'],
    ['set', '{"verb":"hold","sent":"2026-99-27T06:00:00Z"}'],
    ['set/mode', '{"value":"hold","sent":null}'],
  ])('on %s, %s, is refused', (topic, payload) => {
    expect(read(`b3f1c2/${topic}`, payload)).toMatchObject({ battery: 'b3f1c2', state: 'refused' });
  });

  it('says what was expected, and quotes only plain words', () => {
    expect(read('b/set/mode', 'HOLD')).toMatchObject({ reason: 'mode: expected hold, charge or normal, not “HOLD”' });
    expect(read('b/set/mode', '\u001b[31m')).toMatchObject({
      reason: 'mode: expected hold, charge or normal, not that',
    });
    expect(read('b/set/Safe', '0')).toMatchObject({ reason: 'there is nothing to set under “Safe”' });
  });

  it('whatever comes is a command that can be read, or is not heeded, with a reason', () => {
    const topics = fc.constantFrom('set', 'set/mode', 'set/charge_limit', 'set/grid_charge', 'set/lowest_charge', 'x');
    fc.assert(
      fc.property(topics, fc.oneof(fc.string(), fc.json()), fc.boolean(), (topic, payload, isRetained) => {
        const found = read(`b3f1c2/${topic}`, payload, isRetained);
        if (topic === 'x') expect(found).toBeNull();
        else if (isRetained) expect(found).toMatchObject({ state: 'ignored' });
        else if (found !== null && 'body' in found) expect(typeof found.body).toBe('object');
        else expect(found?.reason).toMatch(/^\S.*\S$/s);
      }),
    );
  });
});

describe('a command that is not of now is ignored', () => {
  it.each(['set', 'set/mode', 'set/charge_limit'])('which the broker had kept, on %s', (topic) => {
    expect(read(`b3f1c2/${topic}`, 'hold', true)).toEqual({
      battery: 'b3f1c2',
      state: 'ignored',
      reason: 'the broker had kept it: publish commands without retain',
    });
  });

  it.each([
    ['2026-11-27T05:58:59Z', 'it was sent 61 s ago: it was queued on its way, or the sender’s clock is wrong'],
    ['2026-11-26T18:00:00+12:00', 'it was sent 86400 s ago: it was queued on its way, or the sender’s clock is wrong'],
    ['2026-11-27T06:01:01Z', 'it was sent in 61 s: the sender’s clock is wrong, or ours'],
  ])('which was sent %s', (sent, reason) => {
    for (const [topic, payload] of [
      ['set', { verb: 'hold', sent }],
      ['set/mode', { value: 'hold', sent }],
    ] as const)
      expect(read(`b3f1c2/${topic}`, JSON.stringify(payload))).toEqual({ battery: 'b3f1c2', state: 'ignored', reason });
  });
});

describe('a command', () => {
  it.each([
    ['set/mode', 'hold', { verb: 'hold' }],
    ['set/mode', ' normal\n', { verb: 'normal' }],
    ['set/mode', '{"value":"charge","sent":"2026-11-27T05:59:00.5+00:00"}', { verb: 'charge' }],
    ['set/charge_limit', '80', { settings: { charge_limit: 80 } }],
    ['set/charge_limit', '{"value": 80.0, "sent": "2026-11-27T06:01:00Z"}', { settings: { charge_limit: 80 } }],
    ['set/lowest_charge', '10.0', { settings: { lowest_charge: 10 } }],
    ['set/grid_charge', 'ON', { settings: { grid_charge: true } }],
    ['set/grid_charge', '{"value":"OFF"}', { settings: { grid_charge: false } }],
    ['set/grid_charge', 'false', { settings: { grid_charge: false } }],
    ['set', '{"undo":true,"sent":"2026-11-27T06:00:00Z"}', { undo: true }],
    ['set', '{"verb":"charge","charge_limit":80}', { verb: 'charge', charge_limit: 80 }],
  ])('on %s, %s, is read', (topic, payload, expected) => {
    expect(body(`b3f1c2/${topic}`, payload)).toEqual(expected);
  });

  it.each(['b3f1c2/state', 'b3f1c2/set/mode/more', 'b3f1c2', ''])('on %s is none', (topic) => {
    expect(read(topic, 'hold')).toBeNull();
  });

  it('is subscribed to under the base, and read there alone', () => {
    expect(commandTopics('house/battery')).toEqual(['house/battery/+/set', 'house/battery/+/set/+']);
    const heard = { topic: 'house/battery/b3f1c2/set/mode', payload: 'hold', isRetained: false };
    expect(readCommand('house/battery', heard, NOW)).toEqual({ battery: 'b3f1c2', body: { verb: 'hold' } });
    expect(readCommand('house', heard, NOW)).toBeNull();
  });
});
