/**
 * A picture in uPlot's words.
 */
import uPlot from 'uplot';
import { type ColourName, type Colours, faint, hatch, mixed } from './colours.ts';
import { clockTime, type TimeStyle } from './format.ts';
import type { Picture, PictureLine } from './picture.ts';
import type { SeriesColumn } from './series.ts';
import { ticks } from './ticks.ts';

export interface Look {
  readonly height: number;
  readonly zone: string;
  readonly colours: Colours;
  /** Such as "2 kW". */
  readonly label: (value: number, stepSize: number) => string;
  /** Fixed limits, or whether zero is always in sight. */
  readonly range: readonly [number, number] | 'with zero' | 'fitting';
  /** The top of the scale where there is nothing to draw. */
  readonly emptyTop: number;
  /** Charts of the same group share their crosshair. */
  readonly group: string;
  readonly pieceStyle: TimeStyle;
  readonly onCursor: (at: number | null) => void;
  readonly onSelect: (from: number, to: number) => void;
}

/** Of the page's own size of letters, which grows with the screen. */
const FONT_SHARE = 0.75;
const LETTERS_BETWEEN_TICKS = 4.7;
const SMALLEST_SELECTION_PIXELS = 6;
/** How much of its colour an area has: its edge has all. */
const FILLED = 0.72;
const BAR_SHARE = 0.72;
const WIDEST_BAR_PIXELS = 64;

export function optionsOf(picture: Picture, look: Look, width: number): uPlot.Options {
  return {
    width,
    height: look.height,
    padding: [10, Math.ceil(fontSize() * 1.7), 0, 0],
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      y: false,
      sync: { key: look.group },
      points: { size: 7 },
    },
    scales: { x: { time: false, range: () => xRange(picture) }, y: { range: (_, min, max) => yRange(look, min, max) } },
    axes: [xAxis(picture, look), yAxis(look)],
    series: [{}, ...picture.lines.flatMap((line) => seriesOf(line, look.colours))],
    bands: bandsOf(picture, look.colours),
    hooks: {
      drawClear: [(plot) => drawHoles(plot, picture, look.colours)],
      draw: [(plot) => drawZero(plot, look.colours)],
      setCursor: [(plot) => look.onCursor(crosshairOf(plot))],
      setSelect: [(plot) => select(plot, look)],
    },
  };
}

/** Which sample it is at. Before uPlot has drawn for the first time it names one though the crosshair is nowhere. */
function crosshairOf({ cursor }: uPlot): number | null {
  return (cursor.left ?? -1) < 0 ? null : (cursor.idx ?? null);
}

export function dataOf(picture: Picture): uPlot.AlignedData {
  const columns = picture.lines.flatMap(({ drawn, band }) =>
    band === undefined ? [drawn] : [drawn, band.min, band.max],
  );
  return [picture.x, ...columns] as unknown as uPlot.AlignedData;
}

function xRange({ axis, x, from, to }: Picture): [number, number] {
  return axis === 'time' ? [from, to] : [-0.5, Math.max(0, x.length - 1) + 0.5];
}

function yRange(look: Look, min: number | null, max: number | null): [number, number] {
  const { range } = look;
  if (typeof range !== 'string') return [range[0], range[1]];
  // Nothing to show: an empty scale that still reads well.
  const [low, high] = [min ?? 0, max ?? look.emptyTop];
  if (range === 'with zero') {
    const [bottom, top] = [Math.min(0, low), Math.max(0, high)];
    const room = (top - bottom || 1) * 0.04;
    return [bottom < 0 ? bottom - room : 0, top > 0 ? top + room : 1];
  }
  const room = (high - low) * 0.1 || Math.abs(high) * 0.02 || 1;
  return [low - room, high + room];
}

function seriesOf(line: PictureLine, colours: Colours): uPlot.Series[] {
  const colour = colours[line.thing];
  const { bars } = uPlot.paths;
  const fill = (plot: uPlot) =>
    line.away ? hatch(plot.ctx, colour, colours.surface) : mixed(colour, colours.surface, FILLED);
  const main: uPlot.Series = {
    stroke: colour,
    width: line.form === 'line' ? (line.thick ? 2.2 : 1.6) : 1,
    points:
      line.form === 'line' ? { show: true, size: 3, fill: colour, filter: () => lonely(line.drawn) } : { show: false },
    ...(line.dash === undefined ? {} : { dash: [...line.dash] }),
    ...(line.form === 'line' ? {} : { fill }),
    ...(line.form === 'bar' && bars !== undefined ? { paths: bars({ size: [BAR_SHARE, WIDEST_BAR_PIXELS] }) } : {}),
  };
  const edge: uPlot.Series = { width: 0, points: { show: false } };
  return line.band === undefined ? [main] : [main, edge, edge];
}

/** Between two gaps there is no line, only a point. */
function lonely(column: SeriesColumn): number[] {
  const isNothing = (at: number) => (column[at] ?? null) === null;
  return column.flatMap((value, at) => (value !== null && isNothing(at - 1) && isNothing(at + 1) ? [at] : []));
}

function bandsOf({ lines }: Picture, colours: Colours): uPlot.Band[] {
  const found: uPlot.Band[] = [];
  let next = 1;
  for (const { thing, band } of lines) {
    if (band !== undefined) found.push({ series: [next + 2, next + 1], fill: faint(colours[thing], 0.2) });
    next += band === undefined ? 1 : 3;
  }
  return found;
}

/** Pixels of so many times the page's size of letters. */
export function rem(times: number): number {
  return Math.round(Number.parseFloat(getComputedStyle(document.documentElement).fontSize) * times);
}

function fontSize(): number {
  return rem(FONT_SHARE);
}

function font(): string {
  return `${fontSize()}px ${getComputedStyle(document.body).fontFamily}`;
}

/** Wide enough for its longest label; charts below one another with labels of usual length begin at the same place. */
function widthOf(labels: readonly string[] | null): number {
  const longest = Math.max(0, ...(labels ?? []).map((text) => text.length));
  return Math.ceil(fontSize() * Math.max(5.9, longest * 0.62 + 0.9));
}

function xAxis(picture: Picture, { zone, colours, pieceStyle }: Look): uPlot.Axis {
  const marks = (plot: uPlot) =>
    Math.max(2, Math.floor(plot.bbox.width / devicePixelRatio / (fontSize() * LETTERS_BETWEEN_TICKS)));
  const common: uPlot.Axis = {
    stroke: colours.soft,
    font: font(),
    size: Math.ceil(fontSize() * 2.5),
    gap: 6,
    grid: { stroke: colours.line, width: 1 },
    ticks: { stroke: colours['strong-line'], width: 1, size: 5 },
  };
  if (picture.axis === 'time') {
    const found = (plot: uPlot) => ticks(picture.from, picture.to, marks(plot), zone);
    return {
      ...common,
      splits: (plot) => found(plot).map(({ time }) => time),
      values: (plot) => found(plot).map(({ label }) => label),
    };
  }
  const shown = (plot: uPlot) => {
    const each = Math.max(1, Math.ceil(picture.x.length / marks(plot)));
    return picture.x.filter((at) => at % each === 0);
  };
  return {
    ...common,
    grid: { show: false },
    splits: (plot) => shown(plot),
    values: (plot) => shown(plot).map((at) => clockTime(picture.starts[at] ?? 0, zone, pieceStyle)),
  };
}

function yAxis({ colours, label, height }: Look): uPlot.Axis {
  return {
    stroke: colours.soft,
    font: font(),
    size: (_, labels) => widthOf(labels),
    gap: 6,
    space: Math.min(fontSize() * 3.6, height / 7),
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
    values: (_, splits) => {
      const stepSize = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0));
      return splits.map((value) => label(value, stepSize));
    },
  };
}

function pixel(plot: uPlot, value: number, scale: 'x' | 'y'): number {
  return Math.round(plot.valToPos(value, scale, true));
}

function drawHoles(plot: uPlot, { axis, holes }: Picture, colours: Colours): void {
  if (axis !== 'time') return;
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  ctx.save();
  ctx.fillStyle = hatch(ctx, mixed(colours['strong-line'], colours.surface, 0.45), colours.surface);
  for (const [from, to] of holes) {
    const start = Math.max(left, pixel(plot, from, 'x'));
    const end = Math.min(left + width, pixel(plot, to, 'x'));
    if (end > start) ctx.fillRect(start, top, end - start, height);
  }
  ctx.restore();
}

/** Stronger than the grid: it parts what comes from what goes. */
function drawZero(plot: uPlot, colours: Record<ColourName, string>): void {
  const { min, max } = plot.scales.y ?? {};
  if (min === undefined || max === undefined || min >= 0 || max <= 0) return;
  const { ctx, bbox } = plot;
  const y = pixel(plot, 0, 'y') + 0.5;
  ctx.save();
  ctx.strokeStyle = colours['strong-line'];
  ctx.lineWidth = Math.max(1, devicePixelRatio);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

function select(plot: uPlot, look: Look): void {
  const { left, width } = plot.select;
  if (width < SMALLEST_SELECTION_PIXELS) return;
  const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  look.onSelect(from, to);
}
