/** What the vendor asked of the batteries, when, and what became of it. */
import { useState } from 'preact/hooks';
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { Differences, HeldPanel } from '../parts/held-settings.tsx';
import { RELAY_SECONDS, VendorConnections } from '../parts/relay.tsx';
import { Facts, Panel, TableHead, waitingFor } from '../parts/small.tsx';
import { WithDocs } from '../parts/with-docs.tsx';
import { useResource } from '../resource.ts';
import { linkTo } from '../router.ts';
import { batteries, now, zone } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownBattery, ShownRelay, ShownVendor } from '../types.ts';
import '../styles/vendor.css';

/** For so long “just” is true enough. */
const JUST_SECONDS = 86_400;

function ClockSet({ at }: { at: string }) {
  const { vendor } = texts;
  const passed = now.value - secondsOf(at);
  if (passed > JUST_SECONDS) return null;
  return (
    <section class="panel clock-set" role="status">
      <p>
        <strong>{vendor.clockSet(texts.ago(format.duration(passed)))}</strong> {vendor.clockSetHow}
      </p>
      <p>
        <code>alphaess-local bundle</code> <a href={linkTo('frames')}>{vendor.clockSetShow}</a>
      </p>
    </section>
  );
}

function Requests({ of }: { of: ShownVendor['requests'] }) {
  const { vendor } = texts;
  const { time, command, fate } = vendor.head;
  if (of.length === 0) return <p class="quiet">{vendor.nothingAsked}</p>;
  return (
    <div class="vendor-table">
      <table class="vendor-requests">
        <TableHead titles={[time, command, fate]} />
        <tbody>
          {of.map((request, index) => (
            <tr key={`${request.at} ${index}`}>
              <td>{format.clockTime(secondsOf(request.at), zone.value, 'full')}</td>
              <td class="mono">{request.command ?? vendor.unreadable}</td>
              <td class={request.action === 'block' || request.action === 'hold' ? 'failed' : ''}>
                {vendor.fates[request.action]}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OfBattery({ battery }: { battery: ShownBattery }) {
  const { vendor } = texts;
  const [turn, setTurn] = useState(0);
  const loaded = useResource(`vendor ${battery.id} ${turn}`, (signal) => api.vendor(battery.id, signal), RELAY_SECONDS);
  const { data } = loaded;
  if (data === null)
    return (
      <Panel title={vendor.asked(battery.name)}>
        {waitingFor({ ...loaded, data: loaded.loading ? null : '' }) ?? <p class="quiet">{vendor.silent}</p>}
      </Panel>
    );
  const fates = Object.entries(data.counts) as [keyof typeof vendor.fates, number][];
  return (
    <>
      {data.clock_set !== null && <ClockSet at={data.clock_set} />}
      {data.held !== null && (
        <HeldPanel battery={battery} of={data.held} decided={() => setTurn((before) => before + 1)} />
      )}
      {data.postponed !== null && (
        <Panel title={vendor.postponed(battery.name)} class="postponed">
          <p class="note">
            {vendor.postponedHow(
              data.postponed.verb,
              format.clockTime(secondsOf(data.postponed.until), zone.value, 'full'),
            )}
          </p>
          <Differences of={data.postponed.differences} />
        </Panel>
      )}
      <Panel title={vendor.asked(battery.name)}>
        <Requests of={data.requests} />
        <h3>{vendor.counts}</h3>
        <Facts rows={fates.map(([fate, count]) => [vendor.fates[fate], format.count(count)])} />
      </Panel>
    </>
  );
}

function Policies({ of }: { of: ShownRelay['commands'] }) {
  const { vendor } = texts;
  return (
    <Panel title={vendor.policies} class="policies">
      <Facts
        rows={of.map(({ name, policy, why }) => [
          <span key="name" title={why}>
            <code>{name}</code> <span class="quiet">{why}</span>
          </span>,
          vendor.policy[policy] ?? policy,
        ])}
      />
    </Panel>
  );
}

export default function VendorView() {
  const relay = useResource('relay', api.relay, RELAY_SECONDS);
  const { data } = relay;
  if (data === null) return waitingFor(relay);
  if (data.upstream === null)
    return (
      <p class="quiet">
        <WithDocs text={texts.vendor.notRelayed} />
      </p>
    );
  return (
    <div class="vendor-view">
      {(batteries.value ?? []).map((battery) => (
        <OfBattery key={battery.id} battery={battery} />
      ))}
      <VendorConnections of={data} />
      <Policies of={data.commands} />
    </div>
  );
}
