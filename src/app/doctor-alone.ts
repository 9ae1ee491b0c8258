/**
 * The doctor where no server runs: what is kept, and the surroundings. It opens nothing for writing.
 */
import type { Config } from '../config/load.ts';
import { examine } from '../doctor/examine.ts';
import { type BatteryFacts, type DoctorFacts, type PortFacts, withoutAddresses } from '../doctor/facts.ts';
import type { Finding } from '../doctor/finding.ts';
import { isPortTaken } from '../doctor/gather/port.ts';
import { type Outside, Surroundings } from '../doctor/gather/surroundings.ts';
import { thisMachine } from '../doctor/gather/this-machine.ts';
import type { ClockEpoch } from '../model.ts';
import { Calendar } from '../store/energy/calendar.ts';
import type { Owner, StoreReader } from '../store/reader.ts';
import { readerSource } from '../store/reader-source.ts';
import { StoreError } from '../store/store.ts';
import { namelessOf } from '../web/query/nameless.ts';
import { placeFrom } from './backups.ts';
import { listenedOn, type ShownFindings, visitsOf } from './doctor.ts';
import { readContact } from './server-file.ts';
import { version } from './version.ts';

/** The owner waits for the check of the database, ms. */
const CHECK_MS = 60_000;
/** More are not looked at. */
const MOST_BATTERIES = 20;
const DAY_MS = 86_400_000;

/** @param wallMs the wall clock, Unix ms */
export async function findingsAlone(
  config: Config,
  shown: ShownFindings,
  wallMs: () => number,
  outside: Outside = thisMachine(config.data, CHECK_MS),
): Promise<Finding[]> {
  const surroundings = new Surroundings(config.data, outside);
  try {
    const facts = await factsAlone(config, surroundings, wallMs);
    if (shown === 'all') return examine(facts);
    return examine(withoutAddresses(facts, shown === 'own' ? 'peers' : 'all'));
  } finally {
    surroundings.stop();
  }
}

async function factsAlone(config: Config, surroundings: Surroundings, wallMs: () => number): Promise<DoctorFacts> {
  const { battery, data: folder, time_zone: timeZone } = config;
  const { addresses, machine, names, kernel, data } = await surroundings.look();
  const kept = await keptIn(config, wallMs());
  return {
    nowMs: wallMs(),
    startedMs: null,
    machine,
    port: {
      state: await portState(folder, battery.listen),
      on: listenedOn(battery.listen.host, addresses),
      port: battery.listen.port,
    },
    names,
    visits: kept.visits,
    batteries: kept.batteries,
    serverClock: { kernel, doubt: null },
    data,
    outputs: null,
    timeZone,
    software: { version: version(), node: process.versions.node },
  };
}

async function portState(folder: string, listen: { host: string; port: number }): Promise<PortFacts['state']> {
  if (!(await isPortTaken(listen))) return 'free';
  return readContact(folder) === null ? 'taken' : 'silent';
}

type KeptFacts = Pick<DoctorFacts, 'batteries' | 'visits'>;

/** Nothing where it cannot be read: why, the check of the database says. */
async function keptIn(config: Config, nowMs: number): Promise<KeptFacts> {
  let reader: StoreReader | null = null;
  try {
    reader = await readerSource(placeFrom(config)).openReader();
    const owners = (await reader.owners()).slice(0, MOST_BATTERIES);
    const batteries: BatteryFacts[] = [];
    for (const owner of owners) batteries.push(await batteryFacts(reader, owner, config, nowMs));
    return { batteries, visits: visitsOf(await namelessOf(reader, { fromMs: nowMs - DAY_MS, toMs: nowMs })) };
  } catch (error) {
    if (error instanceof StoreError) return { batteries: [], visits: [] };
    throw error;
  } finally {
    await reader?.close();
  }
}

async function batteryFacts(reader: StoreReader, { id }: Owner, config: Config, nowMs: number): Promise<BatteryFacts> {
  const newest = await reader.newest('live', id);
  let known: ClockEpoch | null = null;
  for await (const epoch of reader.epochs({ battery: id, newest: 1 })) known = epoch;
  const house = new Calendar(config.time_zone).offsetSeconds(Math.floor(nowMs / 1000));
  return {
    name: config.battery.names[id] ?? id,
    connected: false,
    delivers: false,
    lastReadingMs: newest?.receivedMs ?? null,
    aheadSeconds: known === null ? null : known.offsetSeconds - house,
    isClockUnconfirmed: known?.unconfirmed === true,
  };
}
