/**
 * Days that a server and a simulated battery have spent together, in a few seconds: both take their time as an argument, so
 * it is made for them, and what the server would have kept is kept.
 */
import type { Instant } from '../../src/model.ts';
import { FormBook } from '../../src/protocol/body/wire-form.ts';
import { Batteries } from '../../src/session/batteries.ts';
import type { Output } from '../../src/session/output.ts';
import { Session } from '../../src/session/session.ts';
import { SimulatedBattery } from '../../src/simulator/battery/battery.ts';
import type { SimulatedBatteryOptions, SimulatedOutgoing } from '../../src/simulator/battery/options.ts';
import { recall } from '../../src/simulator/battery/recall.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

/** Rows that are put in their place together. */
const BATCH = 2000;

export interface Past {
  readonly folder: string;
  readonly zone: string;
  /** When it begins, with all that it remembers from before. */
  readonly battery: SimulatedBatteryOptions;
  readonly days: number;
}

export function spend({ folder, zone, battery: options, days }: Past): void {
  const store = SqliteStore.open({ folder, timeZone: zone });
  const batteries = new Batteries(1);
  const forms = new FormBook();
  const instant = (ms: number): Instant => ({ wallMs: options.startMs + ms, monoMs: ms });
  const keep = keeper(store);
  const teller = new Session({ connection: store.nextConnection(), batteries, forms }, instant(0));
  for (const frame of recall(options)) keep(teller.receive(frame, instant(0)));
  keep(teller.ended(instant(0)));
  const battery = new SimulatedBattery(options);
  const session = new Session({ connection: store.nextConnection(), batteries, forms }, instant(0));
  const talk = (outgoing: readonly SimulatedOutgoing[], ms: number): void => {
    for (const item of outgoing) {
      if (item.type !== 'send') continue;
      const outputs = session.receive(item.bytes, instant(ms));
      keep(outputs);
      for (const frame of framesOf(outputs)) talk(battery.receive(frame, instant(ms)), ms);
    }
  };
  talk(battery.connected(instant(0)), 0);
  for (let ms = battery.deadline; ms < days * 86_400_000; ms = battery.deadline) talk(battery.wake(instant(ms)), ms);
  keep(session.ended(instant(days * 86_400_000)));
  store.close();
}

function framesOf(outputs: readonly Output[]): Uint8Array[] {
  return outputs.flatMap((output) => (output.type === 'reply' || output.type === 'order' ? [output.frame] : []));
}

/** Commits, and puts in its place what was, so that closing the store need not. */
function keeper(store: SqliteStore): (outputs: readonly Output[]) => void {
  return (outputs) => {
    const records = outputs.flatMap((output) => (output.type === 'record' ? [output.record] : []));
    if (records.length === 0) return;
    store.commit(records);
    if (store.backlog.rows >= BATCH) while (store.fold(BATCH));
  };
}
