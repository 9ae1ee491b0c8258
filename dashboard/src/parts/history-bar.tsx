/** Which span is shown, and how. */
import * as format from '../format.ts';
import { type Drawing, MODES, type Mode } from '../history-data.ts';
import { dayStart, localText, localTime, timeOfLocal } from '../house-time.ts';
import { anySpan, CALENDAR_KINDS, changeKind, type ShownSpan, spanAt, step } from '../span.ts';
import { now, zone } from '../store.ts';
import { texts } from '../texts.ts';
import { Icon } from './icons.tsx';
import { Segments } from './small.tsx';

export function spanTitle({ kind, from, to }: ShownSpan, inZone: string): string {
  const last = to - 1;
  if (kind === 'day') return format.clockTime(from, inZone, 'dayTitle');
  if (kind === 'week') return format.timeRange(from, last, inZone, 'dayMonthYear');
  if (kind === 'month') return format.clockTime(from, inZone, 'monthLong');
  if (kind === 'year') return String(localTime(from, inZone).year);
  const wholeDays = dayStart(from, inZone) === from && dayStart(to, inZone) === to;
  return format.timeRange(from, wholeDays ? last : to, inZone, wholeDays ? 'dayMonthYear' : 'full');
}

interface HistoryBarProps {
  span: ShownSpan;
  onSpan: (span: ShownSpan) => void;
}

function Stepper({ span, onSpan }: HistoryBarProps) {
  const inZone = zone.value;
  const { history } = texts;
  return (
    <div class="stepper">
      <button
        type="button"
        class="icon-button"
        aria-label={history.earlier}
        onClick={() => onSpan(step(span, -1, inZone))}
      >
        <Icon name="earlier" />
      </button>
      <span class="span-title" aria-live="polite">
        {spanTitle(span, inZone)}
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label={history.later}
        disabled={span.to > now.value}
        onClick={() => onSpan(step(span, 1, inZone))}
      >
        <Icon name="later" />
      </button>
    </div>
  );
}

function AnySpan({ span, onSpan }: HistoryBarProps) {
  const inZone = zone.value;
  const change = (end: 'from' | 'until', text: string) => {
    const time = timeOfLocal(text, inZone);
    if (time === null) return;
    onSpan(end === 'from' ? anySpan(time, span.to) : anySpan(span.from, time));
  };
  return (
    <div class="any-span">
      {(['from', 'until'] as const).map((end) => (
        <label key={end}>
          {texts.history[end]}
          <input
            type="datetime-local"
            value={localText(end === 'from' ? span.from : span.to, inZone)}
            onChange={({ currentTarget }) => change(end, currentTarget.value)}
          />
        </label>
      ))}
    </div>
  );
}

export function SpanBar({ span, onSpan }: HistoryBarProps) {
  const { history } = texts;
  const kinds = [...CALENDAR_KINDS, 'any'] as const;
  return (
    <div class="toolbar">
      <Segments
        label={history.span}
        choices={kinds.map((kind) => [kind, history.spans[kind]] as const)}
        chosen={span.kind}
        onChoose={(kind) =>
          onSpan(kind === 'any' ? anySpan(span.from, span.to) : changeKind(span, kind, now.value, zone.value))
        }
      />
      <Stepper span={span} onSpan={onSpan} />
      {span.kind === 'any' ? (
        <AnySpan span={span} onSpan={onSpan} />
      ) : (
        <button
          type="button"
          class="button"
          onClick={() => onSpan(spanAt(span.kind === 'any' ? 'day' : span.kind, now.value, zone.value))}
        >
          {history.now[span.kind]}
        </button>
      )}
    </div>
  );
}

interface ModeBarProps {
  drawing: Drawing;
  onMode: (mode: Mode) => void;
  onRange: (withRange: boolean) => void;
  onZoom: (direction: 1 | -1) => void;
  onCsv: () => void;
}

function ZoomButtons({ onZoom }: Pick<ModeBarProps, 'onZoom'>) {
  const { zoomOut, zoomIn } = texts.history;
  return (
    <>
      <button type="button" class="icon-button" aria-label={zoomOut} title={zoomOut} onClick={() => onZoom(-1)}>
        <Icon name="minus" />
      </button>
      <button type="button" class="icon-button" aria-label={zoomIn} title={zoomIn} onClick={() => onZoom(1)}>
        <Icon name="plus" />
      </button>
    </>
  );
}

export function ModeBar({ drawing: { mode, withRange }, onMode, onRange, onZoom, onCsv }: ModeBarProps) {
  const { history } = texts;
  return (
    <div class="toolbar">
      <Segments
        label={history.drawing}
        choices={MODES.map((known) => [known, history.modes[known]] as const)}
        chosen={mode}
        onChoose={onMode}
      />
      {mode === 'lines' && (
        <label class="check">
          <input type="checkbox" checked={withRange} onChange={({ currentTarget }) => onRange(currentTarget.checked)} />
          {history.range}
        </label>
      )}
      <div class="tools push">
        <ZoomButtons onZoom={onZoom} />
        <button type="button" class="button" title={history.csvTitle} onClick={onCsv}>
          {history.csv}
        </button>
      </div>
    </div>
  );
}
