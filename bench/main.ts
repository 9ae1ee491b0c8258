/**
 * `npm run bench [-- --json] [name …]`: the figures of docs/performance.md. Ratios within one run travel; milliseconds and
 * megabytes are this machine's.
 */
import { cpus } from 'node:os';
import { captures } from './captures.ts';
import { ci } from './ci.ts';
import { dating } from './dating.ts';
import { day } from './day.ts';
import { decoding } from './decoding.ts';
import { type Figure, isKept } from './figure.ts';
import { ingest } from './ingest.ts';
import { memory } from './memory.ts';
import { outputs } from './outputs.ts';
import { page } from './page.ts';
import { pageLoad } from './page-load.ts';
import { relay } from './relay.ts';
import { turns } from './turns.ts';
import { year } from './year.ts';

const PARTS: Readonly<Record<string, () => Figure[] | Promise<Figure[]>>> = {
  decoding,
  ingest,
  memory,
  day,
  year,
  page,
  dating,
  captures,
  outputs,
  turns,
  relay,
  'page-load': pageLoad,
};

/** Asked for by name alone. */
const SHORT: typeof PARTS = { ci };

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const figures: Figure[] = [];
for (const [name, part] of Object.entries({ ...PARTS, ...SHORT })) {
  if (wanted.length === 0 ? name in SHORT : !wanted.includes(name)) continue;
  if (!json) process.stdout.write(`${name} …\n`);
  const found = await part();
  figures.push(...found);
  if (!json) for (const figure of found) process.stdout.write(`${line(figure)}\n`);
}
if (json)
  process.stdout.write(
    `${JSON.stringify({ node: process.version, cores: cpus().length, cpu: cpus()[0]?.model, figures })}\n`,
  );
process.exitCode = figures.every(isKept) ? 0 : 1;

function line(figure: Figure): string {
  const { name, value, unit, atLeast, atMost, note } = figure;
  const shown = value === null ? '–' : value < 10 ? value.toFixed(2) : value.toFixed(0);
  const promise =
    atLeast !== undefined ? `  (at least ${atLeast})` : atMost !== undefined ? `  (at most ${atMost})` : '';
  return `  ${name}: ${shown} ${unit}${promise}${isKept(figure) ? '' : '  NOT KEPT'}${note === undefined ? '' : `\n      ${note}`}`;
}
