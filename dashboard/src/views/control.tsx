/** Changing how the battery is set: what it does now and until when, three verbs, how far a change is, its log. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api.ts';
import { isUnderWay, settingName } from '../control.ts';
import { controlTexts as words } from '../control-texts.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { ControlLog } from '../parts/control-log.tsx';
import { Progress } from '../parts/control-progress.tsx';
import { ControlSettings } from '../parts/control-settings.tsx';
import { Verbs } from '../parts/control-verbs.tsx';
import { Schedules } from '../parts/schedules.tsx';
import { waitingFor } from '../parts/small.tsx';
import { WithDocs } from '../parts/with-docs.tsx';
import { useResource } from '../resource.ts';
import { chosen, controlChanges, now, session, zone } from '../store.ts';
import type { ControlChangeOnPage, ControlOnPage, ShownBattery } from '../types.ts';
import '../styles/control.css';

/** What nobody tells of changes with time alone: writes left when the day ends, a charge that is too old. */
const IDLE_SECONDS = 60;
/** For so long what a change came to stands on top. */
const RECENT_SECONDS = 600;
const NOW = 'control-now';

function powerText(watts: unknown): string {
  const { power } = words;
  if (typeof watts !== 'number') return power.unknown;
  const amount = format.text(format.power(Math.abs(watts)));
  if (Math.abs(watts) < 1) return power.idle;
  return watts > 0 ? power.discharging(amount) : power.charging(amount);
}

function NowPanel({ battery, control }: { battery: ShownBattery; control: ControlOnPage }) {
  const { mode, until, changed_elsewhere: elsewhere } = control;
  const soc = battery.live?.values.soc;
  const percent = format.text({ number: typeof soc === 'number' ? format.decimal(soc, 1) : format.NOTHING, unit: '%' });
  return (
    <section class={`panel control-now ${mode}`} id={NOW} tabIndex={-1} aria-label={words.now}>
      <h2>{battery.name}</h2>
      <p class="control-mode">{words.modes[mode]}</p>
      <p>
        {until === null
          ? words.isNormal
          : words.until(
              format.clockTime(secondsOf(until), zone.value, 'weekdayTime'),
              format.duration(secondsOf(until) - now.value),
            )}
      </p>
      <p class="quiet">{words.at(percent, powerText(battery.live?.values.battery_power))}</p>
      {elsewhere.length > 0 && (
        <p class="control-elsewhere">{words.changedElsewhere(elsewhere.map(settingName).join(', '))}</p>
      )}
    </section>
  );
}

/** Why nothing can be changed, and what to do. */
function Hindrance({ control }: { control: ControlOnPage }) {
  const { enabled, leaving, mode, unavailable } = control;
  const isOpen = session.value?.password_set !== true;
  const off = leaving ? words.leaving : mode === 'normal' ? words.disabled : words.ending;
  const [title, what] = !enabled
    ? [off.title, off.what]
    : isOpen
      ? [words.noPassword.title, words.noPassword.what]
      : session.value?.role !== 'control'
        ? [null, words.onlyLook]
        : [unavailable === null ? null : words.unavailable, unavailable];
  if (what === null) return null;
  return (
    <section class="panel control-hindrance" role="status">
      <p>
        {title !== null && <strong>{title}: </strong>}
        {what}
      </p>
      {title !== null && (
        <p class="note">
          <WithDocs text={words.readMore} />
        </p>
      )}
    </section>
  );
}

function isRecent(change: ControlChangeOnPage): boolean {
  const { steps } = change;
  const last = steps.at(-1);
  return isUnderWay(change) || (last !== undefined && now.value - secondsOf(last.at) < RECENT_SECONDS);
}

function useControl(battery: ShownBattery, turn: number) {
  const told = controlChanges.value.get(battery.id) ?? 0;
  const key = `control ${battery.id} ${turn} ${told} ${battery.connected}`;
  const control = useResource(key, (signal) => api.control(battery.id, signal), IDLE_SECONDS);
  const { data } = control;
  const stamp = `${data?.holding} ${data?.last?.change} ${data?.last?.steps.length} ${data?.under_way}`;
  const log = useResource(data === null ? null : `changes ${battery.id} ${stamp}`, (signal) =>
    api.controlChanges(battery.id, signal),
  );
  return { control, changes: log.data ?? [] };
}

function OfBattery({ battery }: { battery: ShownBattery }) {
  const [turn, setTurn] = useState(0);
  const { control, changes } = useControl(battery, turn);
  useEffect(() => {
    // The button that was pressed is gone.
    if (turn > 0) document.getElementById(NOW)?.focus();
  }, [turn]);
  const { data } = control;
  if (data === null) return waitingFor(control);
  const mayChange = data.enabled && session.value?.role === 'control' && session.value.password_set;
  const sent = () => setTurn((before) => before + 1);
  const asked = data.under_way ?? data.waiting;
  const shown =
    data.last !== null && (asked ?? data.last.change) === data.last.change
      ? data.last
      : (changes.find(({ change }) => change === asked) ?? null);
  const isShown = shown !== null && isRecent(shown);
  return (
    <div class="control-view">
      <NowPanel battery={battery} control={data} />
      <Hindrance control={data} />
      {(mayChange || isShown) && (
        <div class="control-column">
          {mayChange && <Verbs battery={battery} control={data} sent={sent} />}
          {isShown && <Progress of={shown} />}
        </div>
      )}
      <ControlSettings battery={battery.id} control={data} mayChange={mayChange} sent={sent} />
      {data.enabled && <Schedules battery={battery.id} mayChange={mayChange} />}
      <ControlLog battery={battery.id} changes={changes} mayChange={mayChange} sent={sent} />
    </div>
  );
}

export default function ControlView() {
  const [battery, ...others] = chosen.value;
  if (battery === undefined || others.length > 0) return <p class="quiet">{words.one}</p>;
  return <OfBattery key={battery.id} battery={battery} />;
}
