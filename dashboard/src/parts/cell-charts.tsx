/** How the cells drifted apart, and their temperatures. */
import { type Signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { CHARTED } from '../battery-parts.ts';
import * as format from '../format.ts';
import { loadTable } from '../loaders.ts';
import { type LineOf, linesPicture } from '../picture.ts';
import { rem } from '../plot.ts';
import { useResource } from '../resource.ts';
import type { SeriesTable } from '../series.ts';
import { now, zone } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownBattery } from '../types.ts';
import { Chart } from './chart.tsx';
import { Panel, Segments, waitingFor } from './small.tsx';

const DAYS = { '1': 1, '7': 7, '30': 30 } as const;
type Days = keyof typeof DAYS;
const DAY = 86_400;
const POINTS = 500;
/** Details come every five minutes: in pieces much shorter than two of them every other would be empty, and look like a gap. */
const FINEST_SECONDS = 600;
const HEIGHT_REM = 10.5;
const REFRESH_SECONDS = 300;

interface Chosen {
  readonly title: string;
  readonly lines: readonly LineOf[];
  readonly label: (value: number, stepSize: number) => string;
  readonly range: 'with zero' | 'fitting';
  readonly emptyTop: number;
  /** How finely a single value is told. */
  readonly finest: number;
}

const CHARTS: readonly Chosen[] = [
  {
    title: texts.battery.chartSpread,
    lines: [{ field: 'cell_voltage_delta', thing: 'battery' }],
    label: (value, stepSize) => `${format.decimal(value * 1000, format.decimalsFor(stepSize * 1000))}\u00a0mV`,
    range: 'with zero',
    emptyTop: 0.01,
    finest: 0.001,
  },
  {
    title: texts.battery.chartCells,
    lines: [
      { field: 'cell_voltage_max', thing: 'battery', thick: true },
      { field: 'cell_voltage_min', thing: 'battery', dash: [5, 3] },
    ],
    label: (value, stepSize) => `${format.decimal(value, format.decimalsFor(stepSize))}\u00a0V`,
    range: 'fitting',
    emptyTop: 1,
    finest: 0.001,
  },
  {
    title: texts.battery.chartTemperatures,
    lines: [
      { field: 'cell_temp_max', thing: 'ink', thick: true },
      { field: 'cell_temp_min', thing: 'soft', dash: [5, 3] },
    ],
    label: (value, stepSize) => `${format.decimal(value, format.decimalsFor(stepSize))}\u00a0°C`,
    range: 'fitting',
    emptyTop: 30,
    finest: 1,
  },
];

interface Loaded {
  readonly table: SeriesTable;
  readonly from: number;
  readonly to: number;
}

function One({ chart, loaded, cursor }: { chart: Chosen; loaded: Loaded; cursor: Signal<number | null> }) {
  const { table, from, to } = loaded;
  const picture = useMemo(() => linesPicture(table, from, to, chart.lines, false), [chart, table, from, to]);
  const at = cursor.value;
  const told = at === null ? [] : picture.lines.map(({ told: column }) => column[at] ?? null);
  const time = at === null ? '' : format.clockTime(picture.starts[at] ?? from, zone.value, 'full');
  const values = told.map((value) => (value === null ? format.NOTHING : chart.label(value, chart.finest))).reverse();
  return (
    <div>
      <h3>
        {chart.title}
        {at !== null && <span class="at">{` ${values.join(' … ')}, ${time}`}</span>}
      </h3>
      <Chart
        picture={picture}
        look={{
          height: rem(HEIGHT_REM),
          zone: zone.value,
          label: chart.label,
          range: chart.range,
          group: 'battery',
          emptyTop: chart.emptyTop,
          pieceStyle: 'time',
          onCursor: (index) => {
            cursor.value = index;
          },
          onSelect: () => {},
        }}
        label={texts.history.chart(chart.title, '')}
        at={cursor}
      />
    </div>
  );
}

export function CellCharts({ battery }: { battery: ShownBattery }) {
  const days = useSignal<Days>('1');
  const cursor = useSignal<number | null>(null);
  const length = DAYS[days.value];
  const loaded = useResource(
    `${battery.id} ${length}`,
    async (signal): Promise<Loaded> => {
      const to = Math.ceil(now.peek() / 60) * 60;
      const from = to - length * DAY;
      const points = Math.min(POINTS, (length * DAY) / FINEST_SECONDS);
      const table = await loadTable([battery], { from, to, fields: CHARTED, points }, now.peek(), signal);
      return { table, from, to };
    },
    REFRESH_SECONDS,
  );
  const choices = (Object.keys(DAYS) as Days[]).map((key) => [key, texts.battery.spans[key]] as const);
  const { data } = loaded;
  return (
    <Panel
      title={texts.battery.over}
      class="cell-charts"
      aside={
        <Segments
          label={texts.battery.days}
          choices={choices}
          chosen={days.value}
          onChoose={(next) => {
            days.value = next;
          }}
        />
      }
    >
      {waitingFor(loaded) ??
        (data && CHARTS.map((chart) => <One key={chart.title} chart={chart} loaded={data} cursor={cursor} />))}
    </Panel>
  );
}
