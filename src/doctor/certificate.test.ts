import { expect, it } from 'vitest';
import { said } from '../../test/doctor-facts.ts';
import { checkCertificate } from './certificate.ts';

const NOW = Date.UTC(2026, 10, 27);
const DAY = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const look = (days: number, isSelfSigned = false) =>
  said(
    checkCertificate({
      nowMs: NOW,
      certificate: { expiresMs: NOW + days * DAY, day: dayOf(NOW + days * DAY), isSelfSigned },
    }),
  );

it('is not spoken of without TLS', () => {
  expect(checkCertificate({ nowMs: NOW })).toEqual([]);
});

it('is good, will not be for long, or is no more', () => {
  expect(look(15)).toEqual(['ok CERTIFICATE_GOOD the page’s certificate is good until 2026-12-12']);
  expect(look(800, true)).toEqual(['ok CERTIFICATE_GOOD the page’s own certificate is good until 2029-02-04']);
  expect(look(14)).toEqual(['warning CERTIFICATE_OLD the page’s certificate is good until 2026-12-11']);
  expect(look(0)).toEqual(['fault CERTIFICATE_OLD the page’s certificate was good until 2026-11-27']);
});
