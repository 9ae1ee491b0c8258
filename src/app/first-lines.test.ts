import { describe, expect, it } from 'vitest';
import { firstLines, type StartFacts } from './first-lines.ts';

const FACTS: StartFacts = {
  version: '1.2.3',
  data: './data',
  battery: { host: '0.0.0.0', port: 7777 },
  page: { host: '127.0.0.1', port: 7780, basePath: '/', isSecure: false },
  addresses: ['192.168.178.120', 'fd00::5'],
  isAwaited: true,
};
const lines = (change: Partial<StartFacts>) => firstLines({ ...FACTS, ...change });

it('say where the page and the data are, and what to answer the battery', () => {
  expect(lines({})).toEqual([
    'the page: http://127.0.0.1:7780/',
    'data in ./data (alphaess-local 1.2.3)',
    'waiting for the battery: answer www.alphaess.com with 192.168.178.120',
  ]);
  // Behind the time, and a space.
  for (const line of lines({})) expect(line.length).toBeLessThanOrEqual(80 - 9);
});

describe('the page', () => {
  it('is in the house, too, where the port is open there', () => {
    const page = { host: '0.0.0.0', port: 81, basePath: '/battery/', isSecure: true };
    expect(lines({ page }).slice(0, 2)).toEqual([
      'the page: https://127.0.0.1:81/battery/',
      'the page: https://192.168.178.120:81/battery/',
    ]);
  });

  it('is at one address where that was asked for', () => {
    const page = { ...FACTS.page, host: 'fd00::5' };
    expect(lines({ page })[0]).toBe('the page: http://[fd00::5]:7780/');
  });
});

describe('the battery', () => {
  const last = (change: Partial<StartFacts>) => lines(change).slice(2);

  it('may reach this machine by several addresses', () => {
    expect(last({ addresses: ['192.168.1.20', '10.0.0.5', '10.0.0.6', '10.0.0.7', '10.0.0.8'] })).toEqual([
      'waiting for the battery: answer www.alphaess.com with 192.168.1.20',
      'or with another address of this machine: 10.0.0.5, 10.0.0.6, 10.0.0.7',
    ]);
    expect(last({ battery: { host: '10.0.0.5', port: 7777 } })).toEqual([
      'waiting for the battery: answer www.alphaess.com with 10.0.0.5',
    ]);
  });

  it('knows another port than the one that is listened on', () => {
    expect(last({ battery: { host: '0.0.0.0', port: 7000 } })[1]).toBe(
      'batteries connect to port 7777: let it lead to 7000 here',
    );
  });

  it('cannot reach this machine', () => {
    expect(last({ battery: { host: '127.0.0.1', port: 7777 } })).toEqual([
      'no battery reaches 127.0.0.1: set battery.listen to 0.0.0.0:7777',
    ]);
    expect(last({ addresses: [] })).toEqual(['no battery reaches this machine yet: it has no address in a network']);
  });

  it('is not waited for where it is heard by tap', () => {
    expect(last({ isAwaited: false })).toEqual([]);
  });
});
