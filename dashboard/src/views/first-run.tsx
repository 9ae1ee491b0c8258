/** No battery has come yet: what to do, and what the server sees meanwhile. */
import { useEffect } from 'preact/hooks';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { Findings } from '../parts/findings.tsx';
import { Facts, Panel } from '../parts/small.tsx';
import { Strangers } from '../parts/strangers.tsx';
import { now, refreshServer, server } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownServer } from '../types.ts';
import '../styles/first.css';

const REFRESH_MS = 3000;

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

export default function FirstRunView() {
  useEffect(() => {
    const timer = setInterval(() => void refreshServer().catch(() => {}), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const known = server.value;
  const { steps, title, lead } = texts.firstRun;
  const list = [
    [steps.address, steps.addressHow],
    [steps.firewall, steps.firewallHow(known?.battery_address ?? '')],
    [steps.restart, steps.restartHow],
  ] as const;
  return (
    <div class="first-run">
      <Panel title={title} class="steps">
        <p class="lead">{lead}</p>
        <ol>
          {list.map(([what, how]) => (
            <li key={what}>
              <h3>{what}</h3>
              <p>{how}</p>
            </li>
          ))}
        </ol>
      </Panel>
      {known !== null && <Seen of={known} />}
    </div>
  );
}
