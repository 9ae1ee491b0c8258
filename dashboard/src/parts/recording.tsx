/** Recording this server's connections for Wireshark: for the owner alone. */
import { useState } from 'preact/hooks';
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { useResource } from '../resource.ts';
import { now, session, zone } from '../store.ts';
import { recordingTexts as words } from '../tap-texts.ts';
import type { ShownRecordings } from '../types.ts';
import { Facts, Panel } from './small.tsx';
import { WithDocs } from './with-docs.tsx';

const REFRESH_SECONDS = 5;
const MINUTES = [5, 10, 60];
const USUAL = 10;

function Controls({ of, done }: { of: ShownRecordings; done: () => void }) {
  const [minutes, setMinutes] = useState(USUAL);
  const [failure, setFailure] = useState<string | null>(null);
  const order = (asked: Parameters<typeof api.record>[0]) => {
    setFailure(null);
    api.record(asked).then(done, (error: Error) => setFailure(error.message));
  };
  return (
    <>
      <p>
        {of.recording ? (
          <button type="button" class="button" onClick={() => order({ action: 'stop' })}>
            {words.stop}
          </button>
        ) : (
          <>
            <label>
              {words.howLong}{' '}
              <select value={minutes} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
                {MINUTES.map((choice) => (
                  <option key={choice} value={choice}>
                    {words.minutes(choice)}
                  </option>
                ))}
              </select>
            </label>{' '}
            <button type="button" class="button" onClick={() => order({ action: 'start', minutes })}>
              {words.start}
            </button>
          </>
        )}
      </p>
      {failure !== null && <p class="failed">{words.failed(failure)}</p>}
    </>
  );
}

function stateOf({ recording, until, private: isPrivate }: ShownRecordings): string {
  if (!recording || until === null) return words.off;
  const left = format.duration(Math.max(0, secondsOf(until) - now.value));
  return isPrivate ? words.onPrivate(left) : words.on(left);
}

export function RecordingPanel() {
  const mayRecord = session.value?.role === 'control';
  const [turn, setTurn] = useState(0);
  const { data } = useResource(mayRecord ? `recordings ${turn}` : null, api.recordings, REFRESH_SECONDS);
  if (!mayRecord || data === null) return null;
  return (
    <Panel title={words.title} class="recording">
      <p class="note">
        <WithDocs text={words.help} />
      </p>
      <Controls of={data} done={() => setTurn(turn + 1)} />
      <Facts
        rows={[
          [words.state, stateOf(data)],
          [words.frames, format.count(data.frames)],
          ...(data.dropped === 0 ? [] : ([[words.dropped, format.count(data.dropped)]] as const)),
          ...data.files.map(
            ({ name, bytes, since, private: isPrivate }) =>
              [
                isPrivate ? (
                  words.inFolder
                ) : (
                  <a key={name} href={`api/recordings/${name}`} download={name}>
                    {format.clockTime(secondsOf(since), zone.value, 'full')}
                  </a>
                ),
                format.bytes(bytes),
              ] as const,
          ),
        ]}
      />
    </Panel>
  );
}
