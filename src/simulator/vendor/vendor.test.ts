/**
 * Bytes by hand: what a battery says, and what the vendor is to answer.
 */
import { describe, expect, it } from 'vitest';
import { fixture, frameByHand, hexOf, joined } from '../../../test/wire.ts';
import { FrameDecoder } from '../../protocol/frame.ts';
import { Random } from '../random.ts';
import type { VendorAccount } from './account.ts';
import { parseScript } from './script.ts';
import { SimulatedVendor, type VendorFaultName } from './vendor.ts';

/** 2024-06-12 11:04:11 UTC. */
const NOON = 1_718_190_251_000;
const SUCCESS = '{"Status":"Success"}';
const LOGIN = frameByHand(1, 2, fixture('1-1-2.login.json'));
const ASK = frameByHand(1, 3, fixture('1-1-3.ask.json'));
const TOLD = frameByHand(1, 4, '{"SN":"AL2002021010101","GridCharge":"false"}');
const LIVE = frameByHand(1, 16, '{"Time":"2024/06/12 12:04:10","SN":"AL2002021010101"}');

function vendor(script = '', faults: readonly VendorFaultName[] = [], accounts = new Map<string, VendorAccount>()) {
  const options = { script: parseScript(script), faults: new Set(faults), random: new Random('test'), accounts };
  const simulated = new SimulatedVendor(options, NOON);
  const written = () => {
    const outgoing = simulated.take();
    const writes = outgoing.flatMap((one) => ('write' in one ? [hexOf(one.write)] : []));
    return { writes, closes: writes.length < outgoing.length };
  };
  return { simulated, written, accounts };
}

describe('a simulated vendor', () => {
  it('answers Success to all, but nothing to answers and to newer firmware', () => {
    const { simulated, written } = vendor();
    expect(
      simulated.receive(
        joined([LOGIN, frameByHand(1, 77, 'x'), frameByHand(2, 8, SUCCESS), frameByHand(3, 16, 'x')]),
        NOON,
      ),
    ).toEqual(['1,1,2', '1,1,77', '1,2,8', '1,3,16']);
    expect(written()).toEqual({
      writes: [hexOf(frameByHand(2, 2, SUCCESS)), hexOf(frameByHand(2, 77, SUCCESS))],
      closes: false,
    });
  });

  it('gives its configuration to who asks, once it is known', () => {
    const { simulated, written } = vendor();
    simulated.receive(ASK, NOON);
    expect(written().writes).toEqual([hexOf(frameByHand(2, 3, SUCCESS))]);
    simulated.receive(joined([TOLD, ASK]), NOON);
    const [, configuration = ''] = written().writes;
    const decoder = new FrameDecoder();
    decoder.receive(Buffer.from(configuration, 'hex'));
    const frame = decoder.next();
    expect(frame).toMatchObject({ kind: 'frame', type: 2, command: 3 });
    const body = JSON.parse(Buffer.from((frame as { body: Uint8Array }).body).toString());
    expect(body).toMatchObject({ Status: 'Success', GridCharge: 'false', GridChargeWE: '0' });
  });

  it('does what its script says, each step once', () => {
    const { simulated, written } = vendor('2 SyncTime\n2 DispatchPower -3000 900\n3 frame 1 20 part\n4 close');
    expect([simulated.wake(NOON + 1999), written().writes]).toEqual([[], []]);
    expect(simulated.wake(NOON + 2000)).toEqual(['order SyncTime', 'order DispatchPower']);
    expect(written().writes).toEqual([
      // 11:04:13 are 39853000 ms since midnight.
      hexOf(frameByHand(1, 8, '{"Command":"SyncTime","CmdIndex":"39853000"}')),
      hexOf(
        frameByHand(1, 8, '{"Command":"DispatchPower","CmdIndex":"39853001","Parameter1":"-3000","Parameter2":"900"}'),
      ),
    ]);
    expect(simulated.wake(NOON + 9000)).toEqual(['frame 20', 'close']);
    expect(written()).toEqual({ writes: [hexOf(frameByHand(1, 20, 'part'))], closes: true });
    expect(simulated.wake(NOON + 99_000)).toEqual([]);
  });

  it('has the battery fetch settings that it changes', () => {
    const { simulated, written } = vendor('1 SetConfig GridCharge=1');
    simulated.receive(TOLD, NOON);
    written();
    simulated.wake(NOON + 1000);
    expect(written().writes).toEqual([hexOf(frameByHand(1, 8, '{"Command":"SetConfig","CmdIndex":"39852000"}'))]);
    simulated.receive(ASK, NOON + 1000);
    expect(Buffer.from(written().writes[0] as string, 'hex').toString('latin1')).toContain('"GridCharge":"1"');
  });

  it('asks a battery that comes again for what it missed', () => {
    const { simulated, accounts } = vendor();
    simulated.receive(joined([LOGIN, LIVE]), NOON);
    const again = vendor('', [], accounts);
    again.simulated.receive(LOGIN, NOON);
    const resume = '{"Command":"Resume","CmdIndex":"39851000","Parameter1":"2024/06/12 12:04:10","Parameter2":"60"}';
    expect(again.written().writes).toEqual([hexOf(frameByHand(1, 8, resume)), hexOf(frameByHand(2, 2, SUCCESS))]);
  });

  it('says what is no frame, or a damaged one', () => {
    const { simulated, written } = vendor('1 garbage\n1 damaged SyncTime');
    simulated.wake(NOON + 1000);
    const [garbage = '', damaged = ''] = written().writes;
    expect(Buffer.from(garbage, 'hex').toString()).toMatch(/^HTTP/);
    const right = hexOf(frameByHand(1, 8, '{"Command":"SyncTime","CmdIndex":"39852000"}'));
    expect([damaged === right, damaged.slice(0, -2) === right.slice(0, -2)]).toEqual([false, true]);
  });

  it('is silent from a step on, until it answers again', () => {
    const { simulated, written } = vendor('1 silence\n2 answers');
    simulated.wake(NOON + 1000);
    simulated.receive(LOGIN, NOON);
    expect(written().writes).toEqual([]);
    simulated.wake(NOON + 2000);
    simulated.receive(LOGIN, NOON);
    expect(written().writes).toHaveLength(1);
  });

  it('hangs up where it hears what is no frame, and takes no damaged one', () => {
    const { simulated, written } = vendor();
    const damaged = Uint8Array.from(LOGIN);
    damaged[20] = 0;
    expect(simulated.receive(damaged, NOON)).toEqual(['discarded']);
    expect(written()).toEqual({ writes: [], closes: false });
    expect(simulated.receive(Buffer.from('GET / HTTP/1.1'), NOON)).toEqual(['broken']);
    expect(written().closes).toBe(true);
  });
});

describe('the faults of a simulated vendor', () => {
  const three = () => joined([LOGIN, frameByHand(1, 0, ''), LIVE]);
  const answers = hexOf(joined([2, 0, 16].map((command) => frameByHand(2, command, SUCCESS))));

  it('bunch answers in one write', () => {
    const { simulated, written } = vendor('', ['bunch']);
    simulated.receive(three(), NOON);
    expect(written().writes).toEqual([answers]);
  });

  it('split writes, and change nothing of what is said', () => {
    const { simulated, written } = vendor('', ['split', 'bunch']);
    simulated.receive(three(), NOON);
    const { writes } = written();
    expect([writes.length > 1, writes.join('')]).toEqual([true, answers]);
  });

  it('silent: answers nothing', () => {
    const { simulated, written } = vendor('', ['silent']);
    simulated.receive(three(), NOON);
    expect(written()).toEqual({ writes: [], closes: false });
  });

  it('refuse: closes at once', () => {
    expect(vendor('', ['refuse']).written()).toEqual({ writes: [], closes: true });
  });

  it('garbage: comes now and then', () => {
    const { simulated, written } = vendor('', ['garbage']);
    for (let n = 0; n < 1000; n++) simulated.receive(LIVE, NOON);
    const garbage = written().writes.filter((hex) => Buffer.from(hex, 'hex').toString('latin1').startsWith('HTTP'));
    expect(garbage.length).toBeGreaterThan(5);
    expect(garbage.length).toBeLessThan(60);
  });
});
