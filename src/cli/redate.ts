/**
 * `redate`: repairs a house whose readings were dated by a wrong clock. Shows what would move, asks, has it moved; on the running
 * server, or on its data where none runs.
 */

import { Command } from 'commander';
import { redateAlone } from '../app/redater.ts';
import { type Arrived, type Move, movesOf, type Within } from '../app/redating.ts';
import { counted } from '../counted.ts';
import { OwnerError } from '../problems/errors.ts';
import { placeOf } from '../store/backup/way-back.ts';
import { readerSource } from '../store/reader-source.ts';
import { FAILED, FINE, type Io, readLine, write } from './io.ts';
import { momentMs, TIMES } from './options.ts';
import { onServerOrStore } from './running-server.ts';
import { readConfig } from './serve.ts';

interface RedateFlags {
  readonly from?: number;
  readonly to?: number;
  readonly yes?: boolean;
  readonly data?: string;
  readonly config?: string;
}

/** A battery of which something would move. */
interface Plan {
  readonly id: string;
  readonly serial: string;
  readonly moves: readonly Move[];
}

export function redateCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('redate')
    .description('find readings that were dated by a wrong clock, and date them anew')
    .option('--from <time>', `only what is now at or after this time: ${TIMES}`, (text) => momentMs(text))
    .option('--to <time>', 'only what is now before this time', (text) => momentMs(text))
    .option('--yes', 'do not ask')
    .option('--data <dir>', 'where everything is kept (default ./data)')
    .option('--config <file>', 'configuration (default alphaess-local.yaml, where there is one)')
    .addHelpText(
      'after',
      '\nThe clock of this machine must be right now: what came last is taken to be at its time.' +
        '\nMake a backup first (alphaess-local backup).' +
        '\n\nExample:\n  alphaess-local redate --from 2026-06-15',
    )
    .action(async (flags: RedateFlags) => finish(await redate(flags, io)));
}

async function redate(flags: RedateFlags, io: Io): Promise<number> {
  const { data, battery } = readConfig(flags, io);
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = flags;
  const plans = await plansOf(data, { from: from / 1000, to: to / 1000 });
  if (plans.length === 0) {
    await write(io.stdout, 'nothing was dated by a wrong clock, as far as can be told\n');
    return FINE;
  }
  const show = (id: string) => (battery.names[id] === undefined ? id : `${id} (${battery.names[id]})`);
  await write(io.stderr, plans.flatMap((plan) => linesOf(show(plan.id), plan)).join(''));
  if (flags.yes !== true && !(await isMeant(io))) {
    await write(io.stderr, 'nothing was changed\n');
    return FAILED;
  }
  const isDone = await onServerOrStore(data, {
    ask: async (server) => {
      for (const { id, moves } of plans) {
        await server.ask('POST', `api/batteries/${encodeURIComponent(id)}/redate`, bodyOf(moves));
      }
      return false;
    },
    alone: (store) => {
      for (const { serial, moves } of plans) redateAlone(store, serial, correctionsOf(moves));
      return true;
    },
  });
  await write(io.stdout, isDone ? 'they were moved\n' : 'the server moves them now, in small strokes\n');
  return FINE;
}

async function plansOf(folder: string, within: Within): Promise<Plan[]> {
  const reader = await readerSource(placeOf(folder)).openReader();
  try {
    const plans: Plan[] = [];
    for (const { id, serial } of await reader.owners()) {
      const readings: Arrived[] = [];
      for await (const { time, batteryTime, receivedMs } of reader.readings('live', { battery: id })) {
        if (time !== null && batteryTime !== null) readings.push({ time, batteryTime, receivedMs });
      }
      const moves = movesOf(readings, within);
      if (moves.length > 0) plans.push({ id, serial: serial.reveal(), moves });
    }
    return plans;
  } finally {
    await reader.close();
  }
}

function correctionsOf(moves: readonly Move[]) {
  return moves.flatMap(({ correction, remembered }) => [correction, remembered]);
}

function bodyOf(moves: readonly Move[]) {
  const corrections = correctionsOf(moves).map((one) => ({
    kinds: one.kinds,
    from_battery_time: one.fromBatteryTime,
    to_battery_time: one.toBatteryTime,
    received_since_ms: one.receivedSinceMs,
    old_offset_seconds: one.oldOffsetSeconds,
    new_offset_seconds: one.newOffsetSeconds,
  }));
  return { corrections };
}

function linesOf(shown: string, { moves }: Plan): string[] {
  return moves.map(({ correction, readings, from, to }) => {
    const seconds = correction.oldOffsetSeconds - correction.newOffsetSeconds;
    const now = `now from ${iso(from)} to ${iso(to)}`;
    return `${shown}: ${counted(readings, 'live reading')}, ${now}, would move to ${iso(from + seconds)} to ${iso(to + seconds)}\n`;
  });
}

/** @throws OwnerError USAGE where nobody can be asked */
async function isMeant(io: Io): Promise<boolean> {
  if ((io.stdin as { isTTY?: boolean }).isTTY !== true)
    throw new OwnerError('USAGE', 'readings are only moved when somebody agrees: give --yes where nobody can be asked');
  await write(io.stderr, 'Type yes to move them, and what else was dated so: ');
  return (await readLine(io)).trim().toLowerCase() === 'yes';
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}
