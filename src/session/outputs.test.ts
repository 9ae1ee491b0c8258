import { describe, expect, it } from 'vitest';
import { dialogue } from '../../test/dialogue.ts';
import { Batteries, type HeardBattery } from './batteries.ts';
import { Outputs } from './outputs.ts';

const NOW = { wallMs: 1_718_190_251_000, monoMs: 3 };
const FRAME = { kind: 'frame' as const, type: 1 as const, command: 77, body: Uint8Array.of(1, 2, 3), offset: 0 };

describe('what a session wants done', () => {
  it('is handed over once, in its order', () => {
    const outputs = new Outputs(7);
    outputs.note('connected', 'connection 7', NOW);
    outputs.add({ type: 'close', code: 'PEER_SILENT' }, { type: 'close', code: 'FRAME_HTTP' });
    expect(outputs.take()).toMatchObject([
      { type: 'record', record: { type: 'event', name: 'connected', connection: 7, battery: null } },
      { type: 'close', code: 'PEER_SILENT' },
      { type: 'close', code: 'FRAME_HTTP' },
    ]);
    expect(outputs.take()).toEqual([]);
  });

  it('is of the battery that the connection speaks for', () => {
    const outputs = new Outputs(7);
    const battery = new Batteries(1).hear('AL1') as HeardBattery;
    outputs.battery = battery;
    outputs.unknown(FRAME, 'COMMAND_UNKNOWN', NOW);
    outputs.battery = null;
    outputs.aside(FRAME, 'PEER_CONFLICT', NOW);
    outputs.discarded(Uint8Array.of(9), 'FRAME_INCOMPLETE', NOW);
    expect(outputs.take()).toMatchObject([
      { record: { type: 'bytes', kept: 'unknown', battery: battery.serial, command: 77, reason: 'COMMAND_UNKNOWN' } },
      { type: 'problem', code: 'COMMAND_UNKNOWN', battery: battery.serial, detail: 'unknown 77, 3 bytes' },
      { record: { type: 'bytes', kept: 'unknown', battery: null, reason: 'PEER_CONFLICT' } },
      { record: { type: 'bytes', kept: 'discarded', battery: null, reason: 'FRAME_INCOMPLETE', frameType: null } },
    ]);
  });

  it('is nothing of a connection that says nothing', () => {
    dialogue().after(10).nothing();
  });
});
