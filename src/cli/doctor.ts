/**
 * `doctor`: where the chain from the battery to what is kept is broken, and what to do. Asks the running server, or looks by itself.
 */

import { isIP } from 'node:net';
import { Command, InvalidArgumentError } from 'commander';
import type { ShownFindings } from '../app/doctor.ts';
import { findingsAlone } from '../app/doctor-alone.ts';
import { counted } from '../counted.ts';
import { type Finding, type FindingLevel, worstOf } from '../doctor/finding.ts';
import { askModule } from '../doctor/gather/module.ts';
import { checkModule } from '../doctor/module.ts';
import { visibleLines } from '../privacy/visible.ts';
import { FAILED, FINE, type Io, write } from './io.ts';
import { RunningServer } from './running-server.ts';
import { readConfig } from './serve.ts';
import { configOption, settingOption } from './setting-options.ts';

interface DoctorFlags {
  readonly json?: boolean;
  readonly private?: boolean;
  readonly dongle?: string;
  readonly data?: string;
  readonly config?: string;
}

const EXAMPLES = `
Exit code 0: all is fine, or there are warnings only; 1: something does not work.

Examples:
  alphaess-local doctor
  alphaess-local doctor --data /var/lib/alphaess-local --json`;

export function doctorCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('doctor')
    .description('what is wrong between the battery and what is kept, and what to do')
    .option('--json', 'for programs')
    .option('--private', 'with the addresses of who connected')
    .option('--dongle <ip>', 'also ask the battery’s Wi-Fi module at that address', ipAddress)
    .addOption(settingOption('data'))
    .addOption(configOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: DoctorFlags) => finish(await doctor(flags, io)));
}

async function doctor(flags: DoctorFlags, io: Io): Promise<number> {
  const config = readConfig(flags, io);
  const isPrivate = flags.private === true;
  const server = await RunningServer.of(config.data);
  const shown: ShownFindings = isPrivate ? 'all' : 'own';
  const findings =
    server === null
      ? await findingsAlone(config, shown, Date.now)
      : ((await server.ask('GET', `api/doctor${isPrivate ? '?private=true' : ''}`)) as Finding[]);
  if (flags.dongle !== undefined) findings.push(...checkModule(await askModule({ host: flags.dongle, port: HTTP })));
  const worst = worstOf(findings);
  const text = flags.json === true ? `${JSON.stringify({ worst, findings }, null, 2)}\n` : textOf(findings);
  await write(io.stdout, text);
  return worst === 'fault' ? FAILED : FINE;
}

const HTTP = 80;

function ipAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('Expected an address such as 192.168.1.51.');
  return text;
}

const COLUMNS = 80;
const WORDS: Readonly<Record<FindingLevel, string>> = { ok: 'ok', warning: 'warning', fault: 'FAULT' };
const MARGIN = Math.max(...Object.values(WORDS).map(({ length }) => length)) + 2;

/** One line a finding where it fits; below it, what to do. */
function textOf(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ level, sentence, advice, link, code }) => {
    const said = wrapped(visibleLines(sentence), WORDS[level]);
    if (level === 'ok') return said;
    const more = link === null ? `[${code}]` : `${link} [${code}]`;
    return [...said, ...(advice === null ? [] : wrapped(visibleLines(advice), '')), `${' '.repeat(MARGIN)}${more}`];
  });
  return `${[...lines, '', summary(findings)].join('\n')}\n`;
}

function summary(findings: readonly Finding[]): string {
  const count = (level: FindingLevel) => findings.filter((one) => one.level === level).length;
  const [faults, warnings] = [count('fault'), count('warning')];
  if (faults + warnings === 0) return 'All is fine.';
  const parts = [
    faults > 0 ? [counted(faults, 'fault')] : [],
    warnings > 0 ? [counted(warnings, 'warning')] : [],
  ].flat();
  return `${parts.join(', ')}. What each means: docs/doctor.md.`;
}

/** @param before in the margin of the first line */
function wrapped(text: string, before: string): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) as string;
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && MARGIN + longer.length > COLUMNS) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line, index) => `${(index === 0 ? before : '').padEnd(MARGIN)}${line}`);
}
