/**
 * A certificate that this machine signs for itself: X.509 (RFC 5280) with a key on P-256, signed by Node's own crypto
 * (decision 0048).
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { bits, implicit, integer, moment, octets, oid, sequence, set, tagged, truth, utf8 } from './der.ts';

/** Both in PEM. */
export interface CertificateAndKey {
  /** The server's, and those between it and its authority. */
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** Some browsers take none that lasts longer than 825 days. */
const VALID_DAYS = 820;
/** Clocks of the house may be behind. */
const EARLIER_MS = DAY_MS;
const SERIAL_BYTES = 16;
const COMMON_NAME = 'alphaess-local';
const DNS_NAME = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i;

const OIDS = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  subjectAltName: '2.5.29.17',
};
/** Of subjectAltName. */
const DNS = 2;
const IP = 7;

/**
 * Makes one with a new key.
 * @param names host names and addresses by which it is reached; what is neither is left out
 * @param nowMs Unix milliseconds
 */
export function makeSelfSigned(names: readonly string[], nowMs: number): CertificateAndKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(OIDS.ecdsaWithSha256));
  const self = sequence(set(sequence(oid(OIDS.commonName), utf8(COMMON_NAME))));
  const content = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(randomBytes(SERIAL_BYTES)),
    algorithm,
    self,
    sequence(moment(nowMs - EARLIER_MS), moment(nowMs + VALID_DAYS * DAY_MS)),
    self,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, extensions(names)),
  );
  const certificate = sequence(content, algorithm, bits(sign('sha256', content, privateKey)));
  return { certificate: pem(certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** It is no authority: whoever gets its key can be this server, and nobody else. */
function extensions(names: readonly string[]): Buffer {
  return sequence(
    sequence(oid(OIDS.basicConstraints), truth(), octets(sequence())),
    // digitalSignature alone.
    sequence(oid(OIDS.keyUsage), truth(), octets(bits(Buffer.from([0x80]), 7))),
    sequence(oid(OIDS.extendedKeyUsage), octets(sequence(oid(OIDS.serverAuth)))),
    sequence(oid(OIDS.subjectAltName), octets(sequence(...[...new Set(names)].flatMap(altName)))),
  );
}

function altName(name: string): Buffer[] {
  if (isIPv4(name)) return [implicit(IP, Buffer.from(name.split('.').map(Number)))];
  if (isIPv6(name)) return [implicit(IP, ipv6Bytes(name))];
  return DNS_NAME.test(name) ? [implicit(DNS, Buffer.from(name.toLowerCase()))] : [];
}

/** @param address without anything that stands for an interface */
function ipv6Bytes(address: string): Buffer {
  // The parser of addresses in URLs writes four digits at most between colons, and no dots.
  const plain = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [before = '', after] = plain.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [groups(before), groups(after ?? '')];
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
