/** Today from midnight to midnight at a glance, without the charting library: sun as an area, house as a line. */
import * as format from '../format.ts';
import { dayStart } from '../house-time.ts';
import { loadTable } from '../loaders.ts';
import { useResource } from '../resource.ts';
import { linkTo } from '../router.ts';
import { NO_TABLE, type SeriesColumn, type SeriesTable } from '../series.ts';
import { chosen, chosenKey, now, zone } from '../store.ts';
import { texts } from '../texts.ts';
import { ticks } from '../ticks.ts';
import { Panel, waitingFor } from './small.tsx';

const WIDTH = 1000;
const HEIGHT = 100;
/** Five minutes each, also on the day with 25 hours. */
const POINTS = 300;
const REFRESH_SECONDS = 120;
const LABELS = 5;
const HATCH = 'strip-hatch';

function highest(column: SeriesColumn): number {
  return column.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

/** Pieces of a line, broken where nothing is known. */
function pieces(
  table: SeriesTable,
  column: SeriesColumn,
  from: number,
  to: number,
  most: number,
): [number, number][][] {
  const found: [number, number][][] = [[]];
  table.starts.forEach((start, at) => {
    const value = column[at] ?? null;
    if (value === null) {
      found.push([]);
      return;
    }
    const x = ((start + table.bucketSeconds / 2 - from) / (to - from)) * WIDTH;
    found.at(-1)?.push([x, HEIGHT - (value / most) * HEIGHT]);
  });
  return found.filter((piece) => piece.length > 0);
}

const path = (points: readonly (readonly [number, number])[]) =>
  points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

function area(points: readonly (readonly [number, number])[]): string {
  const first = points[0]?.[0] ?? 0;
  const last = points.at(-1)?.[0] ?? 0;
  return `${path(points)}L${last.toFixed(1)} ${HEIGHT}L${first.toFixed(1)} ${HEIGHT}Z`;
}

function Picture({ table, from, to }: { table: SeriesTable; from: number; to: number }) {
  const pv = table.fields.pv_power?.mean ?? [];
  const load = table.fields.load_power?.mean ?? [];
  const most = Math.max(1000, highest(pv), highest(load)) * 1.05;
  const name = texts.strip.picture(format.text(format.power(highest(pv))), format.text(format.power(highest(load))));
  const across = (time: number) => ((time - from) / (to - from)) * WIDTH;
  const place = (time: number) => `${((time - from) / (to - from)) * 100}%`;
  const marks = ticks(from, to, LABELS, zone.value);
  return (
    <div class="strip">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={name}>
        <defs>
          <pattern id={HATCH} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect class="strip-gap-ground" width="8" height="8" />
            <line class="strip-gap-line" y2="8" />
          </pattern>
        </defs>
        {table.holes.map(([start, end]) => (
          <rect
            key={start}
            class="strip-gap"
            fill={`url(#${HATCH})`}
            x={across(start)}
            width={across(end) - across(start)}
            height={HEIGHT}
          />
        ))}
        {pieces(table, pv, from, to, most).map((piece) => (
          <path key={piece[0]?.[0]} class="strip-pv" d={area(piece)} />
        ))}
        {pieces(table, load, from, to, most).map((piece) => (
          <path key={piece[0]?.[0]} class="strip-load" d={path(piece)} />
        ))}
      </svg>
      <span class="strip-most">{format.text(format.power(most / 1.05))}</span>
      <span class="strip-now" style={{ left: place(now.value) }} title={texts.strip.now} />
      <div class="strip-marks" aria-hidden="true">
        {marks.map(({ time, label }) => (
          <span key={time} style={{ left: place(time) }}>
            {label}
          </span>
        ))}
      </div>
    </div>
  );
}

export function DayStrip() {
  const from = dayStart(now.value, zone.value);
  const to = dayStart(now.value, zone.value, 1);
  const fields = ['pv_power', 'load_power'];
  const loaded = useResource(
    `${chosenKey.value} ${from}`,
    (signal) => loadTable(chosen.peek(), { from, to, fields, points: POINTS }, now.peek(), signal),
    REFRESH_SECONDS,
  );
  return (
    <Panel
      title={texts.strip.title}
      class="day"
      aside={
        <>
          <span class="keys">
            <span class="swatch pv" aria-hidden="true" /> {texts.things.pv}
            <span class="swatch load line" aria-hidden="true" /> {texts.things.load}
          </span>
          <a href={linkTo('history', { span: 'day' })}>{texts.strip.open}</a>
        </>
      }
    >
      {waitingFor(loaded) ?? <Picture table={loaded.data ?? NO_TABLE} from={from} to={to} />}
    </Panel>
  );
}
