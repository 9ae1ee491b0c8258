/**
 * Where batteries are heard by tap: is anything heard?
 */
import { counted } from '../counted.ts';
import type { DoctorFacts, TapFacts } from './facts.ts';
import { type Finding, finding } from './finding.ts';

export function checkTap({ tap }: Pick<DoctorFacts, 'tap'>): Finding[] {
  if (tap === undefined) return [];
  const { problem, framesFromBattery: frames } = tap;
  if (problem !== null) return [finding('TAP_DEAF', `the tap: ${problem.detail} [${problem.code}]`)];
  if (frames === 0) return [silence(tap)];
  return [finding('TAP_HEARS', `the tap: ${counted(frames, 'message')} of batteries since the server started`)];
}

/** It may have only just begun. */
function silence({ packets, otherPackets, ownFrames }: TapFacts): Finding {
  const words =
    packets === 0
      ? 'no packet yet'
      : ownFrames > 0
        ? 'nothing but what batteries say to this server itself'
        : `no message of a battery yet, in ${packets} packets, ${otherPackets} of them of other ports`;
  const isFine = ownFrames > 0;
  return finding(isFine ? 'TAP_HEARS' : 'TAP_DEAF', `the tap: ${words}`, isFine ? {} : { level: 'warning' });
}
