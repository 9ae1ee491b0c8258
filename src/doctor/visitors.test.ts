import { describe, expect, it } from 'vitest';
import { BATTERY, HEALTHY, HOUR_MS, MINUTE_MS, NOW_MS, ROUTER, said, visit } from '../../test/doctor-facts.ts';
import type { DoctorFacts } from './facts.ts';
import { checkVisitors } from './visitors.ts';

const YOUNG = NOW_MS - 5 * MINUTE_MS;
const AWAY = { ...BATTERY, connected: false, delivers: false, lastReadingMs: NOW_MS - 3 * HOUR_MS };

const look = (change: Partial<DoctorFacts>) => checkVisitors({ ...HEALTHY, visits: [], batteries: [], ...change });
const lines = (change: Partial<DoctorFacts>) => said(look(change));

describe('who connected', () => {
  it('was nobody yet, or nobody for half an hour, or for a day', () => {
    expect(lines({ startedMs: YOUNG })).toEqual([
      'warning VISIT_NOBODY nobody has connected since the server started 5 min ago',
    ]);
    expect(lines({ startedMs: NOW_MS - 3 * HOUR_MS })).toEqual([
      'fault VISIT_NOBODY nobody has connected since the server started 3 h ago',
    ]);
    expect(lines({ startedMs: NOW_MS - 50 * HOUR_MS })).toEqual([
      'fault VISIT_NOBODY nobody has connected in the last day',
    ]);
  });

  it('was a battery, whose last reading is young', () => {
    expect(lines({ batteries: [BATTERY], visits: [visit('reading')] })).toEqual([
      'ok BATTERY_DELIVERS battery Garage: a reading 4 s ago',
    ]);
  });

  it('came by TLS: never that nobody did', () => {
    const found = look({ startedMs: YOUNG, visits: [visit('tls', { times: 14, address: ROUTER })] });
    expect(said(found)).toEqual([
      'fault VISIT_TLS 14 times somebody came by TLS: this firmware does not speak the cleartext protocol (last 5 min ago, from 192.168.1.1)',
    ]);
  });

  it('was refused: the address to allow is named', () => {
    const found = look({ visits: [visit('refused', { address: { kind: 'public', text: '198.51.100.7' } })] });
    expect(said(found)).toEqual([
      'fault VISIT_REFUSED once somebody was refused, since its address is not in battery.allow (last 5 min ago, from 198.51.100.7)',
    ]);
    expect(found[0]?.advice).toBe('If it is your battery, add 198.51.100.7 to battery.allow.');
    expect(look({ visits: [visit('refused')] })[0]?.advice).toBe(
      'If it is your battery, add its address to battery.allow.',
    );
  });

  it.each([
    ['protobuf', 'VISIT_PROTOBUF', 'sent frames of newer firmware (Protocol Buffers)'],
    ['unlisted', 'VISIT_UNLISTED', 'spoke the protocol with a serial number that is not let in'],
    ['held', 'VISIT_HELD', 'sent readings that are kept apart'],
    ['frames', 'VISIT_WITHOUT_READING', 'spoke the protocol, but never sent a reading'],
    ['damaged', 'VISIT_DAMAGED', 'sent frames that were all damaged or cut off'],
  ] as const)('%s: a fault, and a warning beside a battery that delivers', (outcome, code, words) => {
    const sentence = `once somebody ${words} (last 5 min ago)`;
    expect(lines({ visits: [visit(outcome)] })).toEqual([`fault ${code} ${sentence}`]);
    expect(lines({ visits: [visit(outcome)], batteries: [BATTERY] })).toEqual([
      'ok BATTERY_DELIVERS battery Garage: a reading 4 s ago',
      `warning ${code} ${sentence}`,
    ]);
  });

  it('was others, and no battery', () => {
    const visits = [visit('silent', { times: 2 }), visit('http'), visit('stranger'), visit('crowded')];
    expect(lines({ visits })).toEqual([
      'fault BATTERY_MISSING no battery has connected since the server started 3 h ago',
      'warning VISIT_CROWDED once somebody was refused, since too many connections were open (last 5 min ago)',
      'warning VISIT_HTTP once somebody spoke HTTP, as a browser or a scanner does (last 5 min ago)',
      'warning VISIT_STRANGER once somebody spoke something that is not the protocol (last 5 min ago)',
      'ok VISIT_SILENT 2 times somebody connected and said nothing: the port can be reached (last 5 min ago)',
    ]);
    expect(lines({ visits: [visit('http')], startedMs: YOUNG })[0]).toBe(
      'warning BATTERY_MISSING no battery has connected since the server started 5 min ago',
    );
  });

  it('is a battery that is known and does not deliver', () => {
    expect(lines({ batteries: [AWAY], visits: [visit('reading')] })).toEqual([
      'fault BATTERY_SILENT battery Garage: the last reading 3 h ago, not connected',
    ]);
    expect(
      lines({ batteries: [{ ...AWAY, connected: true, lastReadingMs: null }], visits: [visit('frames')] }),
    ).toEqual([
      'fault BATTERY_SILENT battery Garage: never a reading, connected',
      'fault VISIT_WITHOUT_READING once somebody spoke the protocol, but never sent a reading (last 5 min ago)',
    ]);
    expect(lines({ batteries: [AWAY], startedMs: YOUNG })[0]).toBe(
      'warning BATTERY_SILENT battery Garage: the last reading 3 h ago, not connected',
    );
  });

  it('is never said to be nobody where no server runs; told is what is kept', () => {
    expect(lines({ startedMs: null })).toEqual([]);
    expect(lines({ startedMs: null, batteries: [AWAY], visits: [visit('tls')] })).toEqual([
      'warning BATTERY_SILENT battery Garage: the last reading 3 h ago',
      'fault VISIT_TLS once somebody came by TLS: this firmware does not speak the cleartext protocol (last 5 min ago)',
    ]);
  });

  it('is thousands of batteries: eight that do not deliver are named', () => {
    const many = Array.from({ length: 2000 }, (_, n) => ({ ...(n % 2 === 0 ? BATTERY : AWAY), name: `b${n}` }));
    const found = lines({ batteries: many });
    expect(found).toHaveLength(10);
    expect([found[0], found.at(-1)]).toEqual([
      'ok BATTERY_DELIVERS 1000 batteries deliver',
      'fault BATTERY_SILENT 992 more batteries do not deliver',
    ]);
  });
});
