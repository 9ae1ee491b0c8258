import { X509Certificate } from 'node:crypto';
import { chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import type { Note } from '../log/log.ts';
import { makeSelfSigned } from '../system/self-signed.ts';
import type { TlsIdentity } from '../web/tls/secure-server.ts';
import { CERTIFICATE_FILE, WebCertificate } from './web-certificate.ts';

const DAY = 86_400_000;
let now = Date.UTC(2026, 10, 27);
let data: string;
let said: Note[];
let shown: TlsIdentity[];

beforeEach(() => {
  now = Date.UTC(2026, 10, 27);
  data = temporaryFolder();
  said = [];
  shown = [];
});

function certificateOf(tls: Partial<{ certificate: string; key: string; self_signed: boolean }>, hosts: string[] = []) {
  const web = { tls: { certificate: null, key: null, self_signed: false, ...tls }, hosts };
  return new WebCertificate({ config: { data, web }, wallMs: () => now, said: (note) => said.push(note) });
}

/** Files with these contents. */
function files({ certificate, key }: TlsIdentity) {
  const paths = { certificate: join(data, 'page.crt'), key: join(data, 'page.key') };
  writeFileSync(paths.certificate, certificate);
  writeFileSync(paths.key, key);
  return paths;
}

const look = (one: WebCertificate) => one.look((identity) => shown.push(identity));
const own = () => certificateOf({ self_signed: true }, ['battery.example']);

it('is none where none is configured', () => {
  const none = certificateOf({});
  expect([none.open(), none.facts]).toEqual([null, null]);
});

describe('one that the server signs', () => {
  it('is of this machine, and kept for the next start, for its user alone', () => {
    const first = own();
    const read = new X509Certificate(first.open()?.certificate ?? '');
    for (const name of ['localhost', 'battery.example', hostname()])
      expect([name, read.checkHost(name)]).toEqual([name, name.toLowerCase()]);
    expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(statSync(join(data, CERTIFICATE_FILE)).mode & 0o777).toBe(0o600);
    now += 300 * DAY;
    const second = own();
    expect(second.open()?.certificate).toBe(read.toString());
    expect(second.facts).toEqual({
      isSelfSigned: true,
      expiresMs: Date.UTC(2026, 10, 27) + 820 * DAY,
      fingerprint: read.fingerprint256,
    });
  });

  it('is made anew a month before its end, while the server runs, and that is said', () => {
    const one = own();
    const before = one.open();
    now += 789 * DAY;
    look(one);
    expect(shown).toEqual([]);
    now += 2 * DAY;
    look(one);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.certificate).not.toBe(before?.certificate);
    expect(said).toMatchObject([{ level: 'info', code: 'certificate', data: { fingerprint: one.facts?.fingerprint } }]);
    // The fingerprint in two lines, since the whole is wider than a terminal.
    const [, ...halves] = said[0]?.more ?? [];
    expect(halves.map((half) => half.length)).toEqual([47, 47]);
    expect(halves.join(':')).toBe(one.facts?.fingerprint);
    look(one);
    expect(shown).toHaveLength(1);
  });

  it('is made anew where a wrong clock had made it', () => {
    now = Date.UTC(1970, 0, 1);
    const one = own();
    one.open();
    now = Date.UTC(2026, 10, 27);
    look(one);
    expect(new Date(one.facts?.expiresMs ?? 0).getUTCFullYear()).toBe(2029);
    now = Date.UTC(2020, 0, 1);
    look(one);
    expect(shown).toHaveLength(2);
  });

  it.each(['', 'nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'is made anew where what was kept is damaged: %j',
    (text) => {
      writeFileSync(join(data, CERTIFICATE_FILE), text);
      expect(new X509Certificate(own().open()?.certificate ?? '').subject).toBe('CN=alphaess-local');
    },
  );

  it('says where it cannot be kept', () => {
    const file = join(data, 'file');
    writeFileSync(file, '');
    data = join(file, 'data');
    expect(() => own().open()).toThrow(expect.objectContaining({ code: 'DATA_NOT_WRITABLE' }));
  });
});

describe('one of files', () => {
  it('is that of the files', () => {
    const made = makeSelfSigned(['a'], now);
    const one = certificateOf(files(made));
    expect(one.open()).toEqual(made);
    expect(one.facts).toMatchObject({ isSelfSigned: false, expiresMs: now + 820 * DAY });
  });

  it('is taken when it is renewed; what cannot be used meanwhile is said once, and the old one is shown on', () => {
    const one = certificateOf(files(makeSelfSigned(['a'], now)));
    one.open();
    const renewed = makeSelfSigned(['a'], now);
    // The certificate is there before its key, as where two files are copied.
    writeFileSync(join(data, 'page.crt'), renewed.certificate);
    look(one);
    look(one);
    expect(shown).toEqual([]);
    expect(said).toMatchObject([
      {
        level: 'warn',
        code: 'WEB_CERTIFICATE_UNREADABLE',
        text: expect.stringMatching(/^the page goes on with the certificate it has: the key in/),
      },
    ]);
    writeFileSync(join(data, 'page.key'), renewed.key);
    look(one);
    expect(shown).toEqual([renewed]);
  });

  it.each<[string, (paths: { certificate: string; key: string }) => void, RegExp]>([
    [
      'is not there',
      ({ certificate }) => copyFileSync('/dev/null', `${certificate}x`),
      /page\.crtx holds no certificate in PEM/,
    ],
    [
      'is a key',
      ({ certificate, key }) => writeFileSync(certificate, readFileSync(key)),
      /page\.crt holds no certificate in PEM/,
    ],
    [
      'has a key that is none',
      ({ key }) => writeFileSync(key, 'x'),
      /page\.key holds no key in PEM without a password/,
    ],
    [
      'has the key of another',
      ({ key }) => writeFileSync(key, makeSelfSigned([], now).key),
      /the key in \S+page\.key is not that of \S+page\.crt/,
    ],
  ])('is refused where it %s', (what, spoil, sentence) => {
    const paths = files(makeSelfSigned(['a'], now));
    spoil(paths);
    const given = what === 'is not there' ? { ...paths, certificate: `${paths.certificate}x` } : paths;
    expect(() => certificateOf(given).open()).toThrow(
      expect.objectContaining({ code: 'WEB_CERTIFICATE_UNREADABLE', message: expect.stringMatching(sentence) }),
    );
  });

  it('is refused where a file is not there, or may not be read', () => {
    const paths = files(makeSelfSigned(['a'], now));
    expect(() => certificateOf({ ...paths, key: join(data, 'none') }).open()).toThrow(
      `web.tls.key: ${join(data, 'none')} cannot be read (ENOENT)`,
    );
    if (process.getuid?.() === 0) return;
    chmodSync(paths.key, 0);
    expect(() => certificateOf(paths).open()).toThrow('cannot be read (EACCES)');
  });
});
