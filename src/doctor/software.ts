/**
 * Which versions run?
 */
import type { Facts } from './facts.ts';
import { type Finding, finding } from './finding.ts';

const LEAST_NODE = 24;

export function checkSoftware({ software }: Pick<Facts, 'software'>): Finding[] {
  const { version, node } = software;
  const sentence = `alphaess-local ${version} on Node ${node}`;
  return [finding(Number.parseInt(node, 10) >= LEAST_NODE ? 'SOFTWARE' : 'NODE_OLD', sentence)];
}
