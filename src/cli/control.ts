/**
 * `control`: how batteries are set, and changes of it, by the running server.
 */
import { Command } from 'commander';
import { OwnerError } from '../problems/errors.ts';
import { FINE, type Io, write } from './io.ts';
import { momentMs, wholeNumber } from './options.ts';
import { RunningServer } from './running-server.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface ControlFlags {
  readonly until?: string;
  readonly dryRun?: boolean;
  readonly override?: boolean;
  readonly confirm?: boolean;
  readonly experiment?: string;
  readonly data?: string;
  readonly config?: string;
}

interface LoggedChange {
  readonly change: number;
  readonly wish: string;
  readonly by: { readonly kind: string; readonly name: string };
  readonly state: string;
  readonly until: string | null;
  readonly steps: readonly { readonly state: string; readonly at: string; readonly note: string }[];
  readonly changes: readonly { readonly name: string; readonly from: unknown; readonly to: unknown }[];
}

interface ChangeWithFrames extends LoggedChange {
  readonly frames: readonly {
    readonly at: string;
    readonly from: string;
    readonly frame: string;
    readonly hex: string;
    readonly checksum_recomputed: boolean;
  }[];
}

interface ShownControl {
  readonly enabled: boolean;
  readonly unavailable: string | null;
  readonly mode: string;
  readonly until: string | null;
  readonly waiting: number | null;
  readonly under_way: number | null;
  readonly last: LoggedChange | null;
  readonly changed_elsewhere: readonly string[];
  readonly writes_left: number;
  readonly writes_per_day: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

const WINDOWS = /^(?:dis)?charge_windows$/;
const CONFIRMED = 'although what is known of the battery’s settings may be out of date';

export function controlCommand(io: Io, finish: (code: number) => void): Command {
  const control = new Command('control').description('how a battery is set, and change it: docs/control.md');
  const battery = (name: string, about: string) =>
    control.command(`${name} <battery>`).description(about).addOption(settingOption('data')).addOption(configOption());
  const changing = (name: string, about: string) =>
    battery(name, about)
      .option('--dry-run', 'say what it would do, and do nothing')
      .option('--override', 'one write more than the budget and the interval have')
      .option('--confirm', CONFIRMED)
      .option('--experiment <id>', 'the battery’s id: without a configuration of the vendor’s');
  const done = (work: Promise<void>) => work.then(() => finish(FINE));
  battery('status', 'what it does, until when, and how it is set').action((id: string, flags: ControlFlags) =>
    done(status(id, flags, io)),
  );
  changing('hold', 'do not discharge')
    .option('--until <time>', 'such as 2026-11-27T06:00Z; without: control.default_end')
    .action((id: string, flags: ControlFlags) => done(change(id, { verb: 'hold', ...end(flags) }, flags, io)));
  changing('charge', 'charge from the grid, too')
    .option('--until <time>', 'such as 2026-11-27T06:00Z; without: control.default_end')
    .option('--to <percent>', 'up to there', wholeNumber(1), 100)
    .action((id: string, flags: ControlFlags & { to: number }) =>
      done(change(id, { verb: 'charge', charge_limit: flags.to, ...end(flags) }, flags, io)),
    );
  changing('normal', 'as it was before hold or charge').action((id: string, flags: ControlFlags) =>
    done(change(id, { verb: 'normal' }, flags, io)),
  );
  changing('set', 'settings, such as lowest_charge=20 charge_windows=02:00-05:00')
    .argument('<settings...>', 'NAME=VALUE')
    .action((id: string, settings: string[], flags: ControlFlags) =>
      done(change(id, { settings: settingsOf(settings) }, flags, io)),
    );
  battery('undo', 'bring back what a change has changed')
    .argument('<change>', 'its number', wholeNumber(1))
    .action((id: string, number: number, flags: ControlFlags) => done(undo(id, number, flags, io)));
  battery('log', 'its changes, the newest first; of one, each step and what was said')
    .argument('[change]', 'its number', wholeNumber(1))
    .action((id: string, number: number | undefined, flags: ControlFlags) =>
      done(number === undefined ? log(id, flags, io) : logOne(id, number, flags, io)),
    );
  return control;
}

function end({ until }: ControlFlags): { until?: string } {
  if (until === undefined) return {};
  const ms = until.startsWith('now') ? momentMs(until) : Date.parse(until);
  if (Number.isNaN(ms))
    throw new OwnerError('USAGE', `--until: expected a time such as 2026-11-27T06:00Z, not ${until}`);
  return { until: new Date(ms).toISOString() };
}

/** `NAME=VALUE`: on, off, a number, or windows such as `02:00-05:00,13:00-15:00`. */
export function settingsOf(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    words.map((word) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(word) ?? [];
      if (name === undefined || value === undefined) throw new OwnerError('USAGE', `expected NAME=VALUE, not ${word}`);
      return [name, settingOf(name, value)];
    }),
  );
}

function settingOf(name: string, value: string): unknown {
  if (WINDOWS.test(name))
    return value === '' || value === 'none' ? [] : value.split(',').map((window) => window.split('-'));
  if (/^(?:on|true|yes)$/.test(value)) return true;
  if (/^(?:off|false|no)$/.test(value)) return false;
  return /^\d+$/.test(value) ? Number(value) : value;
}

async function serverOf(
  idOrName: string,
  flags: ControlFlags,
  io: Io,
): Promise<{ server: RunningServer; path: string }> {
  const { data, battery } = readConfig(flags, io);
  const id = Object.entries(battery.names).find(([, name]) => name === idOrName)?.[0] ?? idOrName;
  const server = await RunningServer.of(data);
  if (server === null)
    throw new OwnerError(
      'SERVER_UNREACHABLE',
      'no server runs on this data folder: a battery is changed by the server that it speaks to',
    );
  return { server, path: `api/batteries/${encodeURIComponent(id)}/control` };
}

async function status(id: string, flags: ControlFlags, io: Io): Promise<void> {
  const { server, path } = await serverOf(id, flags, io);
  const shown = (await server.ask('GET', path)) as ShownControl;
  const lines = [
    shown.mode === 'normal' ? 'normal' : `${shown.mode} until ${shown.until}`,
    ...(shown.unavailable === null ? [] : [`nothing can be changed now: ${shown.unavailable}`]),
    ...(shown.under_way === null ? [] : [`change ${shown.under_way} is under way`]),
    ...(shown.waiting === null ? [] : [`change ${shown.waiting} waits`]),
    ...(shown.changed_elsewhere.length === 0 ? [] : [`changed elsewhere: ${shown.changed_elsewhere.join(', ')}`]),
    `writes left today: ${shown.writes_left} of ${shown.writes_per_day}`,
    ...Object.entries(shown.settings).map(([name, value]) => `  ${name.padEnd(26)} ${wordOf(value)}`),
    ...(shown.last === null ? [] : lineOf(shown.last)),
  ];
  await write(io.stdout, `${lines.join('\n')}\n`);
}

async function change(id: string, asked: Record<string, unknown>, flags: ControlFlags, io: Io): Promise<void> {
  const { server, path } = await serverOf(id, flags, io);
  const { override, confirm, experiment } = flags;
  const body = { ...asked, override, confirm, experiment };
  const preview = (await server.ask('POST', `${path}/preview`, body)) as {
    changes: LoggedChange['changes'];
    effect: string;
    warnings: string[];
    writes_left: number;
  };
  const said = [
    preview.effect,
    ...preview.changes.map(({ name, from, to }) => `  ${name}: ${wordOf(from)} -> ${wordOf(to)}`),
    ...preview.warnings.map((warning) => `note: ${warning}`),
    `writes left today: ${preview.writes_left}`,
  ];
  await write(io.stdout, `${said.join('\n')}\n`);
  if (flags.dryRun === true) return;
  const taken = (await server.ask('POST', path, body)) as { change: number; state: string };
  await write(
    io.stdout,
    `change ${taken.change}: ${taken.state}; alphaess-local control log ${id} shows what becomes of it\n`,
  );
}

async function undo(id: string, number: number, flags: ControlFlags, io: Io): Promise<void> {
  const { server, path } = await serverOf(id, flags, io);
  const taken = (await server.ask('POST', `${path}/changes/${number}/undo`)) as { change: number; state: string };
  await write(io.stdout, `change ${taken.change}: ${taken.state}\n`);
}

async function log(id: string, flags: ControlFlags, io: Io): Promise<void> {
  const { server, path } = await serverOf(id, flags, io);
  const changes = (await server.ask('GET', `${path}/changes`)) as LoggedChange[];
  const lines = changes.flatMap((one) => lineOf(one));
  await write(io.stdout, lines.length === 0 ? 'nothing was changed yet\n' : `${lines.join('\n')}\n`);
}

/** Each step, and each frame in hex: `decode` lays it out. */
async function logOne(id: string, number: number, flags: ControlFlags, io: Io): Promise<void> {
  const { server, path } = await serverOf(id, flags, io);
  const change = (await server.ask('GET', `${path}/changes/${number}`)) as ChangeWithFrames;
  const lines = [
    ...lineOf(change),
    ...change.steps.map(({ state, at, note }) => `     ${at}  ${state}${note === '' ? '' : `: ${note}`}`),
    ...change.frames.map(
      ({ at, from, frame, hex, checksum_recomputed: isResealed }) =>
        `     ${at}  ${from} ${frame}${isResealed ? ', private values replaced' : ''}\n${hex}`,
    ),
  ];
  await write(io.stdout, `${lines.join('\n')}\n`);
}

function lineOf({ change: number, wish, by, state, until, steps, changes }: LoggedChange): string[] {
  const who = by.name === '' ? by.kind : `${by.kind} ${by.name}`;
  const last = steps.at(-1);
  const note = last === undefined || last.note === '' ? '' : `, ${last.note}`;
  return [
    `${number}  ${steps[0]?.at ?? ''}  ${wish}${until === null ? '' : ` until ${until}`}, by ${who}: ${state}${note}`,
    ...changes.map(({ name, from, to }) => `     ${name}: ${wordOf(from)} -> ${wordOf(to)}`),
  ];
}

function wordOf(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((window: string[]) => window.join('–')).join(', ');
  return value === true ? 'on' : value === false ? 'off' : String(value ?? 'unknown');
}
