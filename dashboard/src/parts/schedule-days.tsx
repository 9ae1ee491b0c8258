/** Today and tomorrow as bars: what is planned, and what electricity costs. */
import * as format from '../format.ts';
import { scheduleTexts as words } from '../schedule-texts.ts';
import { type DayBar, dayBar, rangeOf, verbText } from '../schedules.ts';
import { now, zone } from '../store.ts';
import type { PricesOnPage, SchedulesOnPage } from '../types.ts';

const [WIDTH, VERBS, HEIGHT] = [1000, 24, 64];
/** Between what is planned and prices. */
const GAP = 4;
const MARKS = [0, 0.25, 0.5, 0.75, 1];

export function priceText(price: number, currency: string): string {
  return format.text({ number: format.decimal(price, 3), unit: words.price(currency) });
}

function Picture({ bar, label }: { bar: DayBar; label: string }) {
  const room = HEIGHT - VERBS - GAP;
  const at = (now.value - bar.from) / (bar.to - bar.from);
  return (
    <svg
      class="schedule-bar"
      viewBox={`0 0 ${WIDTH} ${bar.prices.length > 0 ? HEIGHT : VERBS}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <rect class="schedule-empty" width={WIDTH} height={VERBS} />
      {bar.verbs.map(({ left, width, verb }) => (
        <rect key={left} class={`schedule-${verb}`} x={left * WIDTH} width={width * WIDTH} height={VERBS} />
      ))}
      {bar.prices.map(({ left, width, foot, height }) => (
        <rect
          key={left}
          class="schedule-price"
          x={left * WIDTH}
          width={width * WIDTH}
          y={HEIGHT - (foot + height) * room}
          height={Math.max(0.5, height * room)}
        />
      ))}
      {at >= 0 && at <= 1 && <rect class="schedule-now" x={at * WIDTH - 1.5} width={3} height={HEIGHT} />}
    </svg>
  );
}

function Day({ name, later, plan, prices }: DaysProps & { name: string; later: number }) {
  const bar = dayBar(plan, prices?.prices ?? [], { now: now.value, zone: zone.value, later });
  const clock = (share: number) => format.clockTime(bar.from + share * (bar.to - bar.from), zone.value, 'time');
  const spans = bar.verbs.map(
    ({ left, width, verb, by }) => `${clock(left)}–${clock(left + width)} ${verbText(verb, null)} (${by})`,
  );
  const { least, most } = rangeOf(prices?.prices ?? []);
  const costs =
    prices === null || bar.prices.length === 0
      ? ''
      : `; ${words.prices.picture(priceText(least, prices.currency), priceText(most, prices.currency))}`;
  return (
    <div class="schedule-day">
      <h3>{name}</h3>
      <Picture bar={bar} label={words.day(name, spans.join(', ')) + costs} />
      <p class="schedule-marks" aria-hidden="true">
        {MARKS.map((share) => (
          <span key={share}>{clock(share)}</span>
        ))}
      </p>
    </div>
  );
}

interface DaysProps {
  plan: SchedulesOnPage['plan'];
  prices: PricesOnPage | null;
}

export function ScheduleDays(props: DaysProps) {
  return (
    <div class="schedule-days">
      <Day {...props} name={words.today} later={0} />
      <Day {...props} name={words.tomorrow} later={1} />
    </div>
  );
}
