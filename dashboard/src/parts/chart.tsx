/** A picture drawn by uPlot; it follows its space, the crosshair follows mouse, finger and arrow keys. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import '../styles/chart.css';
import { colours } from '../colours.ts';
import type { Picture } from '../picture.ts';
import { edgesAfter, type FingerPair, type Stretching, stretchingOf } from '../pinch.ts';
import { dataOf, type Look, optionsOf } from '../plot.ts';

interface ChartProps {
  picture: Picture;
  look: Omit<Look, 'colours'>;
  label: string;
  /** Where the crosshair stands, to keep it when the picture is drawn anew. */
  at: { peek: () => number | null };
  /** +1: closer, −1: farther. */
  onZoom?: (direction: 1 | -1) => void;
}

function moveTo(plot: uPlot, at: number): void {
  const last = plot.data[0].length - 1;
  const index = Math.max(0, Math.min(last, at));
  const x = plot.data[0][index];
  if (x !== undefined) plot.setCursor({ left: plot.valToPos(x, 'x'), top: plot.over.clientHeight / 2 });
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -12, PageDown: 12 };

function onKey(plot: uPlot | null, event: KeyboardEvent, onZoom: ChartProps['onZoom']): void {
  if (plot === null) return;
  const last = plot.data[0].length - 1;
  const stepSize = STEPS[event.key];
  if (stepSize !== undefined) moveTo(plot, (plot.cursor.idx ?? (stepSize > 0 ? -1 : last + 1)) + stepSize);
  else if (event.key === 'Home') moveTo(plot, 0);
  else if (event.key === 'End') moveTo(plot, last);
  else if (event.key === 'Escape') plot.setCursor({ left: -10, top: -10 });
  else if (event.key === '+' || event.key === '=') onZoom?.(1);
  else if (event.key === '-') onZoom?.(-1);
  else return;
  event.preventDefault();
}

/** A finger that moves sideways carries the crosshair; up and down still scrolls the page. */
function followFinger(plot: uPlot): void {
  const follow = ({ touches }: TouchEvent) => {
    const [touch] = touches.length === 1 ? touches : [];
    const box = plot.over.getBoundingClientRect();
    if (touch !== undefined) plot.setCursor({ left: touch.clientX - box.left, top: touch.clientY - box.top });
  };
  plot.over.addEventListener('touchstart', follow, { passive: true });
  plot.over.addEventListener('touchmove', follow, { passive: true });
}

/** Two fingers stretch what is drawn; when they go, what they show is the new span. */
function followTwoFingers(plot: uPlot, onSelect: Look['onSelect']): void {
  const { over } = plot;
  let before: FingerPair | null = null;
  let stretching: Stretching | null = null;
  const pairOf = ({ touches }: TouchEvent): FingerPair | null => {
    const [one, other] = touches;
    const { left } = over.getBoundingClientRect();
    return one === undefined || other === undefined ? null : [one.clientX - left, other.clientX - left];
  };
  const show = ({ shift, stretch }: Stretching) => {
    const { style } = plot.ctx.canvas;
    const edge = plot.bbox.left / devicePixelRatio;
    style.transformOrigin = `${edge}px 0`;
    style.transform = `translateX(${shift}px) scaleX(${stretch})`;
  };
  over.addEventListener('touchstart', (event) => {
    before = pairOf(event);
    stretching = null;
    if (before !== null) plot.setCursor({ left: -10, top: -10 });
  });
  over.addEventListener('touchmove', (event) => {
    const after = pairOf(event);
    if (before === null || after === null) return;
    event.preventDefault();
    stretching = stretchingOf(before, after);
    show(stretching);
  });
  const end = () => {
    if (stretching !== null) {
      const width = over.clientWidth;
      const [from, to] = edgesAfter(stretching, width).map((part) => plot.posToVal(part * width, 'x'));
      show({ shift: 0, stretch: 1 });
      if (from !== undefined && to !== undefined) onSelect(from, to);
    }
    before = null;
    stretching = null;
  };
  over.addEventListener('touchend', end);
  over.addEventListener('touchcancel', end);
}

/** Twice clicked: farther. The wheel with Ctrl, as which browsers tell two fingers on a touchpad: closer or farther. */
function zoomByPointer(plot: uPlot, onZoom: NonNullable<ChartProps['onZoom']>): void {
  plot.over.addEventListener('dblclick', () => onZoom(-1));
  plot.over.addEventListener('wheel', (event) => {
    if (!event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    onZoom(event.deltaY < 0 ? 1 : -1);
  });
}

export function Chart({ picture, look, label, at, onZoom }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const palette = colours.value;
  useEffect(() => {
    const place = holder.current;
    if (place === null) return;
    const drawn = new uPlot(
      optionsOf(picture, { ...look, colours: palette }, place.clientWidth),
      dataOf(picture),
      place,
    );
    plot.current = drawn;
    followFinger(drawn);
    if (onZoom !== undefined) {
      zoomByPointer(drawn, onZoom);
      followTwoFingers(drawn, look.onSelect);
    }
    const stood = at.peek();
    if (stood !== null) moveTo(drawn, stood);
    const observer = new ResizeObserver(() => drawn.setSize({ width: place.clientWidth, height: look.height }));
    observer.observe(place);
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [picture, palette, look.height, look.zone]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: no element is a chart
    <div
      ref={holder}
      class="chart"
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the crosshair
      tabIndex={0}
      onKeyDown={(event) => onKey(plot.current, event, onZoom)}
    />
  );
}
