/** What a change would do, before anything is sent; and the button that sends it. */
import { useState } from 'preact/hooks';
import { ApiError, api } from '../api.ts';
import { newKey, realChanges, settingName, settingText, writesOf } from '../control.ts';
import { controlTexts as words } from '../control-texts.ts';
import { useSettled } from '../settled.ts';
import type { ControlOnPage, PreviewOnPage, RequestFromPage, SettingChangeOnPage } from '../types.ts';
import { TableHead } from './small.tsx';

/** What the owner may overrule, by the code of the refusal. */
const OVERRULES: Readonly<Record<string, Partial<RequestFromPage>>> = {
  CONTROL_UNCONFIRMED: { confirm: true },
  CONTROL_BUDGET_SPENT: { override: true },
};

export function Changes({ of }: { of: readonly SettingChangeOnPage[] }) {
  return (
    <table class="control-changes">
      <TableHead titles={[words.setting, words.from, words.to]} />
      <tbody>
        {of.map(({ name, from, to }) => (
          <tr key={name}>
            <th scope="row">{settingName(name)}</th>
            <td>{settingText(name, from)}</td>
            <td>
              <strong>{settingText(name, to)}</strong>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Foreseen({ of, takes, all }: { of: PreviewOnPage; takes: number; all: number }) {
  const changes = realChanges(of.changes);
  return (
    <>
      <p class="control-effect">{of.effect}.</p>
      {changes.length > 0 && <Changes of={changes} />}
      {of.warnings.length > 0 && (
        <>
          <h4>{words.warnings}</h4>
          <ul class="control-warnings">
            {of.warnings.map((warning) => (
              <li key={warning}>{warning}.</li>
            ))}
          </ul>
        </>
      )}
      <p class="note">{words.writesLeft(of.writes_left, all, takes)}</p>
    </>
  );
}

interface PreviewProps {
  battery: string;
  control: ControlOnPage;
  request: RequestFromPage;
  /** On the button that sends. */
  label: string;
  sent: (change: number) => void;
  cancel: () => void;
}

export function Preview({ battery, control, request, label, sent, cancel }: PreviewProps) {
  const [refusedFor, setRefusedFor] = useState<string | null>(null);
  const [consents, setConsents] = useState(false);
  const [state, setState] = useState<{ readonly is: 'idle' | 'sending'; readonly failure: string | null }>({
    is: 'idle',
    failure: null,
  });
  const [key] = useState(newKey);
  const found = useSettled(battery, request, api.previewControl);
  const preview = found?.answer ?? null;
  const takes = writesOf(request);
  const isSpent = preview !== null && preview.writes_left < takes;
  const doubt = refusedFor ?? (isSpent ? 'CONTROL_BUDGET_SPENT' : null);
  const isNothing =
    preview !== null &&
    realChanges(preview.changes).length === 0 &&
    (request.settings !== undefined || (request.verb === 'normal' && control.holding === null));
  const isReady = preview !== null && !isNothing && state.is === 'idle' && (doubt === null || consents);
  const send = () => {
    setState({ is: 'sending', failure: null });
    const asked = { ...request, ...(doubt !== null && consents ? OVERRULES[doubt] : {}) };
    api.changeControl(battery, asked, `${key} ${JSON.stringify(asked)}`.slice(0, 200)).then(
      ({ change }) => sent(change),
      (error: Error) => {
        if (error instanceof ApiError && error.code in OVERRULES) {
          setRefusedFor(error.code);
          setConsents(false);
        }
        setState({ is: 'idle', failure: error.message });
      },
    );
  };
  return (
    <section class="control-preview" aria-label={words.preview} data-editing>
      <div aria-live="polite" aria-busy={found === null}>
        <h3>{words.preview}</h3>
        {found === null && <p class="quiet">{words.previewing}</p>}
        {found !== null && found.error !== null && <p class="failed control-refusal">{found.error}</p>}
        {preview !== null && <Foreseen of={preview} takes={takes} all={control.writes_per_day} />}
        {isNothing && <p>{words.nothing}</p>}
      </div>
      {state.failure !== null && (
        <p class="failed control-refusal" role="alert">
          {state.failure}
        </p>
      )}
      {doubt !== null && words.consent[doubt] !== undefined && (
        <label class="check control-consent">
          <input type="checkbox" checked={consents} onChange={() => setConsents(!consents)} />
          {words.consent[doubt]}
        </label>
      )}
      <p class="control-send">
        <button type="button" class="main-button" disabled={!isReady} onClick={send}>
          {state.is === 'sending' ? words.sending : label}
        </button>
        <button type="button" class="button" onClick={cancel}>
          {words.cancel}
        </button>
      </p>
    </section>
  );
}
