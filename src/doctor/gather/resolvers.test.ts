import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Addresses } from './addresses.ts';
import { askNames, DnsServer, MachineNameServer, type NameServer, nameServers } from './resolvers.ts';

const NAME = 'www.alphaess.com';
const ADDRESSES = new Addresses({ eth0: [{ address: '192.168.1.20', internal: false } as NetworkInterfaceInfo] });
const never = () => new Promise<never>(() => {});
const atOnce = () => Promise.resolve();

function server(lookup: NameServer['lookup'], address: string | null = '192.168.1.1'): NameServer {
  return { address, lookup };
}
const failing = (code: string) => server(() => Promise.reject(Object.assign(new Error(code), { code })));
const ask = (servers: readonly NameServer[], patience: () => Promise<unknown> = never) =>
  askNames([NAME], servers, ADDRESSES, patience);

describe('what is asked', () => {
  it('is both families, of each, and its answers are told by what they are to this machine', async () => {
    const here = server((_name, family) => Promise.resolve(family === 4 ? ['192.168.1.20', '203.0.113.9'] : []), null);
    expect(await ask([here])).toEqual([
      {
        name: NAME,
        resolver: null,
        a: [
          { kind: 'own', text: '192.168.1.20' },
          { kind: 'public', text: '203.0.113.9' },
        ],
        aaaa: [],
      },
    ]);
  });

  it.each([
    ['ENOTFOUND', []],
    ['ENODATA', []],
    ['EBADRESP', 'nonsense'],
    ['ETIMEOUT', 'silent'],
    ['EREFUSED', 'silent'],
    ['ESERVFAIL', 'silent'],
  ])('fails with %s: %j', async (code, answer) => {
    expect(await ask([failing(code)])).toMatchObject([{ a: answer, aaaa: answer }]);
  });

  it('hangs: it is silent when nobody waits any more, and the others are heard', async () => {
    const good = server(() => Promise.resolve(['192.168.1.20']), null);
    const found = await ask([server(never), good], async () => {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    });
    expect(found).toMatchObject([
      { resolver: { text: '192.168.1.1' }, a: 'silent', aaaa: 'silent' },
      { resolver: null, a: [{ kind: 'own' }] },
    ]);
    expect(await ask([server(never)], atOnce)).toMatchObject([{ a: 'silent' }]);
  });

  it('answers nonsense', async () => {
    const texts = ['', '999.1.1.1', 'www.alphaess.com', '\u001b[31m'];
    expect(await ask([server(() => Promise.resolve(texts))])).toMatchObject([{ a: 'nonsense', aaaa: 'nonsense' }]);
    expect(await ask([server(() => Promise.resolve([...texts, '127.0.0.1']))])).toMatchObject([
      { a: [{ kind: 'nowhere' }] },
    ]);
  });
});

describe('who is asked', () => {
  const named = (configured: readonly string[], upstream = '') =>
    nameServers(configured, upstream).map(({ address }) => address);

  it('is this machine, and each DNS server that it is set up with', () => {
    expect(named(['192.168.1.1', 'fd00::1', '[fd00::2]:5353', '10.0.0.1:5300'])).toEqual([
      ...[null, '192.168.1.1', 'fd00::1', 'fd00::2', '10.0.0.1'],
    ]);
  });

  it('is also who stands behind a stub, each once, and not without end', () => {
    const upstream = '# systemd\nnameserver 192.168.1.1\nnameserver\t192.168.1.2\noptions edns0\n';
    expect(named(['127.0.0.53', '192.168.1.1'], upstream)).toEqual([null, '127.0.0.53', '192.168.1.1', '192.168.1.2']);
    expect(named(Array.from({ length: 50 }, (_, n) => `192.168.1.${n}`))).toHaveLength(7);
  });
});

/** A DNS server on this machine that answers with what `answer` makes of a question; with null, not at all. */
async function dnsServer(answer: (query: Buffer) => Buffer | null): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const reply = answer(query);
    if (reply !== null) socket.send(reply, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

/** RFC 1035: the question repeated, with one A record that points to its name, or none. */
function reply(query: Buffer, address: readonly number[] | null, code = 0): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const header = Buffer.from([
    query[0] ?? 0,
    query[1] ?? 0,
    0x81,
    0x80 | code,
    0,
    1,
    0,
    address === null ? 0 : 1,
    0,
    0,
    0,
    0,
  ]);
  const record = address === null ? [] : [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address];
  return Buffer.concat([header, question, Buffer.from(record)]);
}
const isForA = (query: Buffer) => query[query.indexOf(0, 12) + 2] === 1;

describe('a DNS server', () => {
  it('answers as it is set up, and has no IPv6 address', async () => {
    const at = await dnsServer((query) => reply(query, isForA(query) ? [192, 168, 1, 20] : null));
    expect(await ask([new DnsServer(at)])).toMatchObject([
      { resolver: { kind: 'nowhere', text: '127.0.0.1' }, a: [{ kind: 'own', text: '192.168.1.20' }], aaaa: [] },
    ]);
  });

  it('knows no such name, or refuses', async () => {
    const unknown = await dnsServer((query) => reply(query, null, 3));
    const refusing = await dnsServer((query) => reply(query, null, 5));
    expect(await ask([new DnsServer(unknown), new DnsServer(refusing)])).toMatchObject([{ a: [] }, { a: 'silent' }]);
  });

  it('sends bytes that are no answer, or none: nobody waits for ever', async () => {
    const rubbish = await dnsServer((query) => Buffer.concat([query.subarray(0, 2), Buffer.alloc(9, 0xff)]));
    const dead = await dnsServer(() => null);
    const found = await ask([new DnsServer(rubbish), new DnsServer(dead)], atOnce);
    expect(found).toMatchObject([{ a: 'silent' }, { a: 'silent' }]);
  });
});

it('this machine asks in a process of its own, its hosts file included', async () => {
  const machine = new MachineNameServer();
  expect(await machine.lookup('localhost', 4)).toEqual(['127.0.0.1']);
  // RFC 6761: there is never such a name.
  await expect(machine.lookup('nobody.invalid', 4)).rejects.toThrow();
  await expect(new MachineNameServer(new URL('file:///nowhere.ts')).lookup('localhost', 4)).rejects.toThrow();
});
