/** The chart of History with its values, the state of charge below it, and what is to be known of both. */
import type { Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { energiesOfLines, total } from '../energy.ts';
import { isWithoutEnergy } from '../energy-pieces.ts';
import type { TimeStyle } from '../format.ts';
import * as format from '../format.ts';
import {
  type Drawing,
  type HistoryData,
  inOrder,
  NOTHING_HIDDEN,
  pictureOf,
  startAt,
  zoomed,
} from '../history-data.ts';
import { dayStart, monthStart } from '../house-time.ts';
import { linesPicture, type Picture, type PictureLine, SOC_LINE, sumOf } from '../picture.ts';
import { type Look, rem } from '../plot.ts';
import type { SeriesColumn, SeriesTable } from '../series.ts';
import { anySpan, energyPiece, type ShownSpan } from '../span.ts';
import { zone } from '../store.ts';
import { texts } from '../texts.ts';
import { Chart } from './chart.tsx';
import { spanTitle } from './history-bar.tsx';
import { ValueList } from './values.tsx';

const GROUP = 'history';
const DAY = 86_400;
const SOC_REM = 8.5;
const PIECE_STYLE = { hour: 'time', day: 'dayMonth', month: 'month' } as const;
/** Weekdays are named where a month or less is shown. */
const LONGEST_NAMED_DAYS = 31.1;
/** W and kWh on an empty scale. */
const EMPTY_TOP = { power: 1000, energy: 1 };

function powerLabel(value: number, stepSize: number): string {
  if (stepSize < 100) return `${format.decimal(value, format.decimalsFor(stepSize))}\u00a0W`;
  return `${format.decimal(value / 1000, format.decimalsFor(stepSize / 1000))}\u00a0kW`;
}

function energyLabel(value: number, stepSize: number): string {
  return `${format.decimal(value, format.decimalsFor(stepSize))}\u00a0kWh`;
}

/** Of when what is told at the crosshair is. */
function whenText(picture: Picture, at: number | null, { span, table }: HistoryData): string {
  if (at === null) return texts.history.sum;
  const [start, end] = [picture.starts[at] ?? span.from, picture.ends[at] ?? span.to];
  const inZone = zone.value;
  if (table !== null) return pointTime(start, end, table.bucket, inZone);
  const isOfDays = dayStart(start, inZone) === start && dayStart(end, inZone) === end;
  const piece = energyPiece(span);
  if (piece === 'hour' || !isOfDays) return format.timeRange(start, end, inZone, 'full');
  if (piece === 'day') return format.clockTime(start, inZone, 'dayLong');
  const isMonth = monthStart(start, inZone) === start && monthStart(end, inZone) === end;
  return isMonth
    ? format.clockTime(start, inZone, 'monthLong')
    : format.timeRange(start, end - 1, inZone, 'dayMonthYear');
}

function pointTime(start: number, end: number, bucket: SeriesTable['bucket'], inZone: string): string {
  if (bucket === '1 day') return format.clockTime(start, inZone, 'dayLong');
  if (bucket === '1 month') return format.clockTime(start, inZone, 'monthLong');
  // A week with the hour that comes twice ends an hour later.
  if (bucket === '1 week') return format.timeRange(start, end - DAY / 2, inZone, 'dayMonthYear');
  return format.clockTime(start, inZone, 'full');
}

function pieceStyleOf(span: ShownSpan): TimeStyle {
  const piece = energyPiece(span);
  return piece === 'day' && span.to - span.from <= LONGEST_NAMED_DAYS * DAY ? 'dayTick' : PIECE_STYLE[piece];
}

/** The span that was drawn with the mouse. */
function selection(picture: Picture, span: ShownSpan, from: number, to: number): ShownSpan {
  if (picture.axis === 'time') return anySpan(from, to);
  const [first, last] = [picture.starts[Math.round(from)], picture.ends[Math.round(to)]];
  // Fingers that close show more than there is: as much again on either side.
  const length = span.to - span.from;
  return anySpan(first ?? span.from - length / 2, last ?? span.to + length / 2);
}

interface HistoryChartProps {
  data: HistoryData;
  drawing: Drawing;
  /** Keys of the lines that are not shown. */
  hidden: ReadonlySet<string>;
  onToggle: (key: string) => void;
  cursor: Signal<number | null>;
  onSpan: (span: ShownSpan) => void;
}

interface ValuesProps extends HistoryChartProps {
  picture: Picture;
}

function Values({ data, drawing, cursor, picture, hidden, onToggle }: ValuesProps) {
  const { mode, withRange } = drawing;
  const all = useMemo(() => pictureOf(data, { mode, withRange }, NOTHING_HIDDEN), [data, mode, withRange]);
  const names: Readonly<Record<string, string>> = texts.history.series;
  const isEnergy = data.table === null;
  const at = cursor.value;
  // Of a whole span the energy is what an owner asks for; of a moment the power.
  const isWhole = at === null;
  const energies = useMemo(() => energiesOfLines(total(data.buckets)), [data]);
  const summary = ({ key, told }: PictureLine) => (isEnergy ? sumOf(told) : (energies[key] ?? null));
  return (
    <ValueList
      lines={inOrder(all.lines).map((line) => ({ ...line, name: names[line.key] ?? line.key }))}
      hidden={hidden}
      onToggle={onToggle}
      at={at}
      when={whenText(picture, cursor.value, data)}
      summary={summary}
      quantity={format.alike(
        isWhole || isEnergy ? format.energy : format.power,
        all.lines.map((line) => (at === null ? summary(line) : (line.told[at] ?? null))),
      )}
      rangeQuantity={format.alike(
        format.power,
        all.lines.flatMap(({ band }) => (band === undefined ? [] : [lowest(band.min), highest(band.max)])),
      )}
    />
  );
}

function edgeOf(column: SeriesColumn, pick: (...values: number[]) => number): number | null {
  const known = column.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((edge, value) => pick(edge, value));
}

const lowest = (column: SeriesColumn) => edgeOf(column, Math.min);
const highest = (column: SeriesColumn) => edgeOf(column, Math.max);

type CommonLook = Omit<Look, 'colours' | 'height' | 'range' | 'label'>;

function mainLook(isEnergy: boolean) {
  const least = innerHeight < rem(30) ? rem(10) : rem(15);
  const height = Math.round(Math.min(rem(40), Math.max(least, innerHeight * 0.44)));
  return { height, range: 'with zero', label: isEnergy ? energyLabel : powerLabel } as const;
}

export function HistoryChart(props: HistoryChartProps) {
  const { data, drawing, hidden, cursor, onSpan } = props;
  const { span, table } = data;
  const { mode, withRange } = drawing;
  const picture = useMemo(() => pictureOf(data, { mode, withRange }, hidden), [data, mode, withRange, hidden]);
  const what = table === null ? 'energy' : 'power';
  const title = spanTitle(span, zone.value);
  const look: CommonLook = {
    zone: zone.value,
    group: GROUP,
    emptyTop: EMPTY_TOP[what],
    pieceStyle: pieceStyleOf(span),
    onCursor: (at) => {
      cursor.value = at;
    },
    onSelect: (from, to) => onSpan(selection(picture, span, from, to)),
  };
  return (
    <>
      <Values {...props} picture={picture} />
      <Chart
        picture={picture}
        look={{ ...look, ...mainLook(table === null) }}
        label={texts.history.chart(texts.history[what], title)}
        at={cursor}
        onZoom={(direction) => onSpan(zoomed(span, direction, startAt(data, cursor.peek())))}
      />
      {table !== null && <Soc table={table} span={span} look={look} cursor={cursor} title={title} />}
      <Caption data={data} drawing={drawing} />
    </>
  );
}

interface SocProps {
  table: SeriesTable;
  span: ShownSpan;
  look: CommonLook;
  cursor: Signal<number | null>;
  title: string;
}

function Soc({ table, span, look, cursor, title }: SocProps) {
  const at = cursor.value;
  const picture = useMemo(() => linesPicture(table, span.from, span.to, SOC_LINE, false), [table, span]);
  const value = at === null ? null : (picture.lines[0]?.told[at] ?? null);
  const shown = value === null ? '' : ` ${format.text({ number: format.decimal(value, 1), unit: '%' })}`;
  return (
    <>
      <h2>
        {texts.things.soc}
        {shown}
      </h2>
      <Chart
        picture={picture}
        look={{ ...look, height: rem(SOC_REM), range: [0, 100], label: (mark) => `${mark}\u00a0%` }}
        label={texts.history.chart(texts.things.soc, title)}
        at={cursor}
      />
    </>
  );
}

function Caption({ data: { table, buckets }, drawing }: { data: HistoryData; drawing: Drawing }) {
  const { history } = texts;
  const isEmpty = table === null ? isWithoutEnergy(buckets) : table.starts.length === 0;
  return (
    <p class="note">
      {isEmpty && <strong>{history.nothing} </strong>}
      {drawing.mode !== 'lines' && `${history.above} `}
      {table !== null &&
        !isEmpty &&
        `${history.bucket(history.buckets[table.bucket] ?? table.bucket.replace(' ', '\u00a0'))} `}
      {history.zoom} {table !== null && history.holes}
    </p>
  );
}
