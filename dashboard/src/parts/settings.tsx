/** The battery's configuration as it reported it. Private values never reach the page. */
import { useSignal } from '@preact/signals';
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { useResource } from '../resource.ts';
import { groupedSettings, type SettingRow } from '../setting-groups.ts';
import { settingTexts } from '../setting-texts.ts';
import { fields, zone } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownBattery, ShownSetting } from '../types.ts';
import { Amount, CertaintyMark, Panel, waitingFor } from './small.tsx';

function SettingValue({ setting }: { setting: ShownSetting }) {
  const words = fields.value.get(setting.name)?.words?.[String(setting.value)];
  const amount = <Amount of={format.quantity(setting, setting.value)} />;
  return words === undefined ? (
    amount
  ) : (
    <>
      {words} <span class="raw">({amount})</span>
    </>
  );
}

function fits({ name, title }: ShownSetting, asked: string): boolean {
  return `${name} ${title}`.toLowerCase().includes(asked.trim().toLowerCase());
}

function List({ rows }: { rows: readonly SettingRow[] }) {
  return (
    <ul class="settings">
      {rows.map(({ setting, title, words }) => (
        <li key={setting.name}>
          <span class="setting-title" title={setting.name}>
            {title}
            <CertaintyMark of={setting.certainty} />
          </span>
          <span class="setting-value">{words ?? <SettingValue setting={setting} />}</span>
        </li>
      ))}
    </ul>
  );
}

/** By what they are about; those not in use are folded, but for what is asked for. */
function Groups({ settings, asked }: { settings: readonly ShownSetting[]; asked: string }) {
  const grouped = groupedSettings(settings);
  const found = (rows: readonly SettingRow[]) => rows.filter(({ setting }) => fits(setting, asked));
  const unused = found(grouped.unused);
  return (
    <>
      {grouped.groups
        .map(({ name, rows }) => ({ name, rows: found(rows) }))
        .filter(({ rows }) => rows.length > 0)
        .map(({ name, rows }) => (
          <section key={name} class="setting-group">
            <h3>{settingTexts.groups[name]}</h3>
            <List rows={rows} />
          </section>
        ))}
      {unused.length > 0 && (
        <details class="more unused" open={asked.trim() !== ''}>
          <summary>{settingTexts.unused(unused.length)}</summary>
          <List rows={unused} />
        </details>
      )}
    </>
  );
}

function Find({ asked }: { asked: { value: string } }) {
  return (
    <input
      type="search"
      placeholder={texts.battery.find}
      aria-label={texts.battery.find}
      value={asked.value}
      onInput={({ currentTarget }) => {
        asked.value = currentTarget.value;
      }}
    />
  );
}

export function Settings({ battery }: { battery: ShownBattery }) {
  const asked = useSignal('');
  const loaded = useResource(`settings ${battery.id}`, async (signal) => ({
    configuration: await api.configuration(battery.id, signal),
  }));
  const configuration = loaded.data?.configuration ?? null;
  return (
    <Panel title={texts.battery.settings} class="settings-panel" aside={configuration && <Find asked={asked} />}>
      {waitingFor(loaded) ??
        (configuration === null ? (
          <p class="quiet">{texts.battery.noSettings}</p>
        ) : (
          <>
            <p class="note">
              {texts.battery.settingsAsOf(
                format.clockTime(secondsOf(configuration.last_received_at), zone.value, 'full'),
              )}{' '}
              {texts.battery.hidden(configuration.settings.filter((setting) => setting.private).length)}
            </p>
            <Groups settings={configuration.settings.filter((setting) => !setting.private)} asked={asked.value} />
          </>
        ))}
    </Panel>
  );
}
