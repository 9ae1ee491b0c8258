/** The values at the crosshair, or of the whole span; each is also the switch of its line. */
import { NOTHING, type Quantity, text } from '../format.ts';
import type { PictureLine } from '../picture.ts';
import type { SeriesColumn } from '../series.ts';
import { texts } from '../texts.ts';
import { Amount } from './small.tsx';

export interface ValueProps {
  /** All lines, the hidden ones too. */
  lines: readonly (PictureLine & { readonly name: string })[];
  hidden: ReadonlySet<string>;
  onToggle?: (key: string) => void;
  at: number | null;
  when: string;
  /** Of the whole span. */
  summary: (line: PictureLine) => number | null;
  quantity: (value: number | null) => Quantity;
  /** Of least and greatest: powers, where `quantity` may be of energies. */
  rangeQuantity: (value: number | null) => Quantity;
}

function KeyMark({ line }: { line: PictureLine }) {
  if (line.form !== 'line')
    return <span class={`swatch ${line.thing} ${line.away ? 'away' : ''}`} aria-hidden="true" />;
  return (
    <svg class={`key-line ${line.thing}`} viewBox="0 0 26 12" aria-hidden="true">
      <line
        x1="0"
        y1="6"
        x2="26"
        y2="6"
        stroke-width={line.thick ? 3 : 2}
        stroke-dasharray={line.dash?.join(' ') ?? ''}
      />
    </svg>
  );
}

function edgeOf(column: SeriesColumn, at: number | null, pick: (...values: number[]) => number): number | null {
  if (at !== null) return column[at] ?? null;
  const known = column.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((edge, value) => pick(edge, value));
}

function rangeText({ band }: PictureLine, at: number | null, quantity: ValueProps['quantity']): string {
  if (band === undefined) return '';
  const low = quantity(edgeOf(band.min, at, Math.min));
  const high = quantity(edgeOf(band.max, at, Math.max));
  return low.number === NOTHING ? '' : `${low.unit === high.unit ? low.number : text(low)} … ${text(high)}`;
}

/** For those who hear the crosshair move. */
function spoken(lines: ValueProps['lines'], at: number, quantity: ValueProps['quantity']): string {
  return lines.map((line) => `, ${line.name} ${text(quantity(line.told[at] ?? null))}`).join('');
}

export function ValueList({ lines, hidden, onToggle, at, when, summary, quantity, rangeQuantity }: ValueProps) {
  const withRange = lines.some(({ band }) => band !== undefined);
  return (
    <div class="values">
      <p class="values-when" aria-live="polite">
        {when}
        {at !== null && <span class="unseen">{spoken(lines, at, quantity)}</span>}
      </p>
      <ul>
        {lines.map((line) => (
          <li key={line.key}>
            <button
              type="button"
              aria-pressed={!hidden.has(line.key)}
              title={texts.history.show(line.name)}
              onClick={() => onToggle?.(line.key)}
            >
              <span class="value-name">
                <KeyMark line={line} />
                {line.name}
              </span>
              <span class="value-figure">
                <Amount of={quantity(at === null ? summary(line) : (line.told[at] ?? null))} />
              </span>
              {withRange && <span class="value-range">{rangeText(line, at, rangeQuantity)}</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
