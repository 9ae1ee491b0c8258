/**
 * `leave`: what is to be done before this server is stopped for good, and how far it is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { visibleLines } from '../privacy/visible.ts';
import { OwnerError } from '../problems/errors.ts';
import { FAILED, FINE, type Io, write } from './io.ts';
import { wholeNumber } from './options.ts';
import { RunningServer } from './running-server.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface LeaveFlags {
  readonly check?: boolean;
  readonly cancel?: boolean;
  readonly ifNeeded?: boolean;
  readonly wait: number;
  readonly data?: string;
  readonly config?: string;
}

interface LeaveStep {
  readonly done: boolean;
  readonly sentence: string;
}

interface LeaveReport {
  readonly since: string | null;
  readonly done: boolean;
  readonly redirect: LeaveStep;
  readonly batteries: readonly {
    readonly name: string;
    readonly settings: LeaveStep;
    readonly stays: readonly string[];
    readonly gone: LeaveStep;
    readonly unseen: {
      readonly since: string;
      readonly sentence: string;
      readonly newest: readonly { readonly time: string | null; readonly name: string; readonly text: string }[];
    };
  }[];
}

const LOOK_MS = 1000;
const NO_SERVER =
  'no server runs on this data folder: start it, since what a battery has of it is undone by the server alone';
const HELP = `
Run it while the server runs, and again after each step: it undoes what hold and charge
have set, waits for the battery to say so, and then asks you to take the redirect away.
From the first run on nothing new is done to a battery; --cancel takes that back.

Exit code 0: all is seen to be done, and the server may be removed. 1: not yet.

Examples:
  alphaess-local leave
  alphaess-local leave --check`;

export function leaveCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('leave')
    .description('stop using this server: put batteries back, and check that they are with the vendor')
    .option('--check', 'say how far it is, and do nothing')
    .option('--cancel', 'stay')
    .option('--if-needed', 'do nothing where no battery has anything of this server')
    .option('--wait <seconds>', 'for batteries to be put back', wholeNumber(0), 300)
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addHelpText('after', HELP)
    .action(async (flags: LeaveFlags) => finish(await leave(flags, io)));
}

async function leave(flags: LeaveFlags, io: Io): Promise<number> {
  const { data } = readConfig(flags, io);
  const server = await RunningServer.of(data);
  if (server === null) throw new OwnerError('SERVER_UNREACHABLE', NO_SERVER);
  if (flags.cancel === true) {
    await server.ask('DELETE', 'api/leave');
    await write(io.stdout, 'You stay: control and schedules are as your configuration says.\n');
    return FINE;
  }
  if (flags.ifNeeded === true && isNothingSet(await askedOf(server, 'GET'))) {
    await write(io.stdout, 'No battery has anything to be undone.\n');
    return FINE;
  }
  const report = flags.check === true ? await askedOf(server, 'GET') : await put(server, flags.wait, io);
  await write(io.stdout, visibleLines(textOf(report)));
  return report.done ? FINE : FAILED;
}

async function askedOf(server: RunningServer, method: 'GET' | 'POST'): Promise<LeaveReport> {
  return (await server.ask(method, 'api/leave', method === 'POST' ? { confirm: 'leave' } : undefined)) as LeaveReport;
}

function isNothingSet({ batteries }: LeaveReport): boolean {
  return batteries.every(({ settings }) => settings.done);
}

/** Begins, and waits until each battery is put back, as long as is wanted. */
async function put(server: RunningServer, waitSeconds: number, io: Io): Promise<LeaveReport> {
  const end = performance.now() + waitSeconds * 1000;
  let report = await askedOf(server, 'POST');
  let said = '';
  for (;;) {
    const waiting = report.batteries.filter(({ settings }) => !settings.done);
    if (waiting.length === 0 || performance.now() >= end) break;
    const words = waiting.map(({ name, settings }) => `${name}: ${settings.sentence}\n`).join('');
    if (words !== said) await write(io.stderr, visibleLines(words));
    said = words;
    await sleep(LOOK_MS);
    report = await askedOf(server, 'GET');
    // What is put back now may be let go at once.
    if (report.batteries.every(({ settings }) => settings.done)) report = await askedOf(server, 'POST');
  }
  return report;
}

function textOf({ batteries, redirect, done }: LeaveReport): string {
  const lines = batteries.flatMap(({ name, settings, stays, gone, unseen }) => [
    name,
    lineOf(settings),
    ...stays.map((text) => `           set by you, and left so: ${text}`),
    lineOf(gone),
    `  note     since ${unseen.since}: ${unseen.sentence}`,
    ...unseen.newest.map(({ time, name: event, text }) => `           ${time ?? 'undated'}  ${event} ${text}`),
  ]);
  const last = done
    ? 'Done: stop the server, and remove it when you like. Keep a backup if you want what it has recorded.'
    : 'Not done yet: see what is marked with “todo”, then run this again.';
  return [...lines, 'DNS', lineOf(redirect), '', last, ''].join('\n');
}

function lineOf({ done, sentence }: LeaveStep): string {
  return `  ${done ? 'seen' : 'todo'}     ${sentence}`;
}
