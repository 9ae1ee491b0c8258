/** The form of a window or a rule, with what would come of it before it is set. */
import { useState } from 'preact/hooks';
import { api } from '../api.ts';
import { scheduleTexts as words } from '../schedule-texts.ts';
import {
  draftOf,
  entryOf,
  newDraft,
  type ScheduleDraft,
  type ScheduleKind,
  type ShownEntry,
  WEEKDAYS,
  withEntry,
} from '../schedules.ts';
import { useSettled } from '../settled.ts';
import type { SchedulesFromPage, SchedulesOnPage } from '../types.ts';
import { SchedulePlan } from './schedule-plan.tsx';

const VERBS = ['hold', 'charge', 'normal'] as const;
/** In the order of the form, with the kind of each. */
const FIELDS: Readonly<Record<ScheduleKind, readonly (keyof ScheduleDraft)[]>> = {
  window: ['verb', 'from', 'to', 'limit'],
  cheapest: ['hours', 'after', 'before', 'limit', 'below', 'stretches'],
  hold_above: ['price', 'after', 'before'],
};
const TIMES: readonly (keyof ScheduleDraft)[] = ['from', 'to', 'after', 'before'];
const HELP: Readonly<Record<ScheduleKind, string>> = {
  window: words.allDay,
  cheapest: words.cheapestHelp,
  hold_above: words.holdHelp,
};

interface FieldsProps {
  draft: ScheduleDraft;
  currency: string;
  onChange: (draft: ScheduleDraft) => void;
}

function TextField({ name, draft, onChange }: Omit<FieldsProps, 'currency'> & { name: keyof ScheduleDraft }) {
  const isTime = TIMES.includes(name);
  const shared = {
    id: `schedule-${name}`,
    value: draft[name] as string,
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement }) =>
      onChange({ ...draft, [name]: currentTarget.value }),
  };
  return isTime ? <input {...shared} type="time" /> : <input {...shared} type="text" inputMode="decimal" />;
}

function Fields({ draft, currency, onChange }: FieldsProps) {
  const { fields } = words;
  const labelOf = (name: keyof ScheduleDraft): string => {
    const label = fields[name as keyof typeof fields];
    return typeof label === 'function' ? label(currency) : label;
  };
  const shown = FIELDS[draft.kind].filter(
    (name) => name !== 'limit' || draft.kind !== 'window' || draft.verb === 'charge',
  );
  return (
    <div class="schedule-fields">
      {shown.map((name) => (
        <div key={name} class="schedule-field">
          <label for={`schedule-${name}`}>{labelOf(name)}</label>
          {name === 'verb' ? (
            <select
              id="schedule-verb"
              value={draft.verb}
              onChange={({ currentTarget }) =>
                onChange({ ...draft, verb: currentTarget.value as ScheduleDraft['verb'] })
              }
            >
              {VERBS.map((verb) => (
                <option key={verb} value={verb}>
                  {words.verbs[verb]}
                </option>
              ))}
            </select>
          ) : (
            <TextField name={name} draft={draft} onChange={onChange} />
          )}
        </div>
      ))}
      <label>
        {fields.name}
        <input
          maxLength={40}
          value={draft.name}
          onInput={({ currentTarget }) => onChange({ ...draft, name: currentTarget.value })}
        />
      </label>
    </div>
  );
}

function Days({ draft, onChange }: Omit<FieldsProps, 'currency'>) {
  const toggle = (day: (typeof WEEKDAYS)[number]) =>
    onChange({
      ...draft,
      days: draft.days.includes(day) ? draft.days.filter((one) => one !== day) : [...draft.days, day],
    });
  return (
    <>
      <fieldset class="schedule-weekdays">
        <legend>{words.fields.days}</legend>
        {WEEKDAYS.map((day) => (
          <label key={day} class="check">
            <input type="checkbox" checked={draft.days.includes(day)} onChange={() => toggle(day)} />
            {words.weekdays[day]}
          </label>
        ))}
      </fieldset>
      <label class="schedule-dates">
        {words.fields.dates}
        <input
          value={draft.dates}
          onInput={({ currentTarget }) => onChange({ ...draft, dates: currentTarget.value })}
        />
        <span class="note">{words.datesHelp}</span>
      </label>
    </>
  );
}

interface ScheduleFormProps {
  battery: string;
  schedules: SchedulesOnPage;
  /** What it is a new one of, or the one that is changed. */
  of: ScheduleKind | ShownEntry;
  done: () => void;
  cancel: () => void;
}

export function ScheduleForm({ battery, schedules, of, done, cancel }: ScheduleFormProps) {
  const [draft, setDraft] = useState(() => (typeof of === 'string' ? newDraft(of) : draftOf(of.entry)));
  const [state, setState] = useState<{ readonly isSending: boolean; readonly failure: string | null }>({
    isSending: false,
    failure: null,
  });
  const entry = entryOf(draft, schedules.currency);
  const request = typeof entry === 'string' ? null : withEntry(schedules, entry, typeof of === 'string' ? null : of);
  const foreseen = useSettled(battery, request, api.previewSchedules);
  const wrong = typeof entry === 'string' ? entry : (foreseen?.error ?? state.failure);
  const set = (asked: SchedulesFromPage) => {
    setState({ isSending: true, failure: null });
    api
      .setSchedules(battery, asked)
      .then(done, (error: Error) => setState({ isSending: false, failure: error.message }));
  };
  return (
    <section class="schedule-form" data-editing>
      <Fields draft={draft} currency={schedules.currency} onChange={setDraft} />
      <p class="note">{HELP[draft.kind]}</p>
      <Days draft={draft} onChange={setDraft} />
      {wrong !== null && (
        <p class="failed control-refusal" role="alert">
          {wrong}
        </p>
      )}
      {foreseen?.answer != null && (
        <div class="schedule-foreseen">
          <h4>{words.preview}</h4>
          <SchedulePlan of={foreseen.answer} />
        </div>
      )}
      <p class="control-send">
        <button
          type="button"
          class="main-button"
          disabled={request === null || foreseen?.answer == null || state.isSending}
          onClick={() => request !== null && set(request)}
        >
          {state.isSending ? words.setting : words.set}
        </button>
        <button type="button" class="button" onClick={cancel}>
          {words.leave}
        </button>
      </p>
    </section>
  );
}
