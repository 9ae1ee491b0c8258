import { describe, expect, it } from 'vitest';
import { loginDigest, serialDigest } from './short-id.ts';

describe('a digest', () => {
  it('is HMAC-SHA-256 of the serial number (RFC 4231, test case 2)', () => {
    const digest = serialDigest('Jefe', 'what do ya want for nothing?');
    expect(digest).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  it('of a login is another for each login and each store, and never that of a serial number', () => {
    const logins = ['["AL1","secret","c"]', '["AL1","guess","c"]'].flatMap((login) => [
      loginDigest('one key', login),
      loginDigest('another key', login),
    ]);
    expect(new Set(logins).size).toBe(4);
    for (const login of logins) expect(login).toMatch(/^[0-9a-f]{32}$/);
    expect(serialDigest('k', 'AL1')).not.toContain(loginDigest('k', 'AL1'));
  });
});
