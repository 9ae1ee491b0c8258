/** A bundle to share: made, shown, and saved where its owner says so. */
import { useState } from 'preact/hooks';
import { api } from '../api.ts';
import { bundleTexts as words } from '../bundle-texts.ts';
import { download } from '../csv.ts';
import * as format from '../format.ts';
import { session } from '../store.ts';
import type { ShownBundle } from '../types.ts';
import { Panel } from './small.tsx';

/** Names of files stay whole on a narrow screen: what each is stands below its name. */
function Files({ of }: { of: ShownBundle['files'] }) {
  return (
    <ul class="bundle-files">
      {of.map(({ name, what, bytes }) => (
        <li key={name}>
          <code>{name}</code> <span class="quiet">{format.bytes(bytes)}</span> <span class="note">{what}</span>
        </li>
      ))}
    </ul>
  );
}

export function BundlePanel() {
  const [made, setMade] = useState<ShownBundle | null>(null);
  const [areDatesShifted, setShifted] = useState(false);
  const [state, setState] = useState<'idle' | 'making' | string>('idle');
  if (session.value?.role !== 'control') return null;
  const make = () => {
    setMade(null);
    setState('making');
    const asked = api.bundle(areDatesShifted).then((bundle) => {
      setMade(bundle);
      setState('idle');
    });
    asked.catch((error: Error) => setState(words.failed(error.message)));
  };
  const save = ({ name, zip }: ShownBundle) =>
    download(
      name,
      Uint8Array.from(atob(zip), (letter) => letter.charCodeAt(0)),
      'application/zip',
    );
  return (
    <Panel title={words.title} class="bundle">
      <p class="note">{words.help}</p>
      <p>
        <label class="check">
          <input type="checkbox" checked={areDatesShifted} onChange={() => setShifted(!areDatesShifted)} />
          {words.shiftDates}
        </label>
      </p>
      <p>
        <button type="button" class="button" disabled={state === 'making'} onClick={make}>
          {state === 'making' ? words.making : words.make}
        </button>
      </p>
      {state !== 'idle' && state !== 'making' && <p class="failed">{state}</p>}
      {made !== null && (
        <>
          <Files of={made.files} />
          <p>
            <button type="button" class="button" onClick={() => save(made)}>
              {words.save(made.name)}
            </button>
          </p>
        </>
      )}
    </Panel>
  );
}
