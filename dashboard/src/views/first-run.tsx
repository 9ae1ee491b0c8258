/** No battery has come yet: what to do, and what the server sees meanwhile. */
import { useEffect } from 'preact/hooks';
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { Findings } from '../parts/findings.tsx';
import { Facts, Panel, waitingFor } from '../parts/small.tsx';
import { Strangers } from '../parts/strangers.tsx';
import { WithDocs } from '../parts/with-docs.tsx';
import { useResource } from '../resource.ts';
import { now, refreshServer, server, session } from '../store.ts';
import { texts } from '../texts.ts';
import type { Destination, ShownServer } from '../types.ts';
import '../styles/first.css';

const REFRESH_MS = 3000;
/** Addresses change when a cable is plugged in. */
const DESTINATION_SECONDS = 10;

function Seen({ of }: { of: ShownServer }) {
  const { firstRun } = texts;
  const problems = Object.entries(of.counters).filter(([, times]) => times > 0);
  return (
    <Panel title={firstRun.sees} class="seen">
      <Facts
        rows={[
          [firstRun.connections, format.count(of.connections)],
          [firstRun.frames, format.count(of.frames.received)],
        ]}
      />
      <Findings />
      <ul class="peers">
        {of.peers.map(({ connection, peer, since }) => (
          <li key={connection}>
            {peer} · {format.duration(now.value - secondsOf(since))}
          </li>
        ))}
      </ul>
      {problems.length > 0 && (
        <>
          <h3>{firstRun.problems}</h3>
          <Facts rows={problems.map(([code, times]) => [<code key={code}>{code}</code>, format.count(times)])} />
        </>
      )}
      <Strangers />
      <p class="note">{firstRun.auto}</p>
    </Panel>
  );
}

/** Which record to enter where names are looked up. */
function DnsRecord({ of }: { of: Destination }) {
  const { steps } = texts.firstRun;
  const [name = ''] = of.names;
  const [address, ...others] = of.addresses;
  if (address === undefined) {
    const isHidden = session.value?.role !== 'control';
    const why = of.container
      ? steps.containerAddress
      : isHidden || !of.reachable
        ? steps.unknownAddress
        : steps.noAddress;
    return <p>{why}</p>;
  }
  return (
    <>
      <p class="record mono">{steps.record(name, address)}</p>
      {others.length > 0 && <p>{steps.others(others)}</p>}
      <p>{steps.fixed}</p>
    </>
  );
}

function Steps({ of }: { of: Destination }) {
  const { steps } = texts.firstRun;
  return (
    <ol>
      {!of.reachable && (
        <li class="trouble">
          <h3>{steps.listen}</h3>
          <p>{steps.listenHow(server.value?.battery_address ?? '')}</p>
        </li>
      )}
      <li>
        <h3>{steps.address(of.names[0] ?? '')}</h3>
        <div>
          <p>
            <WithDocs text={steps.addressHow} />
          </p>
          <DnsRecord of={of} />
        </div>
      </li>
      <li>
        <h3>{steps.firewall}</h3>
        <p>
          <WithDocs text={steps.firewallHow(of.port)} />
        </p>
      </li>
      <li>
        <h3>{steps.restart}</h3>
        <p>
          <WithDocs text={steps.restartHow} />
        </p>
      </li>
    </ol>
  );
}

export default function FirstRunView() {
  const loaded = useResource('destination', api.destination, DESTINATION_SECONDS);
  useEffect(() => {
    const timer = setInterval(() => void refreshServer().catch(() => {}), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const known = server.value;
  const { title, lead } = texts.firstRun;
  return (
    <div class="first-run">
      <Panel title={title} class="steps">
        <p class="lead">{lead}</p>
        {waitingFor(loaded) ?? (loaded.data !== null && <Steps of={loaded.data} />)}
      </Panel>
      {known !== null && <Seen of={known} />}
    </div>
  );
}
