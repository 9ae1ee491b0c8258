import { beforeEach, describe, expect, it } from 'vitest';
import { LoginSessions } from './sessions.ts';

const DAY = 86_400_000;
let now: number;
let sessions: LoginSessions;

beforeEach(() => {
  now = 0;
  sessions = new LoginSessions(() => now);
});

describe('a session', () => {
  it('has the role it was begun with, and a key nobody guesses', () => {
    const [one, two] = [sessions.begin('view'), sessions.begin('control')];
    expect(one).toMatch(/^[\w-]{43}$/);
    expect([sessions.roleOf(one), sessions.roleOf(two), sessions.roleOf('x')]).toEqual(['view', 'control', null]);
  });

  it('ends when it is told to, alone or with all others', () => {
    const [one, two] = [sessions.begin('view'), sessions.begin('view')];
    sessions.end(one);
    expect([sessions.roleOf(one), sessions.roleOf(two)]).toEqual([null, 'view']);
    sessions.endAll();
    expect(sessions.roleOf(two)).toBeNull();
  });

  it('ends a week after its last use, and a month after it was begun', () => {
    const [idle, used] = [sessions.begin('view'), sessions.begin('view')];
    for (now = 0; now < 7 * DAY; now += DAY) expect(sessions.roleOf(used)).toBe('view');
    expect(sessions.roleOf(idle)).toBeNull();
    for (; now < 30 * DAY; now += DAY) expect(sessions.roleOf(used)).toBe('view');
    expect(sessions.roleOf(used)).toBeNull();
  });

  it('is one of five hundred: the one unused for longest goes', () => {
    const first = sessions.begin('view');
    const second = sessions.begin('view');
    for (let more = 2; more < 500; more++) sessions.begin('view');
    expect(sessions.roleOf(first)).toBe('view');
    sessions.begin('view');
    expect([sessions.roleOf(first), sessions.roleOf(second)]).toEqual(['view', null]);
  });
});
