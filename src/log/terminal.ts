/**
 * What the server says on a terminal: one aligned line per reading, event or problem. Text in, text out.
 */
import type { Value } from '../model.ts';
import { visible } from '../privacy/visible.ts';

const ESC = '\u001b[';
const RESET = `${ESC}0m`;

/** One colour per thing, everywhere the same: sun amber, battery green, grid blue, house neutral, red for warnings only. */
const COLOURS = { sun: '33', battery: '32', grid: '34', house: '39', warning: '31', quiet: '2' } as const;
export type Colour = keyof typeof COLOURS;

/** Paints text, or leaves it plain where the output takes no colour. */
export type Painter = (colour: Colour, text: string) => string;

export const painted: Painter = (colour, text) => `${ESC}${COLOURS[colour]}m${text}${RESET}`;
export const plain: Painter = (_colour, text) => text;

/** What a live line shows. Powers in W with the signs of the field table, charge in %. */
export interface LiveView {
  readonly time: string;
  readonly battery: string;
  readonly pv: Value;
  readonly grid: Value;
  readonly batteryPower: Value;
  readonly load: Value;
  readonly soc: Value;
}

const NAME_WIDTH = 10;
const POWER_WIDTH = 8;
const DIRECTION_WIDTH = 11;
/** Less is noise of the meter, and no flow. */
const IDLE_WATTS = 10;

/** `11:00:35  b3f1c2      PV  5,995 W  grid  3,500 W out  battery  1,848 W charging     load    347 W   62.4 %` */
export function liveLine(view: LiveView, paint: Painter): string {
  return [
    `${paint('quiet', view.time)}  ${fit(view.battery, NAME_WIDTH)}`,
    paint('sun', `PV ${watts(view.pv)}`),
    paint('grid', `grid ${flow(view.grid, 'in', 'out', 3)}`),
    paint('battery', `battery ${flow(view.batteryPower, 'discharging', 'charging', DIRECTION_WIDTH)}`),
    paint('house', `load ${watts(view.load)}`),
    paint('battery', `${percent(view.soc)}`),
  ].join('  ');
}

/** `11:00:40  b3f1c2      lost the connection to the server` */
export function noteLine(time: string, battery: string, text: string, warning: boolean, paint: Painter): string {
  const line = visible(text);
  return `${paint('quiet', time)}  ${fit(battery, NAME_WIDTH)}  ${warning ? paint('warning', line) : line}`;
}

function fit(text: string, width: number): string {
  const line = visible(text);
  return line.length > width ? `${line.slice(0, width - 1)}…` : line.padEnd(width);
}

function watts(value: Value): string {
  // Adding 0 takes the minus from a rounded −0.3.
  const text = typeof value === 'number' ? `${(Math.round(value) + 0).toLocaleString('en-US')} W` : '– W';
  return text.padStart(POWER_WIDTH);
}

/** A signed power as its size and its direction in words. */
function flow(value: Value, positive: string, negative: string, width: number): string {
  if (typeof value !== 'number') return `${watts(null)} ${''.padEnd(width)}`;
  const direction = Math.abs(value) < IDLE_WATTS ? 'idle' : value > 0 ? positive : negative;
  return `${watts(Math.abs(value))} ${(direction === 'idle' && width < 4 ? '' : direction).padEnd(width)}`;
}

function percent(value: Value): string {
  return (typeof value === 'number' ? `${value.toFixed(1)} %` : '– %').padStart(7);
}
