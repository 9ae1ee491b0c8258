/**
 * `bundle`: what may be shared when something does not work, in one zip. Shows what is in it, asks, writes it.
 */
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { bundleFacts, daysToShift } from '../app/bundler.ts';
import { findingsAlone } from '../app/doctor-alone.ts';
import { type Bundle, type BundledFile, BundleNotClean, makeBundle } from '../bundle/bundle.ts';
import type { Config } from '../config/load.ts';
import { OwnerError } from '../problems/errors.ts';
import { placeOf } from '../store/backup/way-back.ts';
import { readerSource } from '../store/reader-source.ts';
import { FAILED, FINE, type Io, readLine, write } from './io.ts';
import { onServerOrStore } from './running-server.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface BundleFlags {
  readonly out?: string;
  readonly yes?: boolean;
  readonly shiftDates?: boolean;
  readonly data?: string;
  readonly config?: string;
}

const HELP = `
One zip: version, settings without secrets, what the doctor finds, problems, clocks, gaps, events, newest lines of the log (where the
server runs), and messages of each kind. Private values are replaced, and the zip is searched for them: if one is found,
nothing is written. Nothing is sent anywhere: read it, and attach it where you ask for help (docs/captures.md).

Example:
  alphaess-local bundle --out ./bundle.zip`;

export function bundleCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('bundle')
    .description('make a zip that may be shared: what goes wrong, and what the batteries say, without what is private')
    .option('--out <file>', 'where to write it (default alphaess-local-bundle-DATE.zip)')
    .option('--shift-dates', 'move all dates back by some number of weeks that is not said')
    .option('--yes', 'do not ask')
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addHelpText('after', HELP)
    .action(async (flags: BundleFlags) => finish(await bundle(flags, io)));
}

async function bundle(flags: BundleFlags, io: Io): Promise<number> {
  const config = readConfig(flags, io);
  const areDatesShifted = flags.shiftDates === true;
  const { files, zip } = await make(config, areDatesShifted);
  const day = areDatesShifted ? '' : `-${new Date().toISOString().slice(0, 10)}`;
  const out = flags.out ?? `alphaess-local-bundle${day}.zip`;
  await write(io.stderr, shown(files, zip));
  if (flags.yes !== true && !(await isMeant(out, io))) {
    await write(io.stderr, 'nothing was written\n');
    return FAILED;
  }
  keep(out, zip);
  await write(io.stdout, `${out} was written\n`);
  return FINE;
}

function make(config: Config, areDatesShifted: boolean): Promise<Bundle> {
  return onServerOrStore(config.data, {
    ask: async (server) => {
      const answer = await server.ask('POST', 'api/bundle', { shift_dates: areDatesShifted });
      const { files, zip } = answer as { readonly files: readonly BundledFile[]; readonly zip: string };
      return { files, zip: Buffer.from(zip, 'base64') };
    },
    alone: async (store) => {
      const findings = await findingsAlone(config, 'none', Date.now);
      const batteries = store.batteries();
      const facts = bundleFacts({ config, findings, live: null, batteries, nowMs: Date.now() });
      const reader = await readerSource(placeOf(config.data)).openReader();
      try {
        const chance = randomInt(1_000_000) / 1_000_000;
        return await makeBundle(reader, facts, areDatesShifted ? daysToShift(chance) : 0);
      } catch (error) {
        if (error instanceof BundleNotClean) throw new OwnerError('BUNDLE_UNFIT', error.message);
        throw error;
      } finally {
        await reader.close();
      }
    },
  });
}

function shown(files: readonly BundledFile[], zip: Uint8Array): string {
  const width = Math.max(...files.map(({ name }) => name.length));
  const lines = files.map(
    ({ name, what, bytes }) => `  ${name.padEnd(width)}  ${bytes.toLocaleString('en-US').padStart(9)} bytes  ${what}`,
  );
  return `${['The bundle has:', ...lines, `${zip.length.toLocaleString('en-US')} bytes as a zip; searched for private values: none found`].join('\n')}\n`;
}

/** @throws OwnerError USAGE where nobody can be asked */
async function isMeant(out: string, io: Io): Promise<boolean> {
  if ((io.stdin as { isTTY?: boolean }).isTTY !== true)
    throw new OwnerError(
      'USAGE',
      'a bundle is only written when somebody agrees: give --yes where nobody can be asked',
    );
  await write(io.stderr, `Type yes to write it to ${out}: `);
  return (await readLine(io)).trim().toLowerCase() === 'yes';
}

/** @throws OwnerError where it cannot be written, or something is there already */
function keep(out: string, zip: Uint8Array): void {
  try {
    writeFileSync(out, zip, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it is there already: give --out another name' : message;
    throw new OwnerError('BUNDLE_UNFIT', `${out} was not written: ${why}`);
  }
}
