/** Energies as figures and bars to one scale, and the two shares. */
import { type EnergyName, losses, type ShownEnergies, selfSufficiency, selfUse, total } from '../energy.ts';
import * as format from '../format.ts';
import { texts } from '../texts.ts';
import type { EnergyBucket } from '../types.ts';
import { Amount } from './small.tsx';

const ROWS: readonly (readonly [EnergyName, string])[] = [
  ['pv_energy', 'pv'],
  ['load_energy', 'load'],
  ['grid_import_energy', 'grid'],
  ['grid_export_energy', 'grid away'],
  ['battery_charge_energy', 'battery away'],
  ['grid_charge_energy', 'grid part-of'],
  ['battery_discharge_energy', 'battery'],
];

/** kWh: less is not worth a row. */
const LEAST_TOLD = { gridCharge: 0.05, losses: 0.005 };

interface RowProps {
  name: EnergyName | 'losses';
  look: string;
  value: number | null;
  most: number;
  title?: string;
  quantity: (value: number | null) => format.Quantity;
}

function Row({ name, look, value, most, title, quantity }: RowProps) {
  return (
    <tr class={look} title={title}>
      <th scope="row">
        <span class={`swatch ${look}`} aria-hidden="true" />
        {texts.today.names[name]}
      </th>
      <td class="bar-cell" aria-hidden="true">
        {value !== null && value > 0 && <div class={`bar ${look}`} style={{ width: `${(100 * value) / most}%` }} />}
      </td>
      <td class="figure">
        <Amount of={quantity(value)} />
      </td>
    </tr>
  );
}

export function EnergyTable({ buckets }: { buckets: readonly EnergyBucket[] }) {
  const energies = total(buckets);
  const lost = losses(buckets);
  const most = Math.max(0, ...ROWS.map(([name]) => energies[name] ?? 0));
  const quantity = format.alike(format.energy, [most]);
  return (
    <table class="energies">
      <tbody>
        {ROWS.map(([name, look]) => {
          const value = energies[name];
          // Most houses never charge from the grid.
          if (name === 'grid_charge_energy' && (value === null || value < LEAST_TOLD.gridCharge)) return null;
          return <Row key={name} name={name} look={look} value={value} most={most} quantity={quantity} />;
        })}
        {lost !== null && Math.abs(lost) >= LEAST_TOLD.losses && (
          <Row
            name="losses"
            look="other"
            value={lost}
            most={most}
            title={texts.today.lossesTitle}
            quantity={quantity}
          />
        )}
      </tbody>
    </table>
  );
}

function Share({ name, title, share }: { name: string; title: string; share: number | null }) {
  return (
    <div class="share" title={title}>
      <span class="share-name">{name}</span>
      <span class="share-number">
        <Amount of={format.percent(share)} />
      </span>
      <div class="share-track" aria-hidden="true">
        <div class="share-fill" style={{ width: `${(share ?? 0) * 100}%` }} />
      </div>
    </div>
  );
}

export function Shares({ energies }: { energies: ShownEnergies }) {
  const { today } = texts;
  return (
    <div class="shares">
      <Share name={today.selfSufficiency} title={today.selfSufficiencyTitle} share={selfSufficiency(energies)} />
      <Share name={today.selfUse} title={today.selfUseTitle} share={selfUse(energies)} />
    </div>
  );
}
