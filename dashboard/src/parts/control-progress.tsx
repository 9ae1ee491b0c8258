/** How far a change has come, step by step. */
import { hasFailed, isUnderWay, progressOf } from '../control.ts';
import { controlTexts as words } from '../control-texts.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { zone } from '../store.ts';
import type { ControlChangeOnPage } from '../types.ts';

export function wishText({ wish, charge_limit: limit, undoes }: ControlChangeOnPage): string {
  if (wish === 'charge' && limit !== null) return words.chargeTo(format.text({ number: String(limit), unit: '%' }));
  if (wish === 'undo' && undoes !== null) return words.undoes(undoes);
  return words.wishes[wish];
}

/** Steps made, the one it is at, and those ahead. */
export function Steps({ of }: { of: ControlChangeOnPage }) {
  return (
    <ol class="control-steps">
      {progressOf(of).map(({ state, at, note, is }, index) => (
        <li key={`${state} ${index}`} class={is} aria-current={is === 'current' ? 'step' : undefined}>
          <strong>{words.states[state]}</strong>
          {at !== null && <time dateTime={at}>{format.clockTime(secondsOf(at), zone.value, 'timeSeconds')}</time>}
          <span class="control-step-note">{note === '' ? words.stateHelp[state] : note}</span>
        </li>
      ))}
    </ol>
  );
}

export function Progress({ of }: { of: ControlChangeOnPage }) {
  const { change, state, steps, wish } = of;
  const said = steps.at(-1)?.note || words.stateHelp[state];
  const isWatching = state === 'echoed' && (wish === 'hold' || wish === 'charge');
  return (
    <section class="panel control-progress" aria-label={words.progress(change)}>
      <header class="panel-head">
        <h2>
          {words.progress(change)}: {wishText(of)}
        </h2>
      </header>
      <p role="status" class={hasFailed(state) ? 'failed control-state' : 'control-state'}>
        <strong>{words.states[state]}</strong>
        {said !== '' && `: ${said}`}
      </p>
      <Steps of={of} />
      {isWatching && isUnderWay(of) && <p class="note">{words.watching}</p>}
    </section>
  );
}
