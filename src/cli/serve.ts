/**
 * `serve`: the server itself.
 */
import { Command } from 'commander';
import { App } from '../app/app.ts';
import { type Config, loadConfig } from '../config/load.ts';
import { JsonLog, type LineSink, type Log, TextLog } from '../log/log.ts';
import { LogOutput } from '../log/log-output.ts';
import { painted, plain } from '../log/terminal.ts';
import { isMeasuredName } from '../protocol/fields/fields.ts';
import { problemOfNetwork } from '../server/peers.ts';
import { isTimeZone, systemTimeZone } from '../store/energy/calendar.ts';
import { FINE, type Io } from './io.ts';
import { configOption, givenSettings, settingOption } from './setting-options.ts';

/** By then everything is closed or it never will be: the promise is three seconds. */
const STOP_MS = 2800;
/** For the last lines of the log to be read. */
const FLUSH_MS = 200;
const SECOND_SIGNAL_CODE = 130;

export interface ServeFlags {
  readonly batteryListen?: string;
  readonly webListen?: string;
  readonly data?: string;
  readonly config?: string;
}

export function serveCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('serve')
    .description('listen for batteries, keep what they send, show it (the default command)')
    .addOption(settingOption('battery.listen'))
    .addOption(settingOption('web.listen'))
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addHelpText('after', '\nExample:\n  alphaess-local serve --data /var/lib/alphaess-local')
    .action(async (flags: ServeFlags) => finish(await serve(flags, io)));
}

async function serve(flags: ServeFlags, io: Io): Promise<number> {
  const config = readConfig(flags, io);
  const output = openOutput(io);
  const app = new App(config, logFor(config, io, output), output);
  const stopped = stopAtSignal(app, io);
  await app.start();
  await stopped;
  return finished(output, io);
}

/** The log's: from now on nothing that happens to it ends the program. */
export function openOutput(io: Io): LogOutput {
  const output = new LogOutput(io.stdout);
  io.outliveOutput();
  output.open();
  return output;
}

/** The end of a server: lines that nobody reads do not hold it up. @returns the exit code */
export async function finished(output: LogOutput, io: Io): Promise<number> {
  if (!(await output.flushed(FLUSH_MS))) io.exitNow(FINE);
  return FINE;
}

/** The configuration from everywhere it may come from. */
export function readConfig(flags: ServeFlags, io: Io): Config {
  const sources = { file: flags.config, environment: io.environment, flags: givenSettings(flags) };
  return loadConfig(sources, {
    problemOfNetwork,
    isTimeZone,
    isMeasured: isMeasuredName,
    systemTimeZone: systemTimeZone(),
  });
}

/** Lines for a person, or JSON for a program, as `log.format` says. `NO_COLOR` is honoured (no-color.org). */
export function logFor(config: Config, io: Io, output: LineSink): Log {
  const { level, format } = config.log;
  if (format === 'json' || (format === 'auto' && !io.terminal)) return new JsonLog(output, level);
  const paint = io.terminal && (io.environment.NO_COLOR ?? '') === '' ? painted : plain;
  const form = { paint, timeZone: config.time_zone, isTerminal: io.terminal, nowMs: () => Date.now() };
  return new TextLog(output, level, form);
}

/** Resolves when the app has stopped after the first signal; a second Ctrl-C leaves at once. */
export function stopAtSignal(app: { stop(): Promise<void> }, io: Io): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    io.onSignal((signal) => {
      if (stopping) {
        if (signal === 'SIGINT') io.exitNow(SECOND_SIGNAL_CODE);
        return;
      }
      stopping = true;
      const lastResort = setTimeout(() => io.exitNow(FINE), STOP_MS);
      app
        .stop()
        .finally(() => clearTimeout(lastResort))
        .then(resolve, reject);
    });
  });
}
