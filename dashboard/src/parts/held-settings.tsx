/** What the vendor wants to change and may not by itself, and the owner's word on it. */
import { useState } from 'preact/hooks';
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { now, session } from '../store.ts';
import { texts } from '../texts.ts';
import type { DecisionOnVendor, HeldSettings, ShownBattery } from '../types.ts';
import { Panel, TableHead } from './small.tsx';

type HeldDifference = HeldSettings['differences'][number];

function shownValue({ private: isPrivate }: HeldDifference, value: string | null, absent: string): string {
  if (isPrivate) return texts.vendor.private;
  return value ?? absent;
}

export function Differences({ of }: { of: readonly HeldDifference[] }) {
  const { vendor } = texts;
  const { setting, from, to } = vendor.change;
  return (
    <div class="vendor-table">
      <table class="held-settings">
        <TableHead titles={[setting, from, to]} />
        <tbody>
          {of.map((difference) => (
            <tr key={difference.key}>
              <td>
                {difference.title ?? difference.key} <span class="mono quiet">{difference.key}</span>{' '}
                {difference.owner === 'guarded' && <strong class="failed">{vendor.dangerous}</strong>}
              </td>
              <td class="mono">{shownValue(difference, difference.from, vendor.unknown)}</td>
              <td class="mono">{shownValue(difference, difference.to, vendor.leftOut)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** For who may decide. What is dangerous needs the id of the battery, typed. */
function Decision({ battery, finding, decided }: { battery: string; finding: string; decided: () => void }) {
  const { vendor } = texts;
  const [failure, setFailure] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  if (session.value?.role !== 'control') return null;
  const isGuarded = finding === 'guarded';
  const decide = (decision: DecisionOnVendor) => {
    setFailure(null);
    api.decideOnVendor(battery, decision).then(decided, (error: Error) => setFailure(error.message));
  };
  return (
    <div class="held-decision">
      {isGuarded && (
        <label>
          {vendor.typed(battery)}{' '}
          <input type="text" value={typed} onInput={({ currentTarget }) => setTyped(currentTarget.value)} />
        </label>
      )}
      <p>
        <button
          type="button"
          class="button"
          disabled={isGuarded && typed !== battery}
          onClick={() => decide({ action: 'allow', ...(isGuarded ? { confirm: typed } : {}) })}
        >
          {vendor.allow}
        </button>{' '}
        <button type="button" class="button" onClick={() => decide({ action: 'refuse' })}>
          {vendor.refuse}
        </button>
      </p>
      {failure !== null && <p class="failed">{vendor.failed(failure)}</p>}
    </div>
  );
}

interface HeldProps {
  battery: ShownBattery;
  of: HeldSettings;
  decided: () => void;
}

export function HeldPanel({ battery, of, decided }: HeldProps) {
  const { vendor } = texts;
  const why = vendor.findings[of.finding];
  return (
    <Panel title={vendor.held(battery.name)} class="held">
      <p class="note">{vendor.heldSince(texts.ago(format.duration(now.value - secondsOf(of.since))))}</p>
      {why !== undefined && <p class="note">{why}</p>}
      {of.differences.length > 0 && <Differences of={of.differences} />}
      {of.unconfirmed.length > 0 && (
        <p class="note">
          {vendor.alone}: <span class="mono">{of.unconfirmed.join(', ')}</span>
        </p>
      )}
      <Decision battery={battery.id} finding={of.finding} decided={decided} />
    </Panel>
  );
}
