import { describe, expect, it } from 'vitest';
import { NameServer, type Zone } from '../../test/name-server.ts';
import { Resolver } from './resolver.ts';

const VENDOR = 'www.alphaess.com';

async function start(zone: Zone) {
  const server = await NameServer.of(zone);
  const clock = { ms: 1000 };
  return { server, clock, resolver: new Resolver([server.address], () => clock.ms) };
}

describe('the resolver', () => {
  it('asks its own name server, and gives the addresses in their order', async () => {
    const { server, resolver } = await start({ [VENDOR]: ['52.230.104.147', '52.230.104.148'] });
    expect(await resolver.addresses(VENDOR)).toEqual(['52.230.104.147', '52.230.104.148']);
    expect([...server.asked].sort()).toEqual([`${VENDOR} A`, `${VENDOR} AAAA`]);
  });

  it('does not ask for an address', async () => {
    const { server, resolver } = await start({});
    expect(await resolver.addresses('52.230.104.147')).toEqual(['52.230.104.147']);
    expect(await resolver.addresses('2001:db8::1')).toEqual(['2001:db8::1']);
    expect(server.asked).toEqual([]);
  });

  it('keeps an answer as long as it says', async () => {
    const { server, clock, resolver } = await start({ [VENDOR]: ['52.230.104.147'] });
    await resolver.addresses(VENDOR);
    server.zone = { [VENDOR]: ['52.230.104.1'] };
    clock.ms += 59_999;
    expect(await resolver.addresses(VENDOR)).toEqual(['52.230.104.147']);
    clock.ms += 1;
    expect(await resolver.addresses(VENDOR)).toEqual(['52.230.104.1']);
  });

  it('keeps no answer for less than ten seconds, nor for more than a day', async () => {
    const { server, clock, resolver } = await start({ [VENDOR]: ['52.230.104.147'] });
    for (const [ttl, ms] of [
      [0, 10_000],
      [10_000_000, 86_400_000],
    ] as const) {
      server.ttl = ttl;
      await resolver.addresses(VENDOR);
      const { length } = server.asked;
      clock.ms += ms - 1;
      await resolver.addresses(VENDOR);
      expect(server.asked).toHaveLength(length);
      clock.ms += 1;
    }
  });

  it('asks once, however many ask at the same time', async () => {
    const { server, resolver } = await start({ [VENDOR]: ['52.230.104.147'] });
    await Promise.all(Array.from({ length: 100 }, () => resolver.addresses(VENDOR)));
    expect(server.asked).toHaveLength(2);
  });

  it('asks again for another name', async () => {
    const { resolver } = await start({ [VENDOR]: ['52.230.104.147'], 'other.example': ['52.230.104.2'] });
    await resolver.addresses(VENDOR);
    expect(await resolver.addresses('other.example')).toEqual(['52.230.104.2']);
  });

  it('gives sixteen addresses at most', async () => {
    const many = Array.from({ length: 20 }, (_, index) => `52.230.104.${index}`);
    const { resolver } = await start({ [VENDOR]: many });
    expect(await resolver.addresses(VENDOR)).toHaveLength(16);
  });

  it('says that there is no such name, and asks again after a moment', async () => {
    const { server, clock, resolver } = await start({});
    await expect(resolver.addresses(VENDOR)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    server.zone = { [VENDOR]: ['52.230.104.147'] };
    clock.ms += 4999;
    await expect(resolver.addresses(VENDOR)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    clock.ms += 1;
    expect(await resolver.addresses(VENDOR)).toEqual(['52.230.104.147']);
  });

  it('says that a name has no address', async () => {
    const { resolver } = await start({ [VENDOR]: [] });
    await expect(resolver.addresses(VENDOR)).rejects.toMatchObject({ code: 'ENODATA' });
  });
});
