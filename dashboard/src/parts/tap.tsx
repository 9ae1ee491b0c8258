/** What is overheard between batteries and the vendor, where anything is. */
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { useResource } from '../resource.ts';
import { now } from '../store.ts';
import { texts } from '../texts.ts';
import { Facts, Panel } from './small.tsx';
import { WithDocs } from './with-docs.tsx';

const REFRESH_SECONDS = 5;

export function TapPanel() {
  const { tap } = texts.system;
  const { data } = useResource('tap', api.tap, REFRESH_SECONDS);
  if (data === null) return null;
  const { state, source, problem } = data;
  const shown = problem === null ? tap.states[state] : <strong class="failed">{tap.states[state]}</strong>;
  return (
    <Panel title={tap.title} class="tap">
      {problem !== null && (
        <p class="note">
          <code class="failed">{problem.code}</code> {problem.detail}. <WithDocs text={tap.whatToDo} />
        </p>
      )}
      <Facts
        rows={[
          [tap.state, shown],
          [tap.since, texts.ago(format.duration(now.value - secondsOf(data.since)))],
          [tap.source, tap.sources[source]],
          ...(source === 'command' ? ([[tap.starts, format.count(data.starts)]] as const) : []),
          [tap.frames, tap.both(format.count(data.frames_from_battery), format.count(data.frames_from_server))],
          [tap.own, format.count(data.own_frames)],
          [tap.lost, format.bytes(data.lost_bytes)],
        ]}
      />
    </Panel>
  );
}
