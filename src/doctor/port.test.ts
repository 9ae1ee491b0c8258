import { describe, expect, it } from 'vitest';
import { HEALTHY, OWN, said } from '../../test/doctor-facts.ts';
import type { DoctorFacts } from './facts.ts';
import { checkPort } from './port.ts';

const { machine, port } = HEALTHY;
const look = (change: Partial<DoctorFacts['port']>, more: Partial<DoctorFacts['machine']> = {}) =>
  said(checkPort({ port: { ...port, ...change }, machine: { ...machine, ...more } }));

describe('the battery port', () => {
  it('is reached at this machine’s addresses, three of which are named', () => {
    expect(look({})).toEqual(['ok PORT_LISTENING batteries reach the server at 192.168.1.20, port 7777']);
    const addresses = ['192.168.1.20', '10.0.0.5', 'fd00::5', 'fd00::6'].map((text) => ({
      kind: 'own' as const,
      text,
    }));
    expect(look({}, { addresses })).toEqual([
      'ok PORT_LISTENING batteries reach the server at 192.168.1.20, 10.0.0.5 or fd00::5, port 7777',
    ]);
  });

  it('is reached at the one address that was set', () => {
    expect(look({ on: { kind: 'own', text: '10.0.0.5' }, port: 7000 })).toEqual([
      'ok PORT_LISTENING batteries reach the server at 10.0.0.5, port 7000',
      'warning PORT_UNUSUAL the server listens on port 7000, and batteries connect to 7777',
    ]);
  });

  it('is unusual in a container, too, where another may lead to it', () => {
    expect(look({ port: 7780 }, { container: true, addresses: [] })).toEqual([
      'ok PORT_LISTENING the server listens on port 7780 of its container',
      'warning PORT_UNUSUAL the server listens on port 7780, and batteries connect to 7777',
    ]);
  });

  it('is reached by this machine alone', () => {
    for (const text of ['127.0.0.1', '::1', 'localhost'])
      expect(look({ on: { kind: 'nowhere', text } })).toEqual([
        `fault PORT_LOCAL_ONLY the server listens on ${text} alone, which no other device reaches`,
      ]);
  });

  it('is that of a container, whose addresses are nothing to a battery', () => {
    expect(look({}, { container: true, addresses: [] })).toEqual([
      'ok PORT_LISTENING the server listens on port 7777 of its container',
    ]);
  });

  it('has no network', () => {
    expect(look({}, { addresses: [] })).toEqual([
      'fault ADDRESS_MISSING this machine has no address that other devices could reach',
    ]);
  });

  it('has nobody who listens, another program, or a server that does not answer', () => {
    expect(look({ state: 'free', on: OWN })).toEqual([
      'fault PORT_NOT_LISTENING no server runs: nobody listens for batteries on port 7777',
    ]);
    expect(look({ state: 'taken' })).toEqual([
      'fault PORT_OF_ANOTHER another program listens on port 7777, and not for this data folder',
    ]);
    expect(look({ state: 'silent' })).toEqual([
      'fault SERVER_NOT_ANSWERING a server seems to have this data folder, but does not answer',
    ]);
  });
});
