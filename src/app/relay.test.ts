import { describe, expect, it, onTestFinished } from 'vitest';
import { configOf } from '../../test/config.ts';
import { NameServer } from '../../test/name-server.ts';
import { until } from '../../test/server.ts';
import { VendorServer } from '../../test/vendor.ts';
import { frameByHand, hexOf } from '../../test/wire.ts';
import { firewallPolicy, relayOf } from './relay.ts';

const NOBODY = { said: () => {}, reached: () => {} };
const PING = { type: 'upstream', frame: frameByHand(1, 0, ''), isLogin: false, battery: null } as const;

function started(relay: Readonly<Record<string, unknown>>, ownPort = 7777) {
  const troubles: string[] = [];
  const reports = { relayTrouble: (code: string, detail: string) => void troubles.push(`${code} ${detail}`) };
  const found = relayOf(configOf({ relay }).relay, reports, () => ownPort);
  onTestFinished(() => found?.stop());
  const ping = () => found?.open(1, NOBODY).forward(PING);
  return { relay: found, troubles, ping };
}

describe('the relay of a configuration', () => {
  it('is none where no upstream is configured', () => {
    expect(started({}).relay).toBeNull();
    expect(firewallPolicy(configOf({}).relay)).toBeUndefined();
  });

  it('lets through what the configuration says', () => {
    const policy = (relay: object) => firewallPolicy(configOf({ relay: { upstream: 'a:1', ...relay } }).relay);
    expect(policy({ policy: { SyncTime: 'block' } })).toEqual({
      commands: new Map([['SyncTime', 'block']]),
      share: 'all',
    });
    expect(policy({ share: ['live', 'all'] })?.share).toBe('all');
    expect(policy({ share: 'live, events' })?.share).toEqual(new Set(['live', 'events']));
  });

  it('asks the configured name server, and reaches what it says', async () => {
    const vendor = await VendorServer.start();
    const names = await NameServer.of({ 'vendor.example': ['127.0.0.1'] });
    const { ping, relay } = started({
      upstream: `vendor.example:${vendor.port}`,
      resolvers: [names.address],
      allow_private_upstream: true,
    });
    ping();
    await until('upstream', () => relay?.relayed[0]?.upstream.state === 'up');
    relay?.open(2, NOBODY).forward({ ...PING, isLogin: true });
    await until('what it begins with', () => vendor.hex(1) === hexOf(PING.frame));
    expect(names.asked).toContain('vendor.example A');
  });

  it('refuses an address of the house unless it may be there, and this server always', async () => {
    const vendor = await VendorServer.start();
    const names = await NameServer.of({ 'vendor.example': ['127.0.0.1', '192.168.1.1'] });
    const strict = started({ upstream: `vendor.example:${vendor.port}`, resolvers: [names.address] });
    strict.ping();
    await until('the refusal', () => strict.troubles.length > 0);
    expect(strict.troubles).toEqual(['RELAY_LOOP an address of this machine']);
    const own = started({ upstream: `127.0.0.1:${vendor.port}`, allow_private_upstream: true }, vendor.port);
    own.ping();
    await until('the refusal', () => own.troubles.length > 0);
    expect(own.troubles).toEqual(['RELAY_LOOP an address of this machine']);
    expect(vendor.sockets).toEqual([]);
  });

  it('speaks TLS where that is wanted', async () => {
    const vendor = await VendorServer.start();
    const { ping, relay } = started({ upstream: `127.0.0.1:${vendor.port}`, tls: true, allow_private_upstream: true });
    ping();
    // A client hello: record of type 22, version 3.1.
    await until('the hello', () => vendor.hex().startsWith('160301'));
    relay?.stop();
  });
});
