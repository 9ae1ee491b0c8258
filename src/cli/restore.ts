/**
 * `restore`: brings a backup back, and moves aside what is there.
 */
import { Command } from 'commander';
import { HOUSE_FILES } from '../app/backups.ts';
import { type Restored, restoreBackup } from '../store/backup/restore.ts';
import { inMegabytes } from '../store/backup/space.ts';
import { shellWord } from '../system/shell-word.ts';
import { batteriesIn } from './backup.ts';
import { interruptible } from './interruptible.ts';
import { FINE, type Io, write } from './io.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface RestoreFlags {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
}

export function restoreCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('restore')
    .description('bring a backup back; what is there is moved aside, never removed')
    .argument('<from>', 'the folder of a backup')
    .addOption(settingOption('data'))
    .addOption(configOption())
    .option('--json', 'what was restored, as one JSON object')
    .addHelpText(
      'after',
      '\nStop the server before.\n\nExample:\n' +
        '  alphaess-local restore ./data/backups/automatic-000041-2026-11-01T103000Z --data ./data',
    )
    .action(async (from: string, flags: RestoreFlags) => finish(await restore(from, flags, io)));
}

async function restore(from: string, flags: RestoreFlags, io: Io): Promise<number> {
  const { data } = readConfig(flags, io);
  const order = { from, data, files: HOUSE_FILES, nowMs: Date.now() };
  const restored = await interruptible(io, (signal) => restoreBackup(order, { signal }));
  const text =
    flags.json === true ? `${JSON.stringify(asJson(from, data, restored))}\n` : inWords(from, data, restored);
  await write(io.stdout, text);
  return FINE;
}

function asJson(from: string, data: string, { aside, bytes, contents, madeAt }: Restored) {
  const { version, rows } = contents;
  return { from, data, made_at: madeAt, aside, bytes, version, batteries: rows.battery ?? 0, rows };
}

function inWords(from: string, data: string, { aside, bytes, contents, madeAt }: Restored): string {
  const made = madeAt === null ? '' : ` of ${madeAt.slice(0, 16).replace('T', ' ')} UTC`;
  const lines = [
    `restored ${from}${made} to ${data}: ${inMegabytes(bytes)}, ${batteriesIn(contents.rows)}, read again and good`,
    ...(aside === null ? [] : [`what was there is in ${aside}; remove it when all is well`]),
    `to go on: alphaess-local serve --data ${shellWord(data)}`,
  ];
  return `${lines.join('\n')}\n`;
}
