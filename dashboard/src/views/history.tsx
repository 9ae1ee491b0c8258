/** What the house did: powers and energies over any span. */
import { useSignal } from '@preact/signals';
import { total } from '../energy.ts';
import { withEmptyPieces } from '../energy-pieces.ts';
import { exportPicture } from '../history-csv.ts';
import { type HistoryData, MODES, type Mode, NOTHING_HIDDEN, pictureOf, startAt, zoomed } from '../history-data.ts';
import { loadEnergy, loadTable } from '../loaders.ts';
import { EnergyTable, Shares } from '../parts/energy-table.tsx';
import { ModeBar, SpanBar } from '../parts/history-bar.tsx';
import { HistoryChart } from '../parts/history-chart.tsx';
import { Panel, waitingFor } from '../parts/small.tsx';
import { POWER_FIELDS } from '../picture.ts';
import { useResource } from '../resource.ts';
import { adjust, go, route } from '../router.ts';
import { energyPiece, queryOfSpan, type ShownSpan, spanOfQuery } from '../span.ts';
import { chosen, chosenKey, now, zone } from '../store.ts';
import { texts } from '../texts.ts';
import type { EnergyBucket } from '../types.ts';

/** Of a day two minutes, of a week a quarter of an hour, of a month an hour each. */
const POINTS = 800;
const REFRESH_SECONDS = 60;

function useHistory(span: ShownSpan, mode: Mode) {
  const { from, to } = span;
  const load = async (signal: AbortSignal): Promise<HistoryData> => {
    const asked = { from, to, fields: POWER_FIELDS, points: POINTS };
    const [table, buckets] = await Promise.all([
      mode === 'energy' ? null : loadTable(chosen.peek(), asked, now.peek(), signal),
      loadEnergy(chosen.peek(), from, to, energyPiece(span), signal),
    ]);
    return { span, table, buckets: withEmptyPieces(buckets, span, energyPiece(span), zone.peek()) };
  };
  const isOpen = to > now.peek();
  return useResource(`${chosenKey.value} ${from} ${to} ${mode === 'energy'}`, load, isOpen ? REFRESH_SECONDS : 0);
}

function useHidden() {
  const hidden = useSignal(NOTHING_HIDDEN);
  const toggle = (key: string) => {
    const next = new Set(hidden.value);
    if (!next.delete(key)) next.add(key);
    hidden.value = next;
  };
  return [hidden.value, toggle] as const;
}

function Totals({ buckets }: { buckets: readonly EnergyBucket[] }) {
  const energies = total(buckets);
  return (
    <Panel title={texts.history.totals} class="totals">
      <div class="two">
        <EnergyTable buckets={buckets} />
        <Shares energies={energies} />
      </div>
    </Panel>
  );
}

export default function HistoryView() {
  const withRange = useSignal(true);
  const [hidden, toggle] = useHidden();
  const cursor = useSignal<number | null>(null);
  const { query } = route.value;
  const span = spanOfQuery(query, now.peek(), zone.value);
  const mode = MODES.find((known) => known === query.get('as')) ?? 'lines';
  const drawing = { mode, withRange: withRange.value };
  const loaded = useHistory(span, mode);
  const { data } = loaded;
  const show = (next: ShownSpan) => {
    cursor.value = null;
    go({ at: null, from: null, to: null, ...queryOfSpan(next, zone.value) });
  };
  const save = () => {
    if (data !== null) exportPicture(pictureOf(data, drawing, hidden), data.table, data.span, zone.value);
  };
  return (
    <div class="history">
      <SpanBar span={span} onSpan={show} />
      <section class="panel chart-panel">
        <ModeBar
          drawing={drawing}
          onMode={(next) => adjust({ as: next })}
          onRange={(next) => {
            withRange.value = next;
          }}
          onZoom={(direction) => show(zoomed(span, direction, data === null ? null : startAt(data, cursor.value)))}
          onCsv={save}
        />
        {waitingFor(loaded) ??
          (data && (
            <HistoryChart
              data={data}
              drawing={drawing}
              hidden={hidden}
              onToggle={toggle}
              cursor={cursor}
              onSpan={show}
            />
          ))}
      </section>
      {data !== null && <Totals buckets={data.buckets} />}
    </div>
  );
}
