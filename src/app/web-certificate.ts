/**
 * The certificate that the page shows: its owner's files, or one that this server signs and keeps in the data folder. What changes
 * while the server runs (a renewal) is taken without a restart.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Config } from '../config/load.ts';
import type { Note } from '../log/log.ts';
import { OwnerError } from '../problems/errors.ts';
import { makePrivateFolder } from '../system/private-files.ts';
import { makeSelfSigned } from '../system/self-signed.ts';
import type { TlsIdentity } from '../web/tls/secure-server.ts';

/** In the data folder: key and certificate. */
export const CERTIFICATE_FILE = 'web-tls.pem';

const LOOK_MS = 600_000;
/** A certificate of ours is made anew when so much is left of it. */
const RENEWED_BEFORE_MS = 30 * 86_400_000;

export interface CertificateFacts {
  readonly isSelfSigned: boolean;
  /** Unix ms. */
  readonly expiresMs: number;
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string;
}

export interface WebCertificateParts {
  readonly config: Pick<Config, 'data'> & { readonly web: Pick<Config['web'], 'tls' | 'hosts'> };
  readonly wallMs: () => number;
  readonly said: (note: Note) => void;
}

/** Whether the page is shown by TLS. */
function hasTls({ certificate, self_signed: isSelfSigned }: Config['web']['tls']): boolean {
  return certificate !== null || isSelfSigned;
}

export class WebCertificate {
  readonly #parts: WebCertificateParts;
  #identity: TlsIdentity | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** What was wrong when it was last looked for. */
  #trouble = '';

  constructor(parts: WebCertificateParts) {
    this.#parts = parts;
  }

  /** null without TLS. @throws OwnerError WEB_CERTIFICATE_UNREADABLE, DATA_NOT_WRITABLE */
  open(): TlsIdentity | null {
    if (!hasTls(this.#parts.config.web.tls)) return null;
    this.#identity = this.#found();
    return this.#identity;
  }

  /** Of the one that was opened; null without TLS. */
  get facts(): CertificateFacts | null {
    if (this.#identity === null) return null;
    const { validToDate, fingerprint256: fingerprint } = new X509Certificate(this.#identity.certificate);
    return { isSelfSigned: this.#parts.config.web.tls.self_signed, expiresMs: validToDate.getTime(), fingerprint };
  }

  /** Looks now and then whether there is another. @param changed given what is to be shown from now on */
  start(changed: (identity: TlsIdentity) => void): void {
    if (this.#identity === null) return;
    this.#timer = setInterval(() => this.look(changed), LOOK_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Looks whether there is another. */
  look(changed: (identity: TlsIdentity) => void): void {
    try {
      const found = this.#found();
      this.#trouble = '';
      if (found.certificate === this.#identity?.certificate && found.key === this.#identity.key) return;
      this.#identity = found;
      changed(found);
      this.#parts.said(certificateNote(this.facts as CertificateFacts));
    } catch (error) {
      this.#complain(error as OwnerError);
    }
  }

  /** Once for each trouble: the certificate that is shown goes on to be. */
  #complain({ message, code }: OwnerError): void {
    if (message === this.#trouble) return;
    this.#trouble = message;
    this.#parts.said({ level: 'warn', code, text: `the page goes on with the certificate it has: ${message}` });
  }

  #found(): TlsIdentity {
    const { certificate, key } = this.#parts.config.web.tls;
    return certificate === null || key === null ? this.#own() : givenIdentity(certificate, key);
  }

  /** The one that was kept, or a new one. */
  #own(): TlsIdentity {
    const { config, wallMs } = this.#parts;
    const file = join(config.data, CERTIFICATE_FILE);
    const kept = keptIdentity(file);
    if (kept !== null && isGood(kept, wallMs())) return kept;
    const made = makeSelfSigned(namesOfThisMachine(config.web.hosts), wallMs());
    keep(config.data, file, made);
    return made;
  }
}

/** Which certificate it is, for the log. */
export function certificateNote({ expiresMs, fingerprint, isSelfSigned }: CertificateFacts): Note {
  const day = new Date(expiresMs).toISOString().slice(0, 10);
  const whose = isSelfSigned ? 'signed by itself' : 'as configured';
  const text = `the page’s certificate is ${whose}, valid until ${day}`;
  const more = isSelfSigned
    ? ['its SHA-256 fingerprint, to compare with what the browser shows:', ...halves(fingerprint)]
    : [];
  return { level: 'info', code: 'certificate', text, data: { fingerprint }, more };
}

/** Of a fingerprint: the whole is wider than a terminal. */
function halves(fingerprint: string): string[] {
  const bytes = fingerprint.split(':');
  return [bytes.slice(0, 16), bytes.slice(16)].map((half) => half.join(':'));
}

/** @throws OwnerError WEB_CERTIFICATE_UNREADABLE */
function givenIdentity(certificateFile: string, keyFile: string): TlsIdentity {
  const certificate = textOf(certificateFile, 'certificate');
  const key = textOf(keyFile, 'key');
  const read = wellFormed(certificateFile, 'no certificate in PEM', () => new X509Certificate(certificate));
  const privateKey = wellFormed(keyFile, 'no key in PEM without a password', () => createPrivateKey(key));
  if (!read.checkPrivateKey(privateKey)) throw unusable(`the key in ${keyFile} is not that of ${certificateFile}`);
  wellFormed(certificateFile, 'nothing that TLS can use', () => createSecureContext({ cert: certificate, key }));
  return { certificate, key };
}

function textOf(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw unusable(`web.tls.${what}: ${file} cannot be read (${code})`, error);
  }
}

function wellFormed<T>(file: string, problem: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unusable(`${file} holds ${problem}`, error);
  }
}

function unusable(sentence: string, cause?: unknown): OwnerError {
  return new OwnerError('WEB_CERTIFICATE_UNREADABLE', sentence, cause);
}

/** null where there is none that can be read: another is made. */
function keptIdentity(file: string): TlsIdentity | null {
  try {
    const text = readFileSync(file, 'utf8');
    const [certificate = '', key = ''] = [
      /-+BEGIN CERTIFICATE.*?END CERTIFICATE-+\n/s,
      /-+BEGIN PRIVATE KEY.*?END PRIVATE KEY-+\n/s,
    ].map((form) => form.exec(text)?.[0]);
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)) ? { certificate, key } : null;
  } catch {
    return null;
  }
}

/** For a while yet. A clock that was wrong when it was made has made one that is not valid now. */
function isGood({ certificate }: TlsIdentity, nowMs: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return validFromDate.getTime() <= nowMs && nowMs < validToDate.getTime() - RENEWED_BEFORE_MS;
}

/** @throws OwnerError DATA_NOT_WRITABLE */
function keep(folder: string, file: string, { certificate, key }: TlsIdentity): void {
  const draft = `${file}.new`;
  try {
    makePrivateFolder(folder);
    rmSync(draft, { force: true });
    writeFileSync(draft, key + certificate, { flag: 'wx', mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    throw new OwnerError('DATA_NOT_WRITABLE', `${file} cannot be written: check its permissions`, error);
  }
}

/** By which the page may be asked for. */
function namesOfThisMachine(hosts: readonly string[]): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((infos = []) => infos.map(({ address }) => address));
  const name = hostname();
  return ['localhost', name, `${name.replace(/\..*/, '')}.local`, ...hosts, '127.0.0.1', '::1', ...addresses];
}
