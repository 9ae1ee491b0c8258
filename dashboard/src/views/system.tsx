/** The machinery: batteries, clocks, gaps, the store, connections and versions. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { outputView, type ShownOutput } from '../outputs.ts';
import { BundlePanel } from '../parts/bundle.tsx';
import { ClockPanel } from '../parts/clocks.tsx';
import { LeavePanel } from '../parts/leave.tsx';
import { RecordingPanel } from '../parts/recording.tsx';
import { RelayLine } from '../parts/relay.tsx';
import { Facts, Panel, waitingFor } from '../parts/small.tsx';
import { Strangers } from '../parts/strangers.tsx';
import { TapPanel } from '../parts/tap.tsx';
import { WithDocs } from '../parts/with-docs.tsx';
import { useResource } from '../resource.ts';
import { linkTo } from '../router.ts';
import { batteries, gapChanges, now, refreshServer, server, session, zone } from '../store.ts';
import { texts } from '../texts.ts';
import type { GapOnPage, ShownBattery, ShownConfiguration, ShownServer } from '../types.ts';
import '../styles/system.css';

const REFRESH_MS = 5000;
const YEAR_DAYS = 365;
const DOUBT_SECONDS = 30;
const GAPS_SHOWN = 8;
const VERSIONS = /(^|_)version$|_model$/;

function ServerPanel({ of }: { of: ShownServer }) {
  const { system } = texts;
  return (
    <Panel title={system.server}>
      <Facts
        rows={[
          [system.version, of.version],
          [system.node, of.node],
          [system.running, format.duration(now.value - secondsOf(of.started_at))],
          [system.zone, of.time_zone],
          [
            system.address,
            <span key="address" class="mono">
              {of.battery_address}
            </span>,
          ],
          [
            system.storing,
            of.storing ? (
              texts.yes
            ) : (
              <strong key="no" class="failed">
                {texts.no}
              </strong>
            ),
          ],
          [system.framesReceived, format.count(of.frames.received)],
          [system.framesSent, format.count(of.frames.sent)],
        ]}
      />
    </Panel>
  );
}

function StorePanel({ of: { store } }: { of: ShownServer }) {
  const { system } = texts;
  const growth = store.bytes_a_day;
  const doubt = useResource('own clock', api.clockDoubt, DOUBT_SECONDS).data?.doubt ?? null;
  return (
    <Panel title={system.store}>
      <Facts
        rows={[
          [system.size, format.bytes(store.bytes)],
          [
            system.growth,
            growth === null
              ? system.unknownGrowth
              : `${system.perDay(format.bytes(growth))}, ${system.perYear(format.bytes(growth * YEAR_DAYS))}`,
          ],
          [system.waiting, format.count(store.waiting_rows)],
        ]}
      />
      {doubt !== null && <p class="note failed">{texts.system.ownClock(doubt)}</p>}
    </Panel>
  );
}

function OutputFacts({ of }: { of: ShownOutput }) {
  const { outputs } = texts.system;
  const { title, state, isTrouble, problem, facts } = outputView(of, now.value);
  const shown = isTrouble ? <strong class="failed">{state}</strong> : state;
  return (
    <div class="output">
      <h3>{title}</h3>
      {problem !== null && (
        <p class="note">
          <code class="failed">{problem.code}</code> {problem.detail}. <WithDocs text={outputs.whatToDo} />
        </p>
      )}
      <Facts rows={[[outputs.state, shown], ...facts]} />
    </div>
  );
}

function OutputsPanel({ of }: { of: readonly ShownOutput[] }) {
  const { outputs } = texts.system;
  return (
    <Panel title={outputs.title} class="outputs">
      {of.map((output) => (
        <OutputFacts key={output.name} of={output} />
      ))}
      {of.length === 0 && (
        <p class="quiet">
          <WithDocs text={outputs.none} />
        </p>
      )}
    </Panel>
  );
}

function stateOf({ connected, tapped, stale }: ShownBattery): string {
  if (!connected) return texts.status.notConnected;
  if (stale) return texts.system.stateStale;
  return tapped ? texts.status.tapped : texts.status.connected;
}

/** For who may decide; others are told on top of the page. */
function ConflictNotice({ battery, conflict }: { battery: string; conflict: NonNullable<ShownBattery['conflict']> }) {
  const { conflict: words } = texts.system;
  const [failure, setFailure] = useState<string | null>(null);
  if (session.value?.role !== 'control') return null;
  const decide = (action: 'swap' | 'refuse') => {
    setFailure(null);
    api.trust({ battery, action, peer: conflict.peer }).catch((error: Error) => setFailure(error.message));
  };
  return (
    <div class="conflict">
      <p class="note">{words.what(texts.ago(format.duration(now.value - secondsOf(conflict.since))))}</p>
      <p>
        <button type="button" class="button" onClick={() => decide('swap')}>
          {words.swap}
        </button>{' '}
        <button type="button" class="button" onClick={() => decide('refuse')}>
          {words.refuse}
        </button>
      </p>
      {failure !== null && <p class="failed">{words.failed(failure)}</p>}
    </div>
  );
}

function BatteriesPanel({ of }: { of: readonly ShownBattery[] }) {
  const { system } = texts;
  return (
    <Panel title={system.batteries} class="wide">
      {of.map(({ id, name, first_seen: first, last_reading_at: last, ...battery }) => (
        <div key={id} class="battery-facts">
          <h3>{name}</h3>
          <Facts
            rows={[
              [
                system.id,
                <span key="id" class="mono">
                  {id}
                </span>,
              ],
              [system.state, stateOf({ id, name, first_seen: first, last_reading_at: last, ...battery })],
              [system.firstSeen, format.clockTime(secondsOf(first), zone.value, 'full')],
              [
                system.lastData,
                last === null ? texts.health.never : texts.ago(format.duration(now.value - secondsOf(last))),
              ],
            ]}
          />
          {battery.conflict !== null && <ConflictNotice battery={id} conflict={battery.conflict} />}
        </div>
      ))}
      {of.length === 0 && <p class="quiet">{texts.firstRun.title}</p>}
    </Panel>
  );
}

function ConnectionsPanel({ of: { peers, counters } }: { of: ShownServer }) {
  const { system } = texts;
  const nameOf = (id: string) => batteries.value?.find((battery) => battery.id === id)?.name ?? id;
  const namesOf = (ids: readonly string[]) => (ids.length === 0 ? system.loginBefore : ids.map(nameOf).join(', '));
  const problems = Object.entries(counters).filter(([, times]) => times > 0);
  return (
    <Panel title={system.connections}>
      {peers.length === 0 && <p class="quiet">{system.noConnections}</p>}
      <Facts
        rows={peers.map(({ peer, since, batteries: ids }) => [
          <span key="peer" class="mono">
            {peer}
          </span>,
          `${namesOf(ids)}, ${format.duration(now.value - secondsOf(since))}`,
        ])}
      />
      <h3>{system.problems}</h3>
      {problems.length === 0 && <p class="quiet">{system.noProblems}</p>}
      <Facts rows={problems.map(([code, times]) => [<code key={code}>{code}</code>, format.count(times)])} />
      <Strangers />
    </Panel>
  );
}

function gapText({ from, to, state }: GapOnPage): string {
  return `${format.duration(secondsOf(to) - secondsOf(from))}, ${texts.events.gapStates[state]}`;
}

function GapsPanel({ of }: { of: readonly ShownBattery[] }) {
  const key = `${of.map(({ id }) => id).join(' ')} ${gapChanges.value}`;
  const loaded = useResource(key, async (signal) =>
    (await Promise.all(of.map(({ id }) => api.gaps(id, signal)))).flat(),
  );
  const gaps = [...(loaded.data ?? [])].sort((a, b) => (a.from < b.from ? 1 : -1)).slice(0, GAPS_SHOWN);
  return (
    <Panel title={texts.system.gaps} aside={<a href={linkTo('events')}>{texts.views.events}</a>}>
      {waitingFor(loaded) ?? (gaps.length === 0 && <p class="quiet">{texts.system.noGaps}</p>)}
      <Facts rows={gaps.map((gap) => [format.clockTime(secondsOf(gap.from), zone.value, 'full'), gapText(gap)])} />
    </Panel>
  );
}

function versionRows(configuration: ShownConfiguration | null) {
  const found = (configuration?.settings ?? []).filter(({ name, value }) => {
    return VERSIONS.test(name) && value !== null && value !== '' && value !== '0';
  });
  return found.map(({ title, value }) => [title, String(value)] as const);
}

function VersionsPanel({ of }: { of: ShownBattery }) {
  const loaded = useResource(`versions ${of.id}`, async (signal) =>
    versionRows(await api.configuration(of.id, signal)),
  );
  return (
    <Panel title={`${texts.system.firmware}: ${of.name}`}>
      {waitingFor(loaded) ?? (loaded.data?.length === 0 && <p class="quiet">{texts.battery.noSettings}</p>)}
      <Facts rows={loaded.data ?? []} />
    </Panel>
  );
}

export default function SystemView() {
  useEffect(() => {
    const timer = setInterval(() => void refreshServer().catch(() => {}), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const known = batteries.value ?? [];
  const { value: of } = server;
  if (of === null) return null;
  return (
    <div class="system-view">
      <BatteriesPanel of={known} />
      {known.map((battery) => (
        <ClockPanel key={battery.id} battery={battery} />
      ))}
      <ServerPanel of={of} />
      <StorePanel of={of} />
      <OutputsPanel of={of.sinks} />
      <TapPanel />
      <RelayLine />
      <ConnectionsPanel of={of} />
      <RecordingPanel />
      <GapsPanel of={known} />
      {known.map((battery) => (
        <VersionsPanel key={battery.id} of={battery} />
      ))}
      <BundlePanel />
      <LeavePanel />
    </div>
  );
}
