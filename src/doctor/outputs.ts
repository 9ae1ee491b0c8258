/**
 * Each output: does it work?
 */
import type { DoctorFacts, OutputFacts } from './facts.ts';
import { type Finding, finding } from './finding.ts';

export function checkOutputs({ outputs }: Pick<DoctorFacts, 'outputs'>): Finding[] {
  return (outputs ?? []).flatMap((output) => [...stateOf(output), ...lossOf(output)]);
}

function stateOf({ name, state, queued, problem }: OutputFacts): Finding[] {
  const why = problem === null ? '' : `: ${problem.detail} [${problem.code}]`;
  switch (state) {
    case 'up':
      return [finding('OUTPUT_WORKS', `output ${name}: it works${queued > 0 ? `, ${queued} wait` : ''}`)];
    case 'starting':
      return [
        problem === null ? finding('OUTPUT_STARTING', `output ${name}: it is starting`) : down(name, queued, why),
      ];
    case 'down':
      return [down(name, queued, why)];
    case 'refused':
      return [finding('OUTPUT_REFUSED', `output ${name}: its server refuses${why}`)];
    case 'stopped':
      return [];
  }
}

function down(name: string, queued: number, why: string): Finding {
  return finding('OUTPUT_DOWN', `output ${name}: its server is not reached, ${queued} wait${why}`);
}

function lossOf({ name, dropped }: OutputFacts): Finding[] {
  return dropped === 0 ? [] : [finding('OUTPUT_LOST', `output ${name}: ${dropped} were dropped since the start`)];
}
