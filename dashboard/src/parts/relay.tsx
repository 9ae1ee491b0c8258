/** The connections to the vendor: in one line, and each. */
import type { ComponentChildren } from 'preact';
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { useResource } from '../resource.ts';
import { linkTo } from '../router.ts';
import { batteries, now } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownRelay } from '../types.ts';
import { Facts, Panel } from './small.tsx';

export const RELAY_SECONDS = 5;

type UpstreamConnection = ShownRelay['connections'][number];
type FactRow = readonly [ComponentChildren, ComponentChildren];

function Address({ of }: { of: string }) {
  return <span class="mono">{of}</span>;
}

/** On the System view; nothing where nothing is relayed. */
export function RelayLine() {
  const relay = useResource('relay', api.relay, RELAY_SECONDS).data;
  if (relay === null || relay.upstream === null) return null;
  const { vendor } = texts;
  const up = relay.connections.filter(({ state }) => state === 'up').length;
  const trouble = relay.connections.find(({ problem }) => problem !== null)?.problem ?? null;
  return (
    <Panel title={texts.views.vendor} aside={<a href={linkTo('vendor')}>{vendor.policies}</a>}>
      <Facts
        rows={[
          [vendor.upstream, <Address key="upstream" of={relay.upstream} />],
          [vendor.state, vendor.up(up, relay.connections.length)],
          ...troubleRows(trouble),
        ]}
      />
    </Panel>
  );
}

function troubleRows(trouble: UpstreamConnection['problem']): FactRow[] {
  if (trouble === null) return [];
  const { code, detail } = trouble;
  return [
    [
      texts.vendor.trouble,
      <span key="trouble">
        <code class="failed">{code}</code> {detail}
      </span>,
    ],
  ];
}

function ConnectionFacts({ of }: { of: UpstreamConnection }) {
  const { vendor } = texts;
  const name = batteries.value?.find(({ id }) => id === of.battery)?.name ?? of.battery ?? '';
  const since = format.duration(now.value - secondsOf(of.since));
  return (
    <div class="output">
      <h3>{name}</h3>
      <Facts
        rows={[
          [vendor.state, vendor.since(vendor.states[of.state], since)],
          [vendor.forwarded, format.count(of.sent)],
          [vendor.received, format.count(of.received)],
          [vendor.lost, vendor.lostCounts(format.count(of.missed), format.count(of.dropped))],
          [vendor.login, of.has_login ? texts.yes : texts.no],
          ...troubleRows(of.problem),
        ]}
      />
    </div>
  );
}

export function VendorConnections({ of }: { of: ShownRelay }) {
  const { vendor } = texts;
  return (
    <Panel title={vendor.connections}>
      {of.upstream !== null && <Facts rows={[[vendor.upstream, <Address key="upstream" of={of.upstream} />]]} />}
      {of.connections.map((connection) => (
        <ConnectionFacts key={connection.connection} of={connection} />
      ))}
      {of.connections.length === 0 && <p class="quiet">{vendor.none}</p>}
    </Panel>
  );
}
