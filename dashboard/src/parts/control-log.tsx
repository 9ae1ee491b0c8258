/** Every change of the battery, the newest first, and the way back from each. */
import { useState } from 'preact/hooks';
import { api } from '../api.ts';
import { canBeUndone, hasFailed, newKey, realChanges, reversed } from '../control.ts';
import { controlTexts as words } from '../control-texts.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { zone } from '../store.ts';
import type { ControlChangeOnPage } from '../types.ts';
import { Changes } from './control-preview.tsx';
import { Steps, wishText } from './control-progress.tsx';
import { Panel } from './small.tsx';

interface EntryProps {
  battery: string;
  of: ControlChangeOnPage;
  mayChange: boolean;
  sent: (change: number) => void;
}

/** What it would bring back is shown before it is sent. */
function Undo({ battery, of, sent }: EntryProps) {
  const [key, setKey] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const button = `control-undo-${of.change}`;
  const toggle = () => {
    setFailure(null);
    setKey(key === null ? newKey() : null);
  };
  const send = (once: string) => {
    setFailure(null);
    api.undoControl(battery, of.change, once).then(
      ({ change }) => sent(change),
      (error: Error) => setFailure(error.message),
    );
  };
  return (
    <>
      <button
        type="button"
        id={button}
        class="button control-undo"
        aria-label={words.undoNamed(of.change)}
        aria-expanded={key !== null}
        onClick={toggle}
      >
        {words.undo}
      </button>
      {key !== null && (
        <section class="control-preview" aria-label={words.undoNamed(of.change)} data-editing>
          <p>{words.undoWhat}</p>
          <Changes of={reversed(of.changes)} />
          <p class="note">{words.undoWrites}</p>
          {failure !== null && (
            <p class="failed control-refusal" role="alert">
              {failure}
            </p>
          )}
          <p class="control-send">
            <button type="button" class="main-button" onClick={() => send(key)}>
              {words.undoNow}
            </button>
            <button
              type="button"
              class="button"
              onClick={() => {
                document.getElementById(button)?.focus();
                toggle();
              }}
            >
              {words.cancel}
            </button>
          </p>
        </section>
      )}
    </>
  );
}

function Messages({ of }: { of: ControlChangeOnPage['frames'] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h3>{words.frames}</h3>
      <ul class="control-frames">
        {of.map(({ at, from, frame, bytes }, index) => (
          <li key={index}>
            <time dateTime={at}>{format.clockTime(secondsOf(at), zone.value, 'timeSeconds')}</time>{' '}
            <span class="mono">{frame}</span> {from === 'server' ? words.fromServer : words.fromBattery},{' '}
            {format.bytes(bytes)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Entry(props: EntryProps) {
  const { change, state, steps, by, until, changes, frames } = props.of;
  const [first] = steps;
  const last = steps.at(-1);
  const made = realChanges(changes);
  const who = by.name === '' || by.kind === 'server' ? words.authors[by.kind] : `${words.authors[by.kind]} ${by.name}`;
  return (
    <li class="control-entry">
      <p class="control-entry-head">
        <strong>{wishText(props.of)}</strong>
        {until !== null && (
          <span>{words.untilTime(format.clockTime(secondsOf(until), zone.value, 'weekdayTime'))}</span>
        )}
        <span class={hasFailed(state) ? 'control-badge failed' : 'control-badge'}>{words.states[state]}</span>
      </p>
      <p class="note">
        {change} · {first !== undefined && format.clockTime(secondsOf(first.at), zone.value, 'full')} · {words.by(who)}
        {last !== undefined && last.note !== '' && <> · {last.note}</>}
      </p>
      <details>
        <summary aria-label={words.details(change)}>{words.steps}</summary>
        {made.length > 0 && <Changes of={made} />}
        <Steps of={props.of} />
        <Messages of={frames} />
      </details>
      {props.mayChange && canBeUndone(props.of) && <Undo {...props} />}
    </li>
  );
}

interface LogProps {
  battery: string;
  changes: readonly ControlChangeOnPage[];
  mayChange: boolean;
  sent: (change: number) => void;
}

export function ControlLog({ battery, changes, mayChange, sent }: LogProps) {
  return (
    <Panel title={words.log} class="control-log">
      {changes.length === 0 && <p class="quiet">{words.noLog}</p>}
      <ul>
        {changes.map((change) => (
          <Entry key={change.change} battery={battery} of={change} mayChange={mayChange} sent={sent} />
        ))}
      </ul>
    </Panel>
  );
}
