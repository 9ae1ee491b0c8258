/** What is wanted of the battery at which times: what applies, what is planned, each window and rule; and what electricity costs. */
import { useState } from 'preact/hooks';
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { useResource } from '../resource.ts';
import { scheduleTexts as words } from '../schedule-texts.ts';
import { entriesOf, type ScheduleKind, type ShownEntry, withoutEntry } from '../schedules.ts';
import { zone } from '../store.ts';
import type { PricesOnPage, SchedulesOnPage } from '../types.ts';
import { priceText, ScheduleDays } from './schedule-days.tsx';
import { ScheduleForm } from './schedule-form.tsx';
import { SchedulePlan } from './schedule-plan.tsx';
import { Panel, waitingFor } from './small.tsx';
import '../styles/schedules.css';

const LOOK_SECONDS = 10;
const PRICES_SECONDS = 60;

const clock = (iso: string) => format.clockTime(secondsOf(iso), zone.value, 'weekdayTime');

function PriceLine({ of }: { of: PricesOnPage }) {
  const { source, now, known_until: until, stale, problem, currency } = of;
  const { prices } = words;
  if (source === null) return <p class="note">{prices.none}</p>;
  return (
    <div class="note schedule-prices">
      <p>
        {now === null || until === null ? prices.missing : prices.now(priceText(now.price, currency), clock(until))}{' '}
        {prices.from(source.where)} {stale && now !== null && prices.stale}
      </p>
      {problem !== null && (
        <p class="failed">
          {problem.code}: {problem.detail}
        </p>
      )}
    </div>
  );
}

function NowLine({ of: { now, until, next, last } }: { of: SchedulesOnPage }) {
  const nextWords = next === null ? null : `${next.by}, ${clock(next.from)}`;
  return (
    <>
      <p class="schedule-present">
        {now === null || now.verb === 'normal'
          ? words.nothingNow(nextWords)
          : words.now(now.by, until === null ? null : clock(until))}
      </p>
      {last !== null && <p class="note">{words.last(last.text)}</p>}
    </>
  );
}

interface ScheduleEntryProps {
  of: ShownEntry;
  battery: string;
  schedules: SchedulesOnPage;
  mayChange: boolean;
  isOpen: boolean;
  open: (isOpen: boolean) => void;
  done: () => void;
}

function Removal({
  of,
  battery,
  schedules,
  done,
  cancel,
}: Pick<ScheduleEntryProps, 'of' | 'battery' | 'schedules' | 'done'> & { cancel: () => void }) {
  const [failure, setFailure] = useState<string | null>(null);
  const remove = () =>
    api.setSchedules(battery, withoutEntry(schedules, of)).then(done, (error: Error) => setFailure(error.message));
  return (
    <p class="control-send" data-editing>
      <button type="button" class="main-button" onClick={remove}>
        {words.removeNow}
      </button>
      <button type="button" class="button" onClick={cancel}>
        {words.keep}
      </button>
      {failure !== null && (
        <span class="failed" role="alert">
          {failure}
        </span>
      )}
    </p>
  );
}

function Entry(props: ScheduleEntryProps) {
  const { of, battery, schedules, mayChange, isOpen, open, done } = props;
  const [isLeaving, setLeaving] = useState(false);
  return (
    <li class="control-entry">
      <p class="control-entry-head">
        <strong>{of.what}</strong>
        <span>{of.when}</span>
      </p>
      {mayChange && (
        <p class="schedule-buttons">
          <button
            type="button"
            class="button"
            aria-label={words.changeNamed(of.what)}
            aria-expanded={isOpen}
            onClick={() => open(!isOpen)}
          >
            {words.change}
          </button>
          <button
            type="button"
            class="button"
            aria-label={words.removeNamed(of.what)}
            aria-expanded={isLeaving}
            onClick={() => setLeaving(!isLeaving)}
          >
            {words.remove}
          </button>
        </p>
      )}
      {isLeaving && <Removal {...{ of, battery, schedules }} done={done} cancel={() => setLeaving(false)} />}
      {isOpen && <ScheduleForm {...{ battery, schedules, of }} done={done} cancel={() => open(false)} />}
    </li>
  );
}

interface SchedulesProps {
  battery: string;
  mayChange: boolean;
}

/** Which form is open: of a new one, or of the one at a place. */
type OpenForm = ScheduleKind | `${ShownEntry['list']} ${number}` | null;

function Additions({
  kinds,
  form,
  open,
}: {
  kinds: readonly ScheduleKind[];
  form: OpenForm;
  open: (form: OpenForm) => void;
}) {
  return (
    <p class="schedule-buttons">
      {kinds.map((kind) => (
        <button
          key={kind}
          type="button"
          id={`schedule-add-${kind}`}
          class="button"
          aria-expanded={form === kind}
          onClick={() => open(form === kind ? null : kind)}
        >
          {words.add[kind]}
        </button>
      ))}
    </p>
  );
}

export function Schedules({ battery, mayChange }: SchedulesProps) {
  const [turn, setTurn] = useState(0);
  const [form, setForm] = useState<OpenForm>(null);
  const found = useResource(`schedules ${battery} ${turn}`, (signal) => api.schedules(battery, signal), LOOK_SECONDS);
  const prices = useResource('prices', (signal) => api.prices(signal), PRICES_SECONDS).data;
  const { data } = found;
  if (data === null) return <Panel title={words.title}>{waitingFor(found)}</Panel>;
  const entries = entriesOf(data);
  const kinds: readonly ScheduleKind[] = prices?.source == null ? ['window'] : ['window', 'cheapest', 'hold_above'];
  const done = () => {
    setForm(null);
    setTurn((before) => before + 1);
  };
  return (
    <Panel title={words.title} class="schedules">
      {entries.length > 0 && <NowLine of={data} />}
      {prices !== null && <PriceLine of={prices} />}
      {(entries.length > 0 || (prices?.prices.length ?? 0) > 0) && <ScheduleDays plan={data.plan} prices={prices} />}
      {entries.length === 0 ? <p class="quiet">{words.none}</p> : <SchedulePlan of={data} />}
      <ul class="schedule-entries">
        {entries.map((entry) => {
          const place: OpenForm = `${entry.list} ${entry.at}`;
          const open = (isOpen: boolean) => setForm(isOpen ? place : null);
          // Another revision, other places: what was open closes.
          return (
            <Entry
              key={`${data.revision} ${place}`}
              {...{ of: entry, battery, schedules: data, mayChange, open, done }}
              isOpen={form === place}
            />
          );
        })}
      </ul>
      {mayChange && <Additions kinds={kinds} form={form} open={setForm} />}
      {mayChange && form !== null && !form.includes(' ') && (
        <ScheduleForm
          key={form}
          {...{ battery, schedules: data, of: form as ScheduleKind, done }}
          cancel={() => {
            document.getElementById(`schedule-add-${form}`)?.focus();
            setForm(null);
          }}
        />
      )}
    </Panel>
  );
}
