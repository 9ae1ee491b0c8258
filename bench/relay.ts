/**
 * Whether batteries notice what the vendor does: 100 frames a second, relayed to a vendor that hangs and to one that floods, and not relayed, turn and turn about
 * in one run; processor time a frame, and how long replies take.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from './figure.ts';
import { answers, type BenchServer, freePort, processorSeconds, startServer, temporaryFolder } from './process.ts';
import { at, type BenchPeer, batteries, replies } from './replies.ts';

const SECONDS = 6;
const ROUNDS = 5;
const VENDOR = new URL('./vendor-stand-in.ts', import.meta.url).pathname;

type Vendor = 'hanging' | 'flooding';

interface RelayedFleet {
  readonly server: BenchServer;
  readonly peers: readonly BenchPeer[];
  readonly vendor: ChildProcess | null;
  /** Of each round, ms. */
  readonly p99: number[];
  /** Of each round, microseconds of the processor a frame. */
  readonly processor: number[];
}

export async function relay(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const fleets = {
    none: await fleetOf(join(folder.path, 'none'), null),
    hanging: await fleetOf(join(folder.path, 'hanging'), 'hanging'),
    flooding: await fleetOf(join(folder.path, 'flooding'), 'flooding'),
  };
  for (const { peers } of Object.values(fleets)) await replies(peers, 2);
  for (let round = 0; round < ROUNDS; round++) for (const fleet of Object.values(fleets)) await measure(fleet);
  for (const { server, peers, vendor } of Object.values(fleets)) {
    for (const peer of peers) peer.close();
    await server.stop();
    vendor?.kill('SIGKILL');
  }
  folder.remove();
  return (['hanging', 'flooding'] as const).flatMap((how) => figuresOf(how, fleets[how], fleets.none));
}

function figuresOf(how: Vendor, relayed: RelayedFleet, none: RelayedFleet): Figure[] {
  const ratios = (of: 'p99' | 'processor') => relayed[of].map((value, round) => value / (none[of][round] as number));
  const medians = (of: 'p99' | 'processor', unit: string) =>
    `${at(relayed[of], 0.5).toFixed(2)} ${unit}, without ${at(none[of], 0.5).toFixed(2)}: medians of ${ROUNDS} pairs`;
  return [
    {
      name: `p99 of replies at 100 frames/s with a ${how} vendor, of the same without a relay`,
      value: at(ratios('p99'), 0.5),
      unit: 'ratio',
      atMost: 1.5,
      note: medians('p99', 'ms'),
    },
    {
      name: `… and processor time a frame`,
      value: at(ratios('processor'), 0.5),
      unit: 'ratio',
      note: medians('processor', 'µs'),
    },
  ];
}

async function measure({ server, peers, p99, processor }: RelayedFleet): Promise<void> {
  const before = processorSeconds(server.pid);
  const times = await replies(peers, SECONDS);
  processor.push(((processorSeconds(server.pid) - before) * 1e6) / times.length);
  p99.push(at(times, 0.99));
}

async function fleetOf(data: string, how: Vendor | null): Promise<RelayedFleet> {
  const port = await freePort();
  const vendor = how === null ? null : spawn(process.execPath, [VENDOR, String(port), how], { stdio: 'ignore' });
  while (vendor !== null && !(await answers(port))) await sleep(20);
  const relayed = {
    ALPHAESS_LOCAL_RELAY_UPSTREAM: `127.0.0.1:${port}`,
    ALPHAESS_LOCAL_RELAY_ALLOW_PRIVATE_UPSTREAM: 'true',
  };
  const server = await startServer(data, 'error', how === null ? {} : relayed);
  return { server, peers: await batteries(server.port), vendor, p99: [], processor: [] };
}
