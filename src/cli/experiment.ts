/**
 * `experiment`: what was never seen to work, tried by an owner who knows that.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { OwnerError } from '../problems/errors.ts';
import { FAILED, FINE, type Io, readLine, write } from './io.ts';
import { RunningServer } from './running-server.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface ExperimentFlags {
  readonly confirm?: string;
  readonly data?: string;
  readonly config?: string;
}

interface SyncTime {
  readonly step: string;
  readonly over: boolean;
  readonly answer: string | null;
  readonly ahead_seconds_before: number | null;
  readonly ahead_seconds_after: number | null;
  readonly frames: readonly {
    readonly at: string;
    readonly from: string;
    readonly hex: string;
    readonly checksum_recomputed: boolean;
  }[];
}

const LOOK_MS = 1000;
/** A clock is measured by what a battery says of it each ten seconds. */
const NOTICED_SECONDS = 5;
const ABOUT = `SyncTime tells a battery to set its clock. Likely: the vendor sends it, it was seen once.
Unknown: whether a parameter belongs to it, what the battery asks then, and what time it
sets if it gets none. This server sends the order alone, no time, and answers what follows
with Success. Its clock may be wrong afterwards: then its charge windows are at other
times, and only its display or the vendor sets it right. All that is said within a minute
is kept, and is the answer that everybody is waiting for.
`;

export function experimentCommand(io: Io, finish: (code: number) => void): Command {
  const experiment = new Command('experiment').description('try what was never seen to work: docs/control.md');
  experiment
    .command('sync-time <battery>')
    .description('tell it to set its clock, and keep what it says; needs control.experiments: true')
    .option('--confirm <id>', 'the id of the battery once more, where nobody can be asked')
    .addOption(settingOption('data'))
    .addOption(configOption())
    .action(async (id: string, flags: ExperimentFlags) => finish(await syncTime(id, flags, io)));
  return experiment;
}

async function syncTime(idOrName: string, flags: ExperimentFlags, io: Io): Promise<number> {
  const { data, battery } = readConfig(flags, io);
  const id = Object.entries(battery.names).find(([, name]) => name === idOrName)?.[0] ?? idOrName;
  const server = await RunningServer.of(data);
  if (server === null)
    throw new OwnerError('SERVER_UNREACHABLE', 'no server runs on this data folder: it alone speaks with the battery');
  await write(io.stderr, ABOUT);
  const confirm = flags.confirm ?? (await typed(id, io));
  if (confirm !== id) {
    await write(io.stderr, 'nothing was sent\n');
    return FAILED;
  }
  const path = `api/batteries/${encodeURIComponent(id)}/experiments/sync-time`;
  let made = (await server.ask('POST', path, { confirm })) as SyncTime;
  await write(io.stderr, 'sent, or about to be; listening for a minute …\n');
  while (!made.over) {
    await sleep(LOOK_MS);
    made = (await server.ask('GET', path)) as SyncTime;
  }
  await write(io.stdout, textOf(made));
  return made.step === 'over' ? FINE : FAILED;
}

/** @throws OwnerError USAGE where nobody can be asked */
async function typed(id: string, io: Io): Promise<string> {
  if ((io.stdin as { isTTY?: boolean }).isTTY !== true)
    throw new OwnerError(
      'USAGE',
      'this must be meant: give --confirm with the id of the battery where nobody can be asked',
    );
  await write(io.stderr, `Type the id of the battery (${id}) to send it: `);
  return (await readLine(io)).trim();
}

function textOf({ step, answer, frames, ...clock }: SyncTime): string {
  const { ahead_seconds_before: before, ahead_seconds_after: after } = clock;
  return [
    ...frames.map(
      ({ at, from, hex, checksum_recomputed: isResealed }) =>
        `${at}  ${from}${isResealed ? ', private values replaced' : ''}\n${hex}`,
    ),
    ENDS[step] ?? `it ended: ${step}`,
    answer === null ? 'the battery did not answer the order' : `the battery ${answer} the order`,
    clockWords(before, after),
    'Please share what was said, whatever it was: alphaess-local bundle makes a file without private values.',
    '',
  ].join('\n');
}

const ENDS: Readonly<Record<string, string>> = {
  over: 'a minute has passed; all of the above is kept (alphaess-local export --kind conversation)',
  interrupted: 'the connection ended before the minute had passed; what was said until then is kept',
  dropped: 'nothing was sent: other orders were under way, or the connection ended',
};

function clockWords(before: number | null, after: number | null): string {
  if (after === null) return 'no reading came in that minute: whether its clock was set is not known yet';
  if (before === null) return `its clock is ${Math.round(after)} s ahead of UTC now; before, it was not known`;
  const changed = Math.round(after - before);
  return Math.abs(changed) < NOTICED_SECONDS
    ? `its clock is as before, to a few seconds: ${Math.round(after)} s ahead of UTC`
    : `its clock was set by ${changed} s: ${Math.round(before)} s ahead of UTC before, ${Math.round(after)} s now`;
}
