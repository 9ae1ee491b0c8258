import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { makeSelfSigned } from './self-signed.ts';

const NOW = Date.UTC(2026, 10, 27, 6);
const NAMES = [
  'localhost',
  'Battery.example',
  '192.168.1.20',
  '::1',
  'fd00::5:1',
  '2001:db8:1:2:3:4:5:6',
  'fe80::1%eth0',
];

/** Whether there is an openssl, which read certificates before this was written. */
function openssl(...args: readonly string[]): string | null {
  try {
    return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

describe('a certificate that is made', () => {
  const { certificate, key } = makeSelfSigned([...NAMES, 'localhost', 'not a name', ''], NOW);
  const read = new X509Certificate(certificate);

  it('is signed by its own key', () => {
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect([read.subject, read.issuer]).toEqual(['CN=alphaess-local', 'CN=alphaess-local']);
  });

  it('is of the names and addresses that were given, each once', () => {
    expect(read.checkHost('localhost')).toBe('localhost');
    expect(read.checkHost('battery.example')).toBe('battery.example');
    expect(read.checkHost('other.example')).toBeUndefined();
    for (const address of ['192.168.1.20', '::1', 'fd00::5:1', '2001:db8:1:2:3:4:5:6', 'fe80::1'])
      expect([address, read.checkIP(address)]).toEqual([address, address]);
    expect(read.checkIP('192.168.1.21')).toBeUndefined();
    expect(read.subjectAltName?.split(', ')).toHaveLength(NAMES.length);
  });

  it('is good from a day before for 820 days, and is no authority', () => {
    expect(read.validFromDate.toISOString()).toBe('2026-11-26T06:00:00.000Z');
    expect(read.validToDate.getTime() - NOW).toBe(820 * 86_400_000);
    expect(read.ca).toBe(false);
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('is another each time', () => {
    const other = new X509Certificate(makeSelfSigned(NAMES, NOW).certificate);
    expect(other.serialNumber).not.toBe(read.serialNumber);
    expect(other.fingerprint256).not.toBe(read.fingerprint256);
  });

  it('is read by openssl, too (needs openssl)', () => {
    const file = join(temporaryFolder(), 'c.pem');
    writeFileSync(file, certificate);
    const said = openssl('x509', '-in', file, '-noout', '-text');
    if (said === null) return;
    expect(said).toMatch(/Version: 3/);
    expect(said).toMatch(/X509v3 Basic Constraints: critical\s+CA:FALSE/);
    expect(said).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
    expect(said).toMatch(/TLS Web Server Authentication/);
    expect(said).toMatch(/DNS:localhost, DNS:battery\.example, IP Address:192\.168\.1\.20, IP Address:0:0:0:0:0:0:0:1/);
    expect(
      openssl('verify', '-x509_strict', '-partial_chain', '-CAfile', file, '-attime', String(NOW / 1000), file),
    ).toMatch(/: OK\n$/);
  });
});
