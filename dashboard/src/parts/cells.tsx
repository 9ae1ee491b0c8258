/** The lowest and the highest of the cells, where they are, and what lies between them. */
import { numberOf } from '../flow.ts';
import * as format from '../format.ts';
import { fields } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownValues } from '../types.ts';
import { Amount, Panel } from './small.tsx';

function place(values: ShownValues, base: string, part: 'cell' | 'sensor'): string {
  const [pack, number] = [numberOf(values, `${base}_pack`), numberOf(values, `${base}_${part}`)];
  if (pack === null || number === null) return '';
  return part === 'cell'
    ? texts.battery.where(String(pack), String(number))
    : texts.battery.whereSensor(String(pack), String(number));
}

function Extreme({ title, amount, where }: { title: string; amount: format.Quantity; where: string }) {
  return (
    <div class="extreme">
      <span class="extreme-title">{title}</span>
      <span class="extreme-number">
        <Amount of={amount} />
      </span>
      <span class="extreme-where">{where}</span>
    </div>
  );
}

export function Cells({ values }: { values: ShownValues }) {
  const { battery } = texts;
  const amount = (name: string) => format.quantity(fields.value.get(name) ?? { unit: '' }, values[name]);
  const extreme = (title: string, name: string, part: 'cell' | 'sensor') => (
    <Extreme title={title} amount={amount(name)} where={place(values, name, part)} />
  );
  const coldest = numberOf(values, 'cell_temp_min');
  const hottest = numberOf(values, 'cell_temp_max');
  const between = coldest === null || hottest === null ? null : hottest - coldest;
  return (
    <Panel title={battery.cells} class="cells">
      <div class="extremes">
        {extreme(battery.lowest, 'cell_voltage_min', 'cell')}
        {extreme(battery.highest, 'cell_voltage_max', 'cell')}
        <Extreme title={battery.spread} amount={amount('cell_voltage_delta')} where="" />
        {extreme(battery.coldest, 'cell_temp_min', 'sensor')}
        {extreme(battery.hottest, 'cell_temp_max', 'sensor')}
        <Extreme title={battery.spread} amount={{ ...format.quantity({ unit: '°C' }, between), unit: 'K' }} where="" />
      </div>
    </Panel>
  );
}
