/** What the house does now, what it did today, and whether everything is well. */
import { ENERGIES, type ShownEnergies, total } from '../energy.ts';
import { flowsOfBatteries, type HouseFlows, heldSince, sumKnown } from '../flow.ts';
import * as format from '../format.ts';
import { dayStart } from '../house-time.ts';
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

const REFRESH_SECONDS = 60;
/** Nine readings missed: what is drawn is no longer now. */
const OLD_SECONDS = 90;
const NO_ENERGIES = Object.fromEntries(ENERGIES.map((name) => [name, null])) as ShownEnergies;

/** How old what is shown is; null: nothing ever came. */
function ageNow(): number | null {
  const last = lastDataAt();
  return last === null ? null : now.value - last;
}

function isOldNow(): boolean {
  const age = ageNow();
  return age === null || age > OLD_SECONDS || link.value.state === 'gone';
}

function PowerNow({ flows }: { flows: HouseFlows }) {
  const age = ageNow();
  const isOld = isOldNow();
  const held = heldSince(chosen.value);
  return (
    <Panel title={texts.flow.title} class="power-now">
      <FlowDiagram flows={flows} isOld={isOld} />
      {age !== null && age > OLD_SECONDS && <p class="old-note">{texts.flow.old(texts.ago(format.duration(age)))}</p>}
      {!isOld && held !== null && (
        <p class="old-note">{texts.flow.held(texts.ago(format.duration(now.value - held)))}</p>
      )}
      {!isOld && <BalanceBars flows={flows} />}
      <p class="note">
        {texts.flow.signs} {flows.loadIncludesLosses && texts.flow.customary}
      </p>
    </Panel>
  );
}

function ChargeNow({ soc }: { soc: number | null }) {
  const shown = chosen.value;
  // Told of changes, though read through the function.
  void facts.value;
  const known = shown.map(({ id }) => factsOfBattery(id));
  const reserves = new Set(known.map(({ reserve }) => reserve));
  const [reserve] = reserves;
  return (
    <Charge
      soc={soc}
      watts={isOldNow() ? null : sumKnown(shown.map(({ id }) => meanBatteryPower(id)))}
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
  const energies = loaded.data === null ? NO_ENERGIES : total(loaded.data);
  return (
    <Panel title={texts.today.title} class="today">
      {waitingFor(loaded) ?? (
        <>
          <Shares energies={energies} />
          <EnergyTable energies={energies} />
        </>
      )}
    </Panel>
  );
}

export default function NowView() {
  const flows = flowsOfBatteries(chosen.value, (id) => facts.value.get(id)?.capacity ?? null);
  return (
    <div class="now">
      <div class="status-line">
        <Wellness />
        <Freshness />
      </div>
      <PowerNow flows={flows} />
      <ChargeNow soc={flows.soc} />
      <Today />
      <DayStrip />
    </div>
  );
}
