/** How the battery is set, with windows as times; and the form that changes it. */
import { useState } from 'preact/hooks';
import {
  type EditedSettings,
  type EditedValue,
  editedOf,
  requestedSettings,
  settingName,
  settingText,
} from '../control.ts';
import { controlTexts as words } from '../control-texts.ts';
import type { ControlOnPage } from '../types.ts';
import { Preview } from './control-preview.tsx';
import { Facts, Panel } from './small.tsx';

const EDIT = 'control-edit';

interface FieldProps {
  name: string;
  value: EditedValue;
  onChange: (value: EditedValue) => void;
}

type Windows = readonly (readonly [string, string])[];

function WindowFields({ name, value, onChange }: FieldProps & { value: Windows }) {
  const put = (row: number, side: 0 | 1, text: string) =>
    onChange(
      value.map(([from, to], at) => (at !== row ? ([from, to] as const) : side === 0 ? [text, to] : [from, text])),
    );
  return (
    <fieldset class="control-windows">
      <legend>{settingName(name)}</legend>
      {value.map((window, row) => (
        <p key={row}>
          {([0, 1] as const).map((side) => (
            <input
              key={side}
              type="time"
              aria-label={`${words.window(settingName(name), row + 1)}, ${side === 0 ? words.windowFrom : words.windowTo}`}
              value={window[side]}
              onInput={({ currentTarget }) => put(row, side, currentTarget.value)}
            />
          ))}
        </p>
      ))}
    </fieldset>
  );
}

function Field(props: FieldProps) {
  const { name, value, onChange } = props;
  if (Array.isArray(value)) return <WindowFields {...props} value={value} />;
  if (typeof value === 'boolean')
    return (
      <label class="check">
        <input type="checkbox" checked={value} onChange={() => onChange(!value)} />
        {settingName(name)}
      </label>
    );
  return (
    <label class="control-percent">
      {settingName(name)}
      <span>
        <input
          type="number"
          inputMode="numeric"
          min={0}
          max={100}
          value={value as string}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
        {' %'}
      </span>
    </label>
  );
}

interface SettingsProps {
  battery: string;
  control: ControlOnPage;
  mayChange: boolean;
  sent: (change: number) => void;
}

interface FormProps extends Omit<SettingsProps, 'mayChange'> {
  cancel: () => void;
}

function Form({ battery, control, sent, cancel }: FormProps) {
  const [before] = useState<EditedSettings>(() => editedOf(control.settings));
  const [after, setAfter] = useState(before);
  const wanted = requestedSettings(before, after);
  return (
    <div class="control-form">
      {Object.keys(words.names)
        .filter((name) => name in after)
        .map((name) => (
          <Field
            key={name}
            name={name}
            value={after[name] as EditedValue}
            onChange={(value) => setAfter({ ...after, [name]: value })}
          />
        ))}
      <p class="note">{words.windowHelp}</p>
      {wanted !== null && typeof wanted === 'object' ? (
        <Preview
          battery={battery}
          control={control}
          request={{ settings: wanted }}
          label={words.send.settings}
          sent={sent}
          cancel={cancel}
        />
      ) : (
        <>
          <p class={wanted === null ? 'quiet' : 'failed'} role="status">
            {wanted ?? words.nothingChosen}
          </p>
          <p>
            <button type="button" class="button" onClick={cancel}>
              {words.cancel}
            </button>
          </p>
        </>
      )}
    </div>
  );
}

export function ControlSettings({ battery, control, mayChange, sent }: SettingsProps) {
  const [isEdited, setEdited] = useState(false);
  const known = Object.keys(words.names).filter((name) => name in control.settings);
  return (
    <Panel title={words.settings} class="control-settings">
      {known.length === 0 ? (
        <p class="quiet">{words.noSettings}</p>
      ) : (
        <>
          <p class="note">{words.settingsNote}</p>
          <Facts rows={known.map((name) => [settingName(name), settingText(name, control.settings[name])])} />
        </>
      )}
      {mayChange && known.length > 0 && (
        <p>
          <button
            type="button"
            id={EDIT}
            class="button"
            aria-expanded={isEdited}
            disabled={control.unavailable !== null && !isEdited}
            onClick={() => setEdited(!isEdited)}
          >
            {words.edit}
          </button>
        </p>
      )}
      {mayChange && isEdited && (
        <Form
          battery={battery}
          control={control}
          sent={(change) => {
            setEdited(false);
            sent(change);
          }}
          cancel={() => {
            document.getElementById(EDIT)?.focus();
            setEdited(false);
          }}
        />
      )}
    </Panel>
  );
}
