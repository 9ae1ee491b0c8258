/** Everything that happened, on one time line. */
import { type Signal, useComputed, useSignal } from '@preact/signals';
import { api } from '../api.ts';
import { type EventFold, folds, isRoutine } from '../event-folds.ts';
import { eventTexts } from '../event-texts.ts';
import { wordsOfEvent } from '../event-words.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { Icon } from '../parts/icons.tsx';
import { CertaintyMark, waitingFor } from '../parts/small.tsx';
import { useResource } from '../resource.ts';
import { batteries, chosen, chosenKey, gapChanges, newEvents, zone } from '../store.ts';
import { texts } from '../texts.ts';
import { type Day, days, ENTRY_KINDS, type EntryKind, entriesOf, type TimelineEntry } from '../timeline.ts';
import type { ShownBattery } from '../types.ts';
import '../styles/events.css';

const EVENTS = 1000;
const FIRST_SHOWN = 150;

async function loadAll(of: readonly ShownBattery[], signal: AbortSignal): Promise<TimelineEntry[]> {
  const loaded = await Promise.all(
    of.map(async ({ id }) => {
      const [events, gaps, epochs] = await Promise.all([
        api.events(id, { limit: EVENTS }, signal),
        api.gaps(id, signal),
        api.clock(id, signal),
      ]);
      return entriesOf({ battery: id, events, gaps, epochs });
    }),
  );
  return loaded.flat();
}

function GapWords({ entry }: { entry: TimelineEntry & { kind: 'gap' } }) {
  const { gap } = entry;
  const { events } = texts;
  const [from, to] = [secondsOf(gap.from), secondsOf(gap.to)];
  const until = format.clockTime(to, zone.value, to - from > 80_000 ? 'full' : 'time');
  const done = gap.state === 'partly' ? ` (${events.filled(gap.filled_minutes, gap.minutes)})` : '';
  return (
    <>
      <strong>{events.gap(format.duration(to - from))}</strong>{' '}
      <span class="quiet">
        {events.gapUntil(format.clockTime(from, zone.value, 'time'), until)} · {events.gapStates[gap.state]}
        {done}
      </span>
    </>
  );
}

function ClockWords({ entry: { epoch, before } }: { entry: TimelineEntry & { kind: 'clock' } }) {
  const { events } = texts;
  const change = before === null ? 0 : epoch.offset_seconds - before.offset_seconds;
  return (
    <>
      <strong>{events.clockReasons[epoch.reason]}</strong>{' '}
      <span class="quiet">
        {events.clockOffset(format.signedDuration(epoch.offset_seconds))}
        {change !== 0 && ` · ${events.clockBefore(format.signedDuration(change))}`}
        {epoch.unconfirmed === true && ` · ${texts.system.unconfirmed[1]}`}
      </span>
    </>
  );
}

function EventWords({ entry: { event } }: { entry: TimelineEntry & { kind: 'battery' | 'server' } }) {
  const { title, more, isInferred, advice } = wordsOfEvent(event);
  return (
    <>
      <strong>{title}</strong>
      {isInferred && <CertaintyMark of="likely" />} <span class="quiet">{more.join(' · ')}</span>
      {advice !== null && <span class="event-advice">{advice}</span>}
    </>
  );
}

function Words({ entry }: { entry: TimelineEntry }) {
  if (entry.kind === 'gap') return <GapWords entry={entry} />;
  if (entry.kind === 'clock') return <ClockWords entry={entry} />;
  return <EventWords entry={entry} />;
}

function Row({ entry, nameOf }: { entry: TimelineEntry; nameOf: NameOf }) {
  const name = nameOf(entry.battery);
  return (
    <li class={`event ${entry.kind}`}>
      <time dateTime={new Date(entry.at * 1000).toISOString()}>
        {format.clockTime(entry.at, zone.value, 'timeSeconds')}
      </time>
      <span class="event-kind">{texts.events.kinds[entry.kind]}</span>
      <span class="event-words">
        <Words entry={entry} />
        {name !== null && <span class="quiet"> · {name}</span>}
      </span>
    </li>
  );
}

type NameOf = (id: string) => string | null;

/** The same few entries again and again, as one; each of them behind it. */
function FoldRow({ fold: { pattern, entries }, nameOf }: { fold: EventFold; nameOf: NameOf }) {
  const [newest, oldest] = [entries[0], entries.at(-1)];
  if (newest === undefined || oldest === undefined) return null;
  const wordings = pattern.flatMap((entry) =>
    entry.kind === 'battery' || entry.kind === 'server' ? [wordsOfEvent(entry.event)] : [],
  );
  const name = nameOf(newest.battery);
  const titles = new Set(wordings.map(({ title }) => title));
  return (
    <li class={`event ${newest.kind} fold`}>
      <time dateTime={new Date(newest.at * 1000).toISOString()}>
        {format.clockTime(newest.at, zone.value, 'timeSeconds')}
      </time>
      <span class="event-kind">{texts.events.kinds[newest.kind]}</span>
      <div class="event-words">
        <strong>{[...titles].join(' ⇄ ')}</strong>
        {wordings.some(({ isInferred }) => isInferred) && <CertaintyMark of="likely" />}{' '}
        <span class="quiet">{eventTexts.times(entries.length, format.clockTime(oldest.at, zone.value, 'time'))}</span>
        {name !== null && <span class="quiet"> · {name}</span>}
        <details>
          <summary>{eventTexts.each}</summary>
          <ol>
            {entries.map((entry, at) => (
              <Row key={`${entry.at} ${at}`} entry={entry} nameOf={nameOf} />
            ))}
          </ol>
        </details>
      </div>
    </li>
  );
}

function DayPart({ day, nameOf }: { day: Day; nameOf: NameOf }) {
  return (
    <section class="event-day">
      <h2>{format.clockTime(day.start, zone.value, 'dayLong')}</h2>
      <ol>
        {folds(day.entries).map((fold, at) => {
          const [entry] = fold.entries;
          const key = `${entry?.at} ${entry?.kind} ${at}`;
          if (fold.times > 1) return <FoldRow key={key} fold={fold} nameOf={nameOf} />;
          return entry && <Row key={key} entry={entry} nameOf={nameOf} />;
        })}
      </ol>
    </section>
  );
}

interface FilterProps {
  hidden: ReadonlySet<EntryKind>;
  onToggle: (kind: EntryKind) => void;
  withRoutine: Signal<boolean>;
}

function KindFilter({ hidden, onToggle, withRoutine }: FilterProps) {
  return (
    <fieldset class="event-filter">
      <legend class="unseen">{texts.events.filter}</legend>
      {ENTRY_KINDS.map((kind) => (
        <label key={kind} class="check">
          <input type="checkbox" checked={!hidden.has(kind)} onChange={() => onToggle(kind)} />
          <span class={`event-kind ${kind}`}>{texts.events.kinds[kind]}</span>
        </label>
      ))}
      <label class="check">
        <input
          type="checkbox"
          checked={withRoutine.value}
          onChange={({ currentTarget }) => {
            withRoutine.value = currentTarget.checked;
          }}
        />
        {eventTexts.routine}
      </label>
    </fieldset>
  );
}

function noEvent(all: number, wanted: number): string {
  if (all === 0) return texts.events.empty;
  return wanted === 0 ? texts.events.none : eventTexts.onlyRoutine(wanted);
}

export default function EventsView() {
  const hidden = useSignal<ReadonlySet<EntryKind>>(new Set());
  const withRoutine = useSignal(false);
  const shown = useSignal(FIRST_SHOWN);
  const changes = useComputed(
    () => `${newEvents.value.length} ${newEvents.value[0]?.event.received_at} ${gapChanges.value}`,
  );
  const loaded = useResource(`${chosenKey.value} ${changes.value}`, (signal) => loadAll(chosen.peek(), signal));
  const several = chosen.value.length > 1;
  const nameOf = (id: string) => (several ? (batteries.value?.find((battery) => battery.id === id)?.name ?? id) : null);
  const wanted = (loaded.data ?? []).filter(({ kind }) => !hidden.value.has(kind));
  const entries = wanted.filter((entry) => withRoutine.value || !isRoutine(entry)).sort((a, b) => b.at - a.at);
  const toggle = (kind: EntryKind) => {
    const next = new Set(hidden.value);
    if (!next.delete(kind)) next.add(kind);
    hidden.value = next;
  };
  return (
    <div class="events-view panel">
      <KindFilter hidden={hidden.value} onToggle={toggle} withRoutine={withRoutine} />
      {waitingFor(loaded)}
      {loaded.data !== null && entries.length === 0 && (
        <p class="quiet no-event">{noEvent(loaded.data.length, wanted.length)}</p>
      )}
      {days(entries.slice(0, shown.value), zone.value).map((day) => (
        <DayPart key={day.start} day={day} nameOf={nameOf} />
      ))}
      {entries.length > shown.value && (
        <button
          type="button"
          class="button"
          onClick={() => {
            shown.value += FIRST_SHOWN;
          }}
        >
          <Icon name="plus" /> {texts.events.more}
        </button>
      )}
    </div>
  );
}
