/** The battery from inside: cells, temperatures, limits, states, faults and its configuration. */
import { DRAWN, MOST_PACKS, packCharge } from '../battery-parts.ts';
import { numberOf } from '../flow.ts';
import * as format from '../format.ts';
import { type Fault, faultsOf } from '../health.ts';
import { secondsOf } from '../house-time.ts';
import { type FieldPanel, panelsOf } from '../panels.ts';
import { CellCharts } from '../parts/cell-charts.tsx';
import { Cells } from '../parts/cells.tsx';
import { FieldRows } from '../parts/field-rows.tsx';
import { Icon } from '../parts/icons.tsx';
import { Settings } from '../parts/settings.tsx';
import { CertaintyMark, Facts, Panel } from '../parts/small.tsx';
import { adjust } from '../router.ts';
import { chosen, fields, now, zone } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownBattery, ShownValues } from '../types.ts';
import '../styles/battery.css';

function Faults({ values }: { values: ShownValues }) {
  const found = faultsOf(values, fields.value.values());
  return (
    <Panel title={texts.battery.faults} class="faults">
      {found.length === 0 ? (
        <p class="well">
          <Icon name="well" /> {texts.battery.noFaults}
        </p>
      ) : (
        <ul class="trouble">
          {found.map((fault) => (
            <FaultRow key={fault.name} fault={fault} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function FaultRow({ fault }: { fault: Fault }) {
  return (
    <li>
      <Icon name="trouble" />
      <span>
        <strong>{fault.title}</strong>: {fault.words ?? texts.battery.noWords}{' '}
        <span class="raw">({texts.battery.code(fault.code)})</span>
        <CertaintyMark of={fault.certainty} />
      </span>
    </li>
  );
}

/** The charge of each pack that is fitted: others say 0. */
function Packs({ values }: { values: ShownValues }) {
  const fitted = Math.min(MOST_PACKS, numberOf(values, 'pack_count') ?? 0);
  const rows = Array.from({ length: fitted }, (_, at) => {
    const charge = numberOf(values, packCharge(at + 1));
    return [texts.battery.pack(at + 1), format.text(format.quantity({ unit: '%' }, charge))] as const;
  });
  return <Facts rows={rows} />;
}

function FieldsPanel({ panel, values }: { panel: FieldPanel; values: ShownValues }) {
  const { name, fields: shown, more } = panel;
  return (
    <Panel title={texts.battery.panels[name]}>
      {name === 'packs' && <Packs values={values} />}
      {shown.length > 0 && <FieldRows fields={shown} values={values} />}
      {more.length > 0 && (
        <details class="more">
          <summary>{texts.battery.more(more.length)}</summary>
          <FieldRows fields={more} values={values} />
        </details>
      )}
    </Panel>
  );
}

function Details({ battery, values, time }: { battery: ShownBattery; values: ShownValues; time: string }) {
  const at = secondsOf(time);
  // What comes every ten seconds is newer than the details.
  const known = { ...values, ...battery.live?.values };
  return (
    <div class="battery-view">
      <p class="note as-of">
        {texts.battery.asOf(format.clockTime(at, zone.value, 'time'), texts.ago(format.duration(now.value - at)))}
      </p>
      <Faults values={values} />
      <Cells values={values} />
      <CellCharts key={battery.id} battery={battery} />
      <div class="groups">
        {panelsOf(fields.value.values(), known, DRAWN).map((panel) => (
          <FieldsPanel key={panel.name} panel={panel} values={known} />
        ))}
      </div>
      <Settings key={`settings ${battery.id}`} battery={battery} />
    </div>
  );
}

function Choose() {
  return (
    <Panel title={texts.views.battery}>
      <p>{texts.battery.one}</p>
      <ul class="choices">
        {chosen.value.map(({ id, name }) => (
          <li key={id}>
            <button type="button" class="button" onClick={() => adjust({ battery: id })}>
              {name}
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export default function BatteryView() {
  const [battery, ...others] = chosen.value;
  if (battery === undefined) return null;
  if (others.length > 0) return <Choose />;
  if (battery.detail === null) {
    return (
      <div class="battery-view">
        <p class="quiet">{texts.battery.none}</p>
        <Settings battery={battery} />
      </div>
    );
  }
  return <Details battery={battery} values={battery.detail.values} time={battery.detail.time} />;
}
