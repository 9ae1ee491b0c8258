/**
 * Conversations of three: battery, server, vendor; each row of the tables in firewall.ts. What is not told does not happen, so that nothing else reaches the
 * battery.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialogue } from '../../../test/dialogue.ts';
import { EVERYTHING, met, RELAYED as SERIAL, vendorOf } from '../../../test/relayed.ts';
import { fixture, frameByHand } from '../../../test/wire.ts';
import type { Output } from '../output.ts';

const LOGIN = fixture('1-1-2.login.json');
const ASK = fixture('1-1-3.ask.json');
const CONFIGURATION = fixture('1-1-4.config.json');
const SYSTEM = fixture('1-1-9.system.json');
const SUCCESS = '{"Status":"Success"}';
const RESUME = '{"CmdIndex":"82915609","Command":"Resume","Parameter1":"2024/06/12 10:00:00","Parameter2":"60"}';
const SYNC = '{"Command":"SyncTime","CmdIndex":"20417060"}';

describe('of the battery’s frames', () => {
  it('each is answered by us, and then goes to the vendor as it came', () => {
    met()
      .talk.sends(0, '')
      .success(0)
      .upstream(frameByHand(1, 0, ''))
      .sends(9, SYSTEM)
      .keeps({ type: 'event', source: 'battery' })
      .success(9)
      .upstream(frameByHand(1, 9, SYSTEM))
      .sends(7, 'nobody knows')
      .keeps({ type: 'bytes', kept: 'unknown', direction: 'from_battery' })
      .reports('COMMAND_UNKNOWN')
      .success(7)
      .upstream(frameByHand(1, 7, 'nobody knows'))
      .nothing();
  });

  it('one with a bad checksum goes nowhere', () => {
    const bad = frameByHand(1, 9, SYSTEM);
    bad[20] = 0;
    met().talk.battery(bad).keeps({ kept: 'discarded' }).reports('FRAME_CHECKSUM').nothing();
  });

  it('those go to the vendor whose kind is shared', () => {
    met({ ...EVERYTHING, share: new Set(['configuration']) })
      .talk.sends(9, SYSTEM)
      .keeps({ type: 'event' })
      .success(9)
      .vendorIs('away')
      .keeps({ name: 'vendor_away' })
      .sends(3, ASK)
      .success(3)
      .upstream(frameByHand(1, 3, ASK))
      .nothing();
  });

  it('one of newer firmware goes to the vendor, though it names no battery', () => {
    dialogue({ relay: EVERYTHING })
      .battery(frameByHand(3, 16, Uint8Array.of(8, 1)))
      .keeps({ kept: 'unknown' })
      .reports('FRAME_PROTOBUF')
      .upstream(frameByHand(3, 16, Uint8Array.of(8, 1)))
      .nothing();
  });

  it('none goes to the vendor of whom is not believed, nor where nothing is relayed', () => {
    dialogue({ relay: EVERYTHING }).sends(9, SYSTEM).keeps({ type: 'event', battery: null }).success(9).nothing();
    dialogue().sends(2, LOGIN).meets(SERIAL).keeps({ name: 'login' }).success(2).vendor(1, 8, RESUME).nothing();
  });

  it('the login says that it is one, so that it is kept in memory alone', () => {
    const outputs = met().talk.session.receive(frameByHand(1, 2, LOGIN), { wallMs: 0, monoMs: 9000 });
    expect(outputs.filter((output) => output.type === 'upstream')).toMatchObject([{ isLogin: true }]);
  });
});

describe('of the vendor’s frames', () => {
  it('answers are consumed', () => {
    const house = met();
    house.talk.vendor(2, 2, SUCCESS).nothing().vendor(2, 16, SUCCESS).nothing().vendor(4, 9, '\n\x07Success').nothing();
    expect(vendorOf(house).counts).toEqual({ pass: 0, consume: 3, hold: 0, block: 0 });
    expect(vendorOf(house).requests).toEqual([]);
  });

  it('a configuration that nobody asked for is consumed', () => {
    met().talk.vendor(2, 3, CONFIGURATION).nothing();
  });

  it.each([
    ['Update', '{"Command":"Update","CmdIndex":"1"}', 'Update, command'],
    ['DispatchPower', '{"Command":"DispatchPower","CmdIndex":"1"}', 'DispatchPower, command'],
    ['restart', '{"Command":"restart"}', 'restart, command_unknown'],
    ['1,1,8', 'no order', '1,1,8, order_unclear'],
    ['a command without a plain name', `{"Command":"${SERIAL}"}`, 'a command without a plain name, command_unknown'],
    ['a command without a plain name', '{"Command":"a b"}', 'a command without a plain name, command_unknown'],
  ])('%s is blocked, its bytes kept, and said', (name, body, detail) => {
    const house = met();
    house.talk
      .vendor(1, 8, body)
      .keeps({ type: 'bytes', kept: 'unknown', direction: 'from_vendor', reason: 'VENDOR_BLOCKED', battery: SERIAL })
      .reports('VENDOR_BLOCKED', detail)
      .keeps({ type: 'event', source: 'server', name: 'vendor_blocked', text: name })
      .nothing();
    expect(vendorOf(house).requests).toMatchObject([{ action: 'block' }]);
  });

  it('a request with another number is blocked', () => {
    met()
      .talk.vendor(1, 20, 'chunk of a file')
      .keeps({ kept: 'unknown', command: 20, direction: 'from_vendor' })
      .reports('VENDOR_BLOCKED', '1,1,20, request_unknown')
      .keeps({ name: 'vendor_blocked', text: '1,1,20' })
      .nothing();
  });

  it('what must wait for the owner’s word is kept and said, and does not reach the battery', () => {
    met({ ...EVERYTHING, commands: new Map([['SyncTime', 'hold']]) })
      .talk.vendor(1, 8, SYNC)
      .keeps({ kept: 'unknown', reason: 'VENDOR_HELD' })
      .reports('VENDOR_HELD', 'SyncTime, command')
      .keeps({ name: 'vendor_held', text: 'SyncTime' })
      .nothing();
  });

  it('what its owner lets through passes, for a time', () => {
    const house = met();
    const update = '{"Command":"Update","CmdIndex":"1"}';
    vendorOf(house).let('Update', house.talk.now.monoMs + 60_000);
    house.talk
      .vendor(1, 8, update)
      .keeps({ name: 'vendor_order', text: 'Update' })
      .orders(update)
      .orderLeaves()
      .nothing()
      .after(60)
      .reports('VENDOR_ORDER_UNANSWERED')
      .keeps({ name: 'vendor_order_unanswered' })
      .vendor(1, 8, update)
      .keeps({ reason: 'VENDOR_BLOCKED' })
      .reports('VENDOR_BLOCKED')
      .keeps({ name: 'vendor_blocked' })
      .nothing();
  });

  it('thirty blocked ones a minute are kept and said; the others are counted', () => {
    const house = met();
    const { session, now } = house.talk;
    const frame = { kind: 'frame', type: 1, command: 20, body: new Uint8Array(0), offset: 0 } as const;
    const kept = (seconds: number) =>
      Array.from({ length: 100 }, () => session.vendorSaid(frame, { ...now, monoMs: now.monoMs + seconds * 1000 }))
        .flat()
        .filter((output: Output) => output.type === 'record' && output.record.type === 'bytes').length;
    expect([kept(0), kept(59), kept(60)]).toEqual([30, 0, 30]);
    expect(vendorOf(house).counts.block).toBe(300);
    expect(vendorOf(house).requests).toHaveLength(50);
  });

  it('orders are blocked before a battery is known', () => {
    dialogue({ relay: EVERYTHING })
      .vendor(1, 8, RESUME)
      .keeps({ kept: 'unknown', battery: null })
      .reports('VENDOR_BLOCKED', 'Resume, battery_unknown')
      .keeps({ name: 'vendor_blocked' })
      .nothing();
  });

  it('whether it can be reached is said where a battery is known, each time that changes', () => {
    dialogue({ relay: EVERYTHING }).vendorIs('up').nothing();
    met().talk.vendorIs('up').keeps({ name: 'vendor_up' }).vendorIs('up').nothing();
  });

  it('none is heard once the battery is gone', () => {
    met().talk.hangsUp().keeps({ name: 'disconnected' }).vendor(1, 8, RESUME).vendorIs('away').nothing();
  });

  it('no bytes reach the battery that no rule names, of 100,000 frames', () => {
    const anyBody = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom('Update', 'restart', 'DispatchPower', 'resume').map((name) => `{"Command":"${name}"}`),
      fc.string().map((text) => JSON.stringify({ Command: text })),
      fc.constantFrom(
        CONFIGURATION,
        SUCCESS,
        `${RESUME}${RESUME}`,
        `[${SYNC}]`,
        SYNC.replace('}', ',"command":"Update"}'),
      ),
    );
    const anyFrame = fc.record({ type: fc.constantFrom(1, 2, 3, 4), command: fc.nat(255), body: anyBody });
    let sent = 0;
    fc.assert(
      fc.property(fc.array(anyFrame, { minLength: 1000, maxLength: 1000 }), (frames) => {
        const { session, now } = met().talk;
        for (const { type, command, body } of frames) {
          const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
          const frame = { kind: 'frame', type: type as 1, command, body: bytes, offset: 0 } as const;
          const types = session.vendorSaid(frame, now).map((output) => output.type);
          if (types.some((one) => one !== 'record' && one !== 'problem')) expect.unreachable(types.join());
          sent++;
        }
        expect(session.wake({ ...now, monoMs: now.monoMs + 60_000 }).map((output) => output.type)).not.toContain(
          'reply',
        );
      }),
      { numRuns: 100 },
    );
    expect(sent).toBe(100_000);
  });
});
