/** What the house does now, what it did today, and whether everything is well. */
import { total } from '../energy.ts';
import { flowsOfBatteries, type HouseFlows, heldSince, living, OLD_SECONDS, sumKnown } from '../flow.ts';
import * as format from '../format.ts';
import { dayStart, secondsOf } from '../house-time.ts';
import { loadEnergy } from '../loaders.ts';
import { BalanceBars } from '../parts/balance-bars.tsx';
import { Charge } from '../parts/charge.tsx';
import { DayStrip } from '../parts/day-strip.tsx';
import { EnergyTable, Shares } from '../parts/energy-table.tsx';
import { FlowDiagram } from '../parts/flow-diagram.tsx';
import { Panel, waitingFor } from '../parts/small.tsx';
import { Freshness, lastDataAt, Wellness } from '../parts/status.tsx';
import { useResource } from '../resource.ts';
import { chosen, chosenKey, facts, factsOfBattery, link, meanBatteryPower, now, zone } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownBattery } from '../types.ts';

const REFRESH_SECONDS = 60;

interface ShownProps {
  /** Those whose values are shown, or are added up. */
  readonly shown: readonly ShownBattery[];
  readonly flows: HouseFlows;
}

/** How old what is shown is; null: nothing ever came. */
function ageOf(shown: readonly ShownBattery[]): number | null {
  const last = lastDataAt(shown);
  return last === null ? null : now.value - last;
}

function areOld(shown: readonly ShownBattery[]): boolean {
  const age = ageOf(shown);
  return age === null || age > OLD_SECONDS || link.value.state === 'gone';
}

/** Which batteries are not in the sum, and since when. */
function Missing({ shown }: { shown: readonly ShownBattery[] }) {
  const missing = chosen.value.filter((battery) => !shown.includes(battery));
  if (missing.length === 0) return null;
  const names = missing.map(({ name, last_reading_at: last }) =>
    texts.flow.without(name, last === null ? null : texts.ago(format.duration(now.value - secondsOf(last)))),
  );
  return <p class="old-note missing">{texts.flow.missing(names)}</p>;
}

function PowerNow({ shown, flows }: ShownProps) {
  const age = ageOf(shown);
  const isOld = areOld(shown);
  const held = heldSince(shown);
  return (
    <Panel title={texts.flow.title} class="power-now">
      <FlowDiagram flows={flows} isOld={isOld} />
      <Missing shown={shown} />
      {age !== null && age > OLD_SECONDS && <p class="old-note">{texts.flow.old(texts.ago(format.duration(age)))}</p>}
      {!isOld && held !== null && (
        <p class="old-note">{texts.flow.held(texts.ago(format.duration(now.value - held)))}</p>
      )}
    </Panel>
  );
}

function BalanceNow({ shown, flows }: ShownProps) {
  if (areOld(shown)) return null;
  return (
    <Panel title={texts.flow.balance} class="balance-now">
      <BalanceBars flows={flows} />
      {flows.loadIncludesLosses && <p class="note">{texts.flow.customary}</p>}
    </Panel>
  );
}

function ChargeNow({ shown, flows: { soc } }: ShownProps) {
  // Told of changes, though read through the function.
  void facts.value;
  const known = shown.map(({ id }) => factsOfBattery(id));
  const isOld = areOld(shown);
  const reserves = new Set(known.map(({ reserve }) => reserve));
  const [reserve] = reserves;
  return (
    <Charge
      soc={soc}
      isOld={isOld}
      watts={isOld ? null : sumKnown(shown.map(({ id }) => meanBatteryPower(id)))}
      capacity={sumKnown(known.map(({ capacity }) => capacity))}
      reserve={reserves.size === 1 ? (reserve ?? null) : null}
    />
  );
}

function Today() {
  const from = dayStart(now.value, zone.value);
  const to = dayStart(now.value, zone.value, 1);
  const loaded = useResource(
    `${chosenKey.value} ${from}`,
    (signal) => loadEnergy(chosen.peek(), from, to, 'day', signal),
    REFRESH_SECONDS,
  );
  const buckets = loaded.data ?? [];
  return (
    <Panel title={texts.today.title} class="today" aside={<span class="of-all">{texts.units.energy}</span>}>
      {waitingFor(loaded) ?? (
        <>
          <Shares energies={total(buckets)} />
          <EnergyTable buckets={buckets} />
        </>
      )}
    </Panel>
  );
}

export default function NowView() {
  const shown = living(chosen.value, now.value);
  const flows = flowsOfBatteries(shown, (id) => facts.value.get(id)?.capacity ?? null);
  return (
    <div class="now">
      <div class="status-line">
        <Wellness />
        <Freshness />
      </div>
      <PowerNow shown={shown} flows={flows} />
      <ChargeNow shown={shown} flows={flows} />
      <Today />
      <BalanceNow shown={shown} flows={flows} />
      <DayStrip />
    </div>
  );
}
