/**
 * Which versions run?
 */
import type { DoctorFacts } from './facts.ts';
import { type Finding, finding } from './finding.ts';

const LEAST_NODE = 24;

export function checkSoftware({ software }: Pick<DoctorFacts, 'software'>): Finding[] {
  const { version, node } = software;
  const sentence = `alphaess-local ${version} on Node ${node}`;
  return [finding(Number.parseInt(node, 10) >= LEAST_NODE ? 'SOFTWARE' : 'NODE_OLD', sentence)];
}
