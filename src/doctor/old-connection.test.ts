import { describe, expect, it } from 'vitest';
import { BATTERY, HEALTHY, MINUTE_MS, NOW_MS, said, visit } from '../../test/doctor-facts.ts';
import type { DoctorFacts } from './facts.ts';
import { checkOldConnection } from './old-connection.ts';

const look = (change: Partial<DoctorFacts>) =>
  said(checkOldConnection({ ...HEALTHY, visits: [], batteries: [], startedMs: NOW_MS - 31 * MINUTE_MS, ...change }));
const FOUND = ['warning OLD_CONNECTION no battery has come for half an hour: its old connection may still be up'];

describe('the battery’s old connection', () => {
  it('may be up where nobody, or nobody but a test of the port, has come for half an hour', () => {
    expect(look({})).toEqual(FOUND);
    expect(look({ visits: [visit('silent'), visit('http')] })).toEqual(FOUND);
    expect(look({ visits: [visit('reading', { lastMs: NOW_MS - 31 * MINUTE_MS })] })).toEqual(FOUND);
    expect(look({ batteries: [{ ...BATTERY, connected: false, delivers: false }] })).toEqual(FOUND);
  });

  it('is how to be broken', () => {
    const [found] = checkOldConnection({ ...HEALTHY, visits: [], batteries: [] });
    expect(found?.advice).toContain('Unplug its network cable for a minute');
  });

  it('is not spoken of too early, while one is connected, or while somebody comes', () => {
    expect(look({ startedMs: NOW_MS - 29 * MINUTE_MS })).toEqual([]);
    expect(look({ batteries: [{ ...BATTERY, delivers: false }] })).toEqual([]);
    expect(look({ visits: [visit('tls')] })).toEqual([]);
    expect(look({ visits: [visit('refused')] })).toEqual([]);
    expect(look({ startedMs: null })).toEqual([]);
  });
});
