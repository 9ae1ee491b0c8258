/** A battery's clock: how far it is off, how it drifts, and both over time. */
import { useMemo } from 'preact/hooks';
import { api } from '../api.ts';
import { clockPicture } from '../clock-line.ts';
import * as format from '../format.ts';
import { rem } from '../plot.ts';
import { useResource } from '../resource.ts';
import { now, zone } from '../store.ts';
import { texts } from '../texts.ts';
import type { Epoch, ShownBattery } from '../types.ts';
import { Chart } from './chart.tsx';
import { Facts, Panel, waitingFor } from './small.tsx';

const HEIGHT_REM = 8.75;
const DAY = 86_400;
const NOWHERE = { peek: () => null };

function ClockLine({ epochs }: { epochs: readonly Epoch[] }) {
  const picture = useMemo(() => clockPicture(epochs, now.peek()), [epochs]);
  return (
    <>
      <h3>{texts.system.clockLine}</h3>
      <Chart
        picture={picture}
        look={{
          height: rem(HEIGHT_REM),
          zone: zone.value,
          label: (value, stepSize) => `${format.decimal(value, format.decimalsFor(stepSize))}\u00a0s`,
          range: 'fitting',
          group: 'clock',
          emptyTop: 1,
          pieceStyle: 'time',
          onCursor: () => {},
          onSelect: () => {},
        }}
        label={texts.system.clockLine}
        at={NOWHERE}
      />
    </>
  );
}

function driftText(ppm: number): string {
  const perDay = (ppm * DAY) / 1e6;
  const day = `${perDay < 0 ? '' : '+'}${format.decimal(perDay, 1)}\u00a0${texts.units.second}`;
  return texts.system.driftPpm(`${ppm < 0 ? '' : '+'}${format.decimal(ppm, 1)}`, day);
}

export function ClockPanel({ battery }: { battery: ShownBattery }) {
  const { system } = texts;
  const key = `clock ${battery.id} ${battery.clock?.offset_seconds}`;
  const loaded = useResource(key, (signal) => api.clock(battery.id, signal));
  const { clock } = battery;
  return (
    <Panel title={system.clockOf(battery.name)} class="clock">
      {clock === null ? (
        <p class="quiet">{system.notSettled}</p>
      ) : (
        <Facts
          rows={[
            [system.ahead, format.signedDuration(clock.ahead_of_house_seconds)],
            [system.offset, format.signedDuration(clock.offset_seconds)],
            [system.drift, clock.settled ? driftText(clock.drift_ppm) : system.notSettled],
            ...(clock.unconfirmed ? [system.unconfirmed] : []),
          ]}
        />
      )}
      {waitingFor(loaded) ?? (loaded.data !== null && loaded.data.length > 0 && <ClockLine epochs={loaded.data} />)}
    </Panel>
  );
}
