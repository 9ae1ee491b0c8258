/**
 * How an output is, in words: one that sends, and one that waits to be asked (Prometheus).
 */
import * as format from './format.ts';
import { secondsOf } from './house-time.ts';
import { texts } from './texts.ts';
import type { ShownServer } from './types.ts';

export type ShownOutput = ShownServer['sinks'][number];

export interface OutputView {
  readonly title: string;
  readonly state: string;
  /** Something is wrong that its owner should know of. */
  readonly isTrouble: boolean;
  readonly problem: ShownOutput['problem'];
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Nothing is sent to them: they come and ask. */
const PULLED = new Set(['prometheus']);

/** @param now Unix seconds */
export function outputView(
  { name, state, queued, sent, dropped, last_sent_at: last, problem }: ShownOutput,
  now: number,
): OutputView {
  const { outputs } = texts.system;
  const ago = last === null ? texts.health.never : texts.ago(format.duration(now - secondsOf(last)));
  const title = outputs.titles[name as keyof typeof outputs.titles] ?? name;
  if (PULLED.has(name)) {
    const facts = [
      [outputs.asked, format.count(sent)],
      [outputs.lastAsked, ago],
    ] as const;
    return { title, state: outputs.pulledStates[state], isTrouble: false, problem, facts };
  }
  const facts = [
    [outputs.waiting, format.count(queued)],
    [outputs.sent, format.count(sent)],
    [outputs.dropped, format.count(dropped)],
    [outputs.lastSent, ago],
  ] as const;
  return { title, state: outputs.states[state], isTrouble: state === 'down' || state === 'refused', problem, facts };
}
