import { beforeEach, describe, expect, it } from 'vitest';
import type { ProblemCode } from '../protocol/errors.ts';
import { Strangers } from './strangers.ts';

const problem = (code: ProblemCode) => ({ type: 'problem', code, battery: null, detail: '' }) as const;
let now = 0;
let strangers: Strangers;
beforeEach(() => {
  now = 1000;
  strangers = new Strangers(() => now++);
});

describe('the list of strangers', () => {
  it('has who was refused, with how often and when last, the newest first', () => {
    strangers.problem(problem('PEER_NOT_ALLOWED'), null, '203.0.113.7');
    strangers.problem(problem('PEER_NOT_ALLOWED'), null, '::ffff:203.0.113.8');
    strangers.problem(problem('PEER_NOT_ALLOWED'), null, '203.0.113.7');
    expect(strangers.list).toEqual([
      { address: '203.0.113.7', code: 'PEER_NOT_ALLOWED', times: 2, lastMs: 1002 },
      { address: '203.0.113.8', code: 'PEER_NOT_ALLOWED', times: 1, lastMs: 1001 },
    ]);
  });

  it('has who spoke and is no battery, while and after he was connected', () => {
    strangers.opened(5, 'a private network', '192.168.1.9');
    strangers.problem(problem('FRAME_HTTP'), 5);
    strangers.problem(problem('FRAME_TLS'), 5);
    strangers.closed(5);
    strangers.problem(problem('FRAME_HEADER'), 5);
    expect(strangers.list.map(({ address, code }) => `${address} ${code}`)).toEqual([
      '192.168.1.9 FRAME_TLS',
      '192.168.1.9 FRAME_HTTP',
    ]);
  });

  it('has no battery with a bad line, or that speaks oddly', () => {
    strangers.opened(5, 'a private network', '192.168.1.9');
    for (const code of ['FRAME_CHECKSUM', 'BODY_UNREADABLE', 'BATTERY_STALE'] as const)
      strangers.problem(problem(code), 5);
    strangers.problem(problem('FRAME_HEADER'), null);
    expect(strangers.list).toEqual([]);
  });

  it('has the newest twenty of a scan', () => {
    for (let n = 1; n <= 1000; n++) strangers.problem(problem('PEER_NOT_ALLOWED'), null, `2001:db8::${n}`);
    expect(strangers.list).toHaveLength(20);
    expect(strangers.list[0]?.address).toBe('2001:db8::1000');
    expect(strangers.list.at(-1)?.address).toBe('2001:db8::981');
  });
});
