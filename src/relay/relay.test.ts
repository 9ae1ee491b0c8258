import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../test/server.ts';
import { VendorServer } from '../../test/vendor.ts';
import { frameByHand, hexOf, joined } from '../../test/wire.ts';
import { Private } from '../model.ts';
import { encodeFrame } from '../protocol/frame.ts';
import type { VendorReach } from '../session/relay/vendor-side.ts';
import { Relay } from './relay.ts';

const ONE = new Private('AL2002021010101');
const OTHER = new Private('AL2002021010102');
const LOGIN = frameByHand(1, 2, '{"UserName":"AL2002021010101","Password":"invented","CompanyName":"x"}');
const PING = frameByHand(1, 0, '');
const LIVE = frameByHand(1, 16, '{"SN":"AL2002021010101"}');
const ORDER = frameByHand(1, 8, '{"Command":"SyncTime","CmdIndex":"20417060"}');

async function started() {
  const vendor = await VendorServer.start();
  const problems: string[] = [];
  const relay = new Relay({
    target: { host: 'vendor.example', port: vendor.port, tls: null },
    addressesOf: async () => ['127.0.0.1'],
    reasonAgainst: () => null,
    wallMs: () => 1_718_190_251_000,
    monoMs: () => 0,
    random: () => -0.998,
    problem: (code, _detail, battery) => void problems.push(`${code} ${battery?.reveal()}`),
  });
  onTestFinished(() => relay.stop());
  const open = (connection: number) => {
    const heard: string[] = [];
    const reached: VendorReach[] = [];
    const way = relay.open(connection, {
      said: ({ type, command, body }) => void heard.push(hexOf(encodeFrame(type, command, body))),
      reached: (reach) => void reached.push(reach),
    });
    const forward = (frame: Uint8Array, battery: Private<string> | null = ONE, isLogin = false) =>
      way.forward({ type: 'upstream', frame, isLogin, battery });
    return { way, heard, reached, forward };
  };
  const up = (count = 1) =>
    until('upstream', () => relay.relayed.filter((one) => one.upstream.state === 'up').length === count);
  return { vendor, problems, relay, open, up };
}

describe('the relay', () => {
  it('connects to the vendor once there is something to say, and begins with the login', async () => {
    const { vendor, relay, open, up } = await started();
    const { forward } = open(7);
    expect(relay.relayed).toEqual([]);
    forward(LOGIN, ONE, true);
    await up();
    forward(PING);
    await until('both', () => vendor.hex() === hexOf(joined([LOGIN, PING])));
    expect(relay.relayed).toMatchObject([
      { connection: 7, battery: ONE, hasLogin: true, upstream: { sent: 2, missed: 0 } },
    ]);
  });

  it('begins with the login of before where the battery streams on without one', async () => {
    const { vendor, open, up } = await started();
    const first = open(7);
    first.forward(LOGIN, ONE, true);
    await up();
    first.way.close();
    const second = open(8);
    second.forward(LIVE);
    await up();
    second.forward(PING);
    await until('both', () => vendor.hex(1) === hexOf(joined([LOGIN, PING])));
  });

  it('begins with no login where none is known of that battery, and says so', async () => {
    const { vendor, relay, open, up } = await started();
    open(7).forward(LOGIN, ONE, true);
    await up();
    const { forward } = open(8);
    forward(LIVE, OTHER);
    await up(2);
    forward(PING, null);
    await until('the ping alone', () => vendor.hex(1) === hexOf(PING));
    expect(relay.relayed[1]).toMatchObject({ battery: OTHER, hasLogin: false });
  });

  it('remembers no login of a battery that was forgotten', async () => {
    const { vendor, relay, open, up } = await started();
    const first = open(7);
    first.forward(LOGIN, ONE, true);
    await up();
    first.way.close();
    relay.forget(ONE.reveal());
    const second = open(8);
    second.forward(LIVE);
    await up();
    second.forward(PING);
    await until('the ping alone', () => vendor.hex(1) === hexOf(PING));
  });

  it('has one upstream connection for each, and hands what comes to whom it is for', async () => {
    const { vendor, open, up } = await started();
    const [one, other] = [open(7), open(8)];
    one.forward(LOGIN, ONE, true);
    await up();
    other.forward(PING, OTHER);
    await up(2);
    await vendor.says(ORDER, 1);
    await until('the order', () => other.heard.length === 1);
    expect([one.heard, other.heard]).toEqual([[], [hexOf(ORDER)]]);
  });

  it('ends the upstream connection with the battery’s, for good', async () => {
    const { vendor, relay, open, up } = await started();
    const { way, forward, heard } = open(7);
    forward(PING);
    await up();
    await until('the socket', () => vendor.sockets[0]);
    way.close();
    way.close();
    forward(PING);
    await until('its end', () => vendor.sockets[0]?.readableEnded || vendor.sockets[0]?.closed);
    expect([relay.relayed, heard, vendor.sockets.length]).toEqual([[], [], 1]);
    // Counted still, with those of others.
    const other = open(8);
    other.forward(PING);
    await up();
    other.forward(PING);
    expect(relay.totals).toEqual({ sent: 1, received: 0, damaged: 0, dropped: 0, missed: 2 });
  });

  it('hears nothing of the vendor while it is paused, from the beginning too', async () => {
    const { vendor, open, up } = await started();
    const { way, forward, heard } = open(7);
    way.pause();
    forward(PING);
    await up();
    await vendor.says(ORDER);
    forward(PING);
    await until('what is sent', () => vendor.hex() === hexOf(PING));
    expect(heard).toEqual([]);
    way.resume();
    await until('the order', () => heard.length === 1);
    way.pause();
  });

  it('says whether the vendor can be reached, until the battery’s connection ends', async () => {
    const { vendor, open, up } = await started();
    const { way, forward, reached } = open(7);
    forward(PING);
    await up();
    expect(reached).toEqual(['connecting', 'up']);
    await vendor.says('GET / HTTP/1.1\r\n\r\n');
    await until('the end', () => reached.includes('away'));
    way.close();
    const told = reached.length;
    await until('the end of all', () =>
      vendor.sockets.every(({ destroyed, readableEnded }) => destroyed || readableEnded),
    );
    expect(reached).toHaveLength(told);
  });

  it('says whose connection is in trouble', async () => {
    const { vendor, problems, open, up } = await started();
    open(7).forward(PING);
    await up();
    await vendor.says('GET / HTTP/1.1\r\n\r\n');
    await until('the problem', () => problems.length > 0);
    expect(problems).toEqual([`RELAY_GARBLED ${ONE.reveal()}`]);
  });

  it('stops with all of them', async () => {
    const { vendor, relay, open, up } = await started();
    open(7).forward(PING);
    open(8).forward(PING);
    await up(2);
    await until('both sockets', () => vendor.sockets.length === 2);
    relay.stop();
    expect(relay.relayed).toEqual([]);
  });
});
