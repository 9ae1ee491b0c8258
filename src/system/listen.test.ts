import { describe, expect, it } from 'vitest';
import { listenOn, showAddress } from './listen.ts';

const fails = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe('listening', () => {
  const address = { host: '192.168.1.5', port: 80 };

  it.each([
    [
      'EADDRINUSE',
      'PORT_IN_USE',
      'another program already listens there: stop it, or choose another port with --web-listen',
    ],
    ['EACCES', 'PORT_FORBIDDEN', 'this user may not: choose a port above 1023'],
    ['EADDRNOTAVAIL', 'ADDRESS_NOT_HERE', 'this machine has no such address: use 0.0.0.0 for every address it has'],
    ['EMFILE', 'DESCRIPTORS_SPENT', 'this process may open no more files: raise the limit (ulimit -n)'],
    ['ENOTFOUND', 'ADDRESS_NOT_HERE', 'there is no such address: use 0.0.0.0 for every address this machine has'],
  ])('that fails with %s is the owner’s to put right', async (code, ours, reason) => {
    await expect(listenOn('web', address, fails(code))).rejects.toMatchObject({
      code: ours,
      message: `cannot listen on 192.168.1.5:80 (web port): ${reason}`,
    });
  });

  it('that fails in another way is a mistake of ours', async () => {
    await expect(listenOn('battery', address, fails('EIO'))).rejects.toMatchObject({ code: 'EIO' });
  });

  it('that works says nothing', async () => {
    await expect(listenOn('battery', address, async () => {})).resolves.toBeUndefined();
  });
});

it.each([
  ['0.0.0.0', '0.0.0.0:7777'],
  ['::', '[::]:7777'],
  ['localhost', 'localhost:7777'],
])('an address is shown as it is written: %s', (host, shown) => {
  expect(showAddress({ host, port: 0 }, 7777)).toBe(shown);
});
