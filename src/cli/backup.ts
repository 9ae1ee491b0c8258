/**
 * `backup`: a copy of all that makes the house, while the server runs or not.
 */

import { Command } from 'commander';
import { HOUSE_FILES, placeFrom } from '../app/backups.ts';
import { version } from '../app/version.ts';
import { counted } from '../counted.ts';
import { type MadeBackup, makeBackup } from '../store/backup/make.ts';
import { inMegabytes, WORKING_BYTES } from '../store/backup/space.ts';
import { shellWord } from '../system/shell-word.ts';
import { interruptible } from './interruptible.ts';
import { FINE, type Io, write } from './io.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface BackupFlags {
  readonly to?: string;
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
}

export function backupCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('backup')
    .description('copy all that is kept to a folder, while the server runs or not, and read the copy again')
    .option('--to <dir>', 'the folder of backups (default: store.backups.to, or backups in the data folder)')
    .addOption(settingOption('data'))
    .addOption(configOption())
    .option('--json', 'what was made, as one JSON object')
    .addHelpText(
      'after',
      '\nA backup made so stays until you remove it. It holds private values: keep it to yourself.' +
        '\n\nExample:\n  alphaess-local backup --to /mnt/usb/alphaess-local',
    )
    .action(async (flags: BackupFlags) => finish(await backUp(flags, io)));
}

async function backUp(flags: BackupFlags, io: Io): Promise<number> {
  const config = readConfig(flags, io);
  const { data, backups } = placeFrom(config);
  const order = {
    data,
    to: flags.to ?? backups,
    kind: 'manual' as const,
    files: HOUSE_FILES,
    program: version(),
    nowMs: Date.now(),
    keep: null,
    reserveBytes: WORKING_BYTES,
    resting: true,
  };
  io.stepBack();
  const made = await interruptible(io, (signal) => makeBackup(order, { signal }));
  await write(io.stdout, flags.json === true ? `${JSON.stringify(asJson(made))}\n` : inWords(made));
  return FINE;
}

function asJson({ path, bytes, manifest }: MadeBackup) {
  const { made_at, version: shape, rows } = manifest;
  return { path, bytes, made_at, version: shape, batteries: rows.battery ?? 0, rows };
}

function inWords({ path, bytes, manifest }: MadeBackup): string {
  const size = `${inMegabytes(bytes)}, ${batteriesIn(manifest.rows)}`;
  return `backed up to ${path}: ${size}, read again and good\nto bring it back, with the server stopped: alphaess-local restore ${shellWord(path)}\n`;
}

/** `1 battery, 3,153,600 readings`; a row of the journal is a commit, of which it is not said how many readings it has. */
export function batteriesIn(rows: Readonly<Record<string, number>>): string {
  const { battery = 0, journal = 0, undated = 0 } = rows;
  const inPlace = Object.entries(rows).reduce((sum, [name, n]) => (name.startsWith('reading_') ? sum + n : sum), 0);
  const readings = `${(inPlace + undated).toLocaleString('en-GB')} readings${journal > 0 ? ' and the newest' : ''}`;
  return `${counted(battery, 'battery', 'batteries')}, ${readings}`;
}
