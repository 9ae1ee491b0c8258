/** Leaving this server for good, step by step: nothing is called done that the server has not seen. */
import { useState } from 'preact/hooks';
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { LEAVE_WORD, leaveTexts as words } from '../leave-texts.ts';
import { useResource } from '../resource.ts';
import { session, zone } from '../store.ts';
import type { LeaveOnPage } from '../types.ts';
import { Panel } from './small.tsx';

const LOOK_SECONDS = 5;

function StepLine({ of: { done, sentence } }: { of: LeaveOnPage['redirect'] }) {
  return (
    <li class={done ? 'leave-step' : 'leave-step leave-todo'}>
      <strong>{done ? words.seen : words.todo}</strong> {sentence}
    </li>
  );
}

function momentText(iso: string): string {
  return format.clockTime(secondsOf(iso), zone.value, 'full');
}

function BatteryLines({ of }: { of: LeaveOnPage['batteries'][number] }) {
  const { name, settings, stays, gone, unseen } = of;
  return (
    <section>
      <h3>{name}</h3>
      <ul>
        <StepLine of={settings} />
        <StepLine of={gone} />
      </ul>
      {stays.length > 0 && (
        <p class="note">
          {words.stays}: {stays.join('; ')}
        </p>
      )}
      <details>
        <summary>{words.unseen(momentText(unseen.since))}</summary>
        <p class="note">{unseen.sentence}</p>
        <ul>
          {unseen.newest.map(({ time, name: event, text }, index) => (
            <li key={index} class="note">
              {time === null ? words.undated : momentText(time)} {event} {text}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function Report({ of }: { of: LeaveOnPage }) {
  return (
    <>
      {of.since !== null && <p>{words.since(momentText(of.since))}</p>}
      {of.batteries.map((battery) => (
        <BatteryLines key={battery.battery} of={battery} />
      ))}
      <h3>{words.dns}</h3>
      <ul>
        <StepLine of={of.redirect} />
      </ul>
      <p role="status" class={of.done ? '' : 'quiet'}>
        {of.done ? words.done : words.notDone}
      </p>
    </>
  );
}

function Steps() {
  const [turn, setTurn] = useState(0);
  const [typed, setTyped] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  const { data } = useResource(`leave ${turn}`, (signal) => api.leaving(signal), LOOK_SECONDS);
  if (data === null) return <p class="quiet">{words.looking}</p>;
  const done = (work: Promise<unknown>) => {
    setFailure(null);
    work.then(
      () => {
        setTyped('');
        setTurn(turn + 1);
      },
      (error: Error) => setFailure(error.message),
    );
  };
  const isBegun = data.since !== null;
  return (
    <>
      <Report of={data} />
      {failure !== null && (
        <p class="failed" role="alert">
          {failure}
        </p>
      )}
      <p data-editing>
        {!isBegun && (
          <label>
            {words.word}{' '}
            <input type="text" value={typed} onInput={({ currentTarget }) => setTyped(currentTarget.value)} />
          </label>
        )}{' '}
        <button
          type="button"
          class="button"
          disabled={!isBegun && typed.trim() !== LEAVE_WORD}
          onClick={() => done(api.leave(LEAVE_WORD))}
        >
          {isBegun ? words.again : words.begin}
        </button>{' '}
        {isBegun && (
          <button type="button" class="button" onClick={() => done(api.stay())}>
            {words.stay}
          </button>
        )}
      </p>
    </>
  );
}

export function LeavePanel() {
  const [isOpen, setOpen] = useState(false);
  if (session.value?.role !== 'control') return null;
  return (
    <Panel title={words.title} class="leave">
      <p class="note">{words.help}</p>
      {isOpen ? (
        <Steps />
      ) : (
        <p>
          <button type="button" class="button" onClick={() => setOpen(true)}>
            {words.look}
          </button>
        </p>
      )}
    </Panel>
  );
}
