/** Whether everything is well, and how fresh what is shown is. */
import { living } from '../flow.ts';
import * as format from '../format.ts';
import { type Trouble, troubles } from '../health.ts';
import { secondsOf } from '../house-time.ts';
import { linkTo } from '../router.ts';
import { batteries, chosen, fields, link, now, server } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownBattery } from '../types.ts';
import { Icon } from './icons.tsx';

function since(time: number | null): string {
  return time === null ? texts.health.never : texts.ago(format.duration(now.value - time));
}

function words(trouble: Trouble): string {
  const { health } = texts;
  switch (trouble.kind) {
    case 'not_storing':
      return health.notStoring;
    case 'not_connected':
      return health.notConnected(trouble.battery, since(trouble.since));
    case 'stale':
      return health.stale(trouble.battery, since(trouble.since));
    case 'fault':
      return health.fault(trouble.battery, trouble.faults.map(({ title, code }) => `${title} (${code})`).join(', '));
    case 'blackout':
      return health.blackout(trouble.battery);
    case 'conflict':
      return health.conflict(trouble.battery, since(trouble.since));
    case 'clock':
      return health.clock(trouble.battery, format.signedDuration(trouble.seconds));
  }
}

export function Wellness() {
  // Of a server that does not answer nothing is known; the page says so on top.
  if (link.value.state === 'gone') {
    return (
      <p class="wellness" role="status">
        {texts.health.unknown}
      </p>
    );
  }
  const found = troubles(server.value, batteries.value ?? [], fields.value.values());
  if (found.length === 0) {
    return (
      <p class="wellness well" role="status">
        <Icon name="well" /> {texts.health.well}
      </p>
    );
  }
  return (
    <div class="wellness trouble" role="status">
      <Icon name="trouble" />
      <ul aria-label={texts.health.trouble}>
        {found.map((trouble) => (
          <li key={`${trouble.kind} ${'battery' in trouble ? trouble.battery : ''}`}>{words(trouble)}</li>
        ))}
      </ul>
    </div>
  );
}

/** The oldest of what is shown counts: a sum is as old as its oldest part. */
export function lastDataAt(shown: readonly ShownBattery[]): number | null {
  const times = shown.map(({ last_reading_at: last }) => (last === null ? null : secondsOf(last)));
  const known = times.filter((time) => time !== null);
  return known.length < times.length || known.length === 0 ? null : Math.min(...known);
}

function wayOf(battery: ShownBattery | undefined): string {
  return battery?.tapped === true ? texts.status.tapped : texts.status.connected;
}

export function Freshness() {
  const { status } = texts;
  const last = lastDataAt(living(chosen.value, now.value));
  const connected = chosen.value.filter((battery) => battery.connected).length;
  const all = chosen.value.length;
  const gaps = chosen.value.reduce((sum, battery) => sum + battery.open_gaps, 0);
  const [only] = chosen.value;
  const clock = all === 1 ? only?.clock : null;
  const connection = all > 1 ? status.connectedOf(connected, all) : connected > 0 ? wayOf(only) : status.notConnected;
  return (
    <ul class="freshness">
      <li>{last === null ? status.noDataYet : status.lastData(texts.ago(format.duration(now.value - last)))}</li>
      {link.value.state !== 'gone' && <li>{connection}</li>}
      {clock && (
        <li title={status.clockTitle}>
          {clock.settled ? status.clock(format.signedDuration(clock.ahead_of_house_seconds)) : status.clockSettling}
        </li>
      )}
      {gaps > 0 && (
        <li>
          <a href={linkTo('events')}>{status.openGaps(gaps)}</a>
        </li>
      )}
    </ul>
  );
}
