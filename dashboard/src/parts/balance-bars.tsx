/** Where power comes from and where it goes, to one scale, one bar under the other. */
import { type Balance, balance, type HouseFlows } from '../flow.ts';
import * as format from '../format.ts';
import { texts } from '../texts.ts';

type BalancePart = Balance['sources'][number] | Balance['uses'][number];

interface BarProps {
  title: string;
  parts: readonly BalancePart[];
  total: number;
  /** Whether it is where power goes: what leaves the house, or is stored, is hatched. */
  isUse?: boolean;
}

function Bar({ title, parts, total, isUse = false }: BarProps) {
  const look = (name: BalancePart[0]) => (isUse && (name === 'battery' || name === 'grid') ? `${name} away` : name);
  return (
    <div class="balance-row">
      <span class="balance-title">{title}</span>
      <div class="balance-bar" aria-hidden="true">
        {parts.map(([name, watts]) => (
          <div key={name} class={`part ${look(name)}`} style={{ width: `${(watts / total) * 100}%` }} />
        ))}
      </div>
      <ul class="balance-list">
        {parts.map(([name, watts]) => (
          <li key={name} title={name === 'other' ? texts.flow.otherTitle : undefined}>
            <span class={`swatch ${look(name)}`} aria-hidden="true" />
            {texts.things[name]} <b>{format.text(format.power(watts))}</b>
          </li>
        ))}
        {parts.length === 0 && <li>{texts.flow.nothing}</li>}
      </ul>
    </div>
  );
}

export function BalanceBars({ flows }: { flows: HouseFlows }) {
  const known = balance(flows);
  if (known === null) return null;
  return (
    <div class="balance">
      <Bar title={texts.flow.from} parts={known.sources} total={known.total} />
      <Bar title={texts.flow.to} parts={known.uses} total={known.total} isUse />
    </div>
  );
}
