/** The state of charge on a scale with its reserve, and when it will be full or down to it. */
import * as format from '../format.ts';
import { type Outlook, outlook } from '../outlook.ts';
import { now, zone } from '../store.ts';
import { texts } from '../texts.ts';
import { Amount, Panel } from './small.tsx';

const SCALE = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
const NAMED = new Set([0, 50, 100]);
const DAY = 86_400;

export interface ChargeProps {
  /** Percent. */
  soc: number | null;
  /** + discharging; the mean of the last minutes. */
  watts: number | null;
  capacity: number | null;
  reserve: number | null;
  /** Whether it is no longer of now. */
  isOld: boolean;
}

function whenText(seconds: number): string {
  const at = now.value + seconds;
  return format.clockTime(at, zone.value, seconds > DAY / 2 ? 'weekdayTime' : 'time');
}

function outlookText(found: Outlook | null, { watts, capacity, soc }: ChargeProps): string {
  if (soc === null) return '';
  if (watts === null) return '';
  if (found === null) return capacity === null ? texts.charge.unknownCapacity : texts.charge.idle;
  if (found.seconds === null) return texts.charge.far;
  // To the minute would promise too much.
  const rounded = Math.max(60, Math.round(found.seconds / 300) * 300);
  const parts = [format.duration(rounded), whenText(rounded)] as const;
  if (found.towards === 'full') return texts.charge.full(...parts);
  const percent = format.text(format.percent(found.targetPercent / 100));
  return found.targetKnown ? texts.charge.toReserve(percent, ...parts) : texts.charge.toTen(percent, ...parts);
}

function Scale({ soc, reserve }: { soc: number; reserve: number | null }) {
  return (
    <div class="scale" aria-hidden="true">
      <div class="scale-track">
        <div class="scale-fill" style={{ width: `${Math.min(100, Math.max(0, soc))}%` }} />
        {reserve !== null && <div class="scale-reserve" style={{ left: `${reserve}%` }} />}
      </div>
      <div class="scale-marks">
        {SCALE.map((mark) => (
          <span key={mark} class={NAMED.has(mark) ? 'mark named' : 'mark'} style={{ left: `${mark}%` }}>
            {NAMED.has(mark) ? mark : ''}
          </span>
        ))}
      </div>
    </div>
  );
}

export function Charge(props: ChargeProps) {
  const { soc, watts, capacity, reserve, isOld } = props;
  const held = soc === null || capacity === null ? null : (soc / 100) * capacity;
  const found = outlook(soc, watts, { capacity, reserve });
  return (
    <Panel title={texts.charge.title} class={isOld ? 'charge old' : 'charge'}>
      <div class="charge-head">
        <div class="charge-number">
          <Amount of={{ number: soc === null ? format.NOTHING : format.decimal(soc, 1), unit: '%' }} />
        </div>
        <div class="charge-words">
          {held !== null && capacity !== null && (
            <p>
              {texts.charge.ofCapacity(
                format.text({ number: format.decimal(held, 1), unit: 'kWh' }),
                format.text({ number: format.decimal(capacity, 1), unit: 'kWh' }),
              )}
            </p>
          )}
          {reserve !== null && (
            <p class="reserve-word">{texts.charge.reserve(format.text(format.percent(reserve / 100)))}</p>
          )}
        </div>
      </div>
      {soc !== null && <Scale soc={soc} reserve={reserve} />}
      <p class="charge-outlook">{outlookText(found, props)}</p>
    </Panel>
  );
}
