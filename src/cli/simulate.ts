/**
 * `simulate`: batteries that are not there, for trying a server.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ListenAddress } from '../config/load.ts';
import { counted } from '../counted.ts';
import { visible } from '../privacy/visible.ts';
import { OwnerError } from '../problems/errors.ts';
import { ALL_FAULTS, type FaultName, parseFaults } from '../simulator/faults.ts';
import { SimulatedFleet, type SimulatedFleetStats } from '../simulator/fleet.ts';
import { PAUSES, type PauseRange } from '../simulator/pauses.ts';
import { FINE, type Io } from './io.ts';
import { address, decimal, durationSeconds, KEPT, toOption, wholeNumber } from './options.ts';
import { pass } from './pass.ts';
import { stopAtSignal } from './serve.ts';
import { addVendorOptions, refuseVendorOptions, simulateVendor, type VendorFlags } from './simulate-vendor.ts';

interface SimulateFlags extends VendorFlags {
  readonly to: ListenAddress;
  readonly batteries: number;
  readonly interval: number;
  readonly for?: number;
  readonly seed: string;
  readonly history: number;
  readonly clockOffset: number;
  readonly clockDrift: number;
  readonly pause: PauseRange;
  readonly faults: ReadonlySet<FaultName>;
}

export function simulateCommand(io: Io, finish: (code: number) => void): Command {
  const faults = Object.entries(ALL_FAULTS).map(([name, text]) => `  ${name.padEnd(22)} ${text}`);
  const command = new Command('simulate')
    .description('be one battery or many, or the vendor’s server')
    .addOption(toOption())
    .option(
      '--batteries <n>',
      'how many; a server shows more than eight at once if battery.max_batteries says so',
      wholeNumber(1),
      1,
    )
    .addOption(new Option('--interval <duration>', 'between live readings').argParser(interval).default(10, '10s'))
    .option('--for <duration>', 'how long (default: until Ctrl-C)', durationSeconds)
    .option('--seed <n>', 'the same seed gives the same batteries in the same houses', '1')
    .addOption(
      new Option('--history <duration>', 'how much each remembers').argParser(durationSeconds).default(3600, '1h'),
    )
    .option(
      '--clock-offset <seconds>',
      'how far their clocks are ahead of the time of this machine’s zone, in which their houses are',
      decimal,
      0,
    )
    .option('--clock-drift <ppm>', 'how fast their clocks are', decimal, 0)
    .addOption(
      new Option('--pause <ms>', 'between its frames of one conversation, least-most')
        .argParser(pauseRange)
        .default(PAUSES, `${PAUSES.leastMs}-${PAUSES.mostMs}`),
    )
    .addOption(
      new Option('--faults <list>', 'what goes wrong, separated by commas')
        .argParser(faultList)
        .default(new Set<FaultName>(), 'none'),
    )
    .option('--vendor <host:port>', 'be the vendor’s server instead, and listen there', address);
  return addVendorOptions(command)
    .addHelpText(
      'after',
      `\nFaults:\n${faults.join('\n')}\n\n${KEPT}\n\nExample:\n  alphaess-local simulate --batteries 3 --faults split,bunch --for 10m`,
    )
    .action(async (flags: SimulateFlags) => {
      if (flags.vendor !== undefined) return finish(await simulateVendor(flags, flags.vendor, io));
      refuseVendorOptions(flags);
      return finish(await simulate(flags, io));
    });
}

function interval(text: string): number {
  const seconds = durationSeconds(text);
  if (seconds <= 0) throw new InvalidArgumentError('Expected more than 0.');
  return seconds;
}

/** `50-300`, or `0`, in milliseconds. */
function pauseRange(text: string): PauseRange {
  const [, least = '', most = least] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? [];
  if (least === '' || Number(most) < Number(least))
    throw new InvalidArgumentError('Expected milliseconds such as 50-300, or 0.');
  return { leastMs: Number(least), mostMs: Number(most) };
}

function faultList(text: string): ReadonlySet<FaultName> {
  try {
    return parseFaults(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message.replace(/^t/, 'T')}.`);
  }
}

async function simulate(flags: SimulateFlags, io: Io): Promise<number> {
  const fleet = new SimulatedFleet({
    host: flags.to.host,
    port: flags.to.port,
    batteries: flags.batteries,
    seed: flags.seed,
    intervalSeconds: flags.interval,
    historySeconds: flags.history,
    utcOffsetSeconds: -new Date().getTimezoneOffset() * 60,
    clockOffsetSeconds: flags.clockOffset,
    clockDriftPpm: flags.clockDrift,
    pauses: flags.pause,
    faults: flags.faults,
    // Lines that a slow reader has no room for are left out: there is no end to them.
    log: (line) => io.stdout.writableNeedDrain || io.stdout.write(`${visible(line)}\n`),
  });
  const signalled = stopAtSignal(fleet, io);
  const ended = new AbortController();
  await fleet.start();
  await Promise.race([signalled, ...(flags.for === undefined ? [] : [pass(flags.for, ended.signal)])]);
  ended.abort();
  await fleet.stop();
  io.stdout.write(`${summary(fleet.stats)}\n`);
  if (fleet.stats.connections > 0) return FINE;
  throw new OwnerError(
    'SERVER_UNREACHABLE',
    `no server answers at ${flags.to.host}:${flags.to.port}: start one, or give --to`,
  );
}

function summary({ batteries, connections, acknowledged }: SimulatedFleetStats): string {
  const { live, detail, history } = acknowledged;
  return `${counted(batteries, 'battery', 'batteries')}, ${counted(connections, 'connection')}; acknowledged: ${live} live, ${detail} detail, ${history} history`;
}
