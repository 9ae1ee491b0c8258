/**
 * How long is the page's certificate good?
 */
import type { DoctorFacts } from './facts.ts';
import { type Finding, finding } from './finding.ts';

const DAY_MS = 86_400_000;
/** Whoever renews certificates by a program does so a month before. */
const SOON_MS = 14 * DAY_MS;

export function checkCertificate({ certificate, nowMs }: Pick<DoctorFacts, 'certificate' | 'nowMs'>): Finding[] {
  if (certificate === undefined) return [];
  const { expiresMs, day, isSelfSigned } = certificate;
  const whose = isSelfSigned ? 'the page’s own certificate' : 'the page’s certificate';
  if (expiresMs <= nowMs) return [finding('CERTIFICATE_OLD', `${whose} was good until ${day}`)];
  const sentence = `${whose} is good until ${day}`;
  if (expiresMs - nowMs > SOON_MS) return [finding('CERTIFICATE_GOOD', sentence)];
  return [finding('CERTIFICATE_OLD', sentence, { level: 'warning' })];
}
