/** Everything that happened, on one time line. */
import { useComputed, useSignal } from '@preact/signals';
import { api } from '../api.ts';
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
  const { title, more, isInferred } = wordsOfEvent(event);
  return (
    <>
      <strong>{title}</strong>
      {isInferred && <CertaintyMark of="likely" />} <span class="quiet">{more.join(' · ')}</span>
    </>
  );
}

function Words({ entry }: { entry: TimelineEntry }) {
  if (entry.kind === 'gap') return <GapWords entry={entry} />;
  if (entry.kind === 'clock') return <ClockWords entry={entry} />;
  return <EventWords entry={entry} />;
}

function Row({ entry, nameOf }: { entry: TimelineEntry; nameOf: (id: string) => string | null }) {
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

function DayPart({ day, nameOf }: { day: Day; nameOf: (id: string) => string | null }) {
  return (
    <section class="event-day">
      <h2>{format.clockTime(day.start, zone.value, 'dayLong')}</h2>
      <ol>
        {day.entries.map((entry, at) => (
          <Row key={`${entry.at} ${entry.kind} ${at}`} entry={entry} nameOf={nameOf} />
        ))}
      </ol>
    </section>
  );
}

function KindFilter({ hidden, onToggle }: { hidden: ReadonlySet<EntryKind>; onToggle: (kind: EntryKind) => void }) {
  return (
    <fieldset class="event-filter">
      <legend class="unseen">{texts.events.filter}</legend>
      {ENTRY_KINDS.map((kind) => (
        <label key={kind} class="check">
          <input type="checkbox" checked={!hidden.has(kind)} onChange={() => onToggle(kind)} />
          <span class={`event-kind ${kind}`}>{texts.events.kinds[kind]}</span>
        </label>
      ))}
    </fieldset>
  );
}

export default function EventsView() {
  const hidden = useSignal<ReadonlySet<EntryKind>>(new Set());
  const shown = useSignal(FIRST_SHOWN);
  const changes = useComputed(
    () => `${newEvents.value.length} ${newEvents.value[0]?.event.received_at} ${gapChanges.value}`,
  );
  const loaded = useResource(`${chosenKey.value} ${changes.value}`, (signal) => loadAll(chosen.peek(), signal));
  const several = chosen.value.length > 1;
  const nameOf = (id: string) => (several ? (batteries.value?.find((battery) => battery.id === id)?.name ?? id) : null);
  const entries = (loaded.data ?? []).filter(({ kind }) => !hidden.value.has(kind)).sort((a, b) => b.at - a.at);
  const toggle = (kind: EntryKind) => {
    const next = new Set(hidden.value);
    if (!next.delete(kind)) next.add(kind);
    hidden.value = next;
  };
  return (
    <div class="events-view panel">
      <KindFilter hidden={hidden.value} onToggle={toggle} />
      {waitingFor(loaded)}
      {loaded.data !== null && entries.length === 0 && (
        <p class="quiet">{loaded.data.length === 0 ? texts.events.empty : texts.events.none}</p>
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
