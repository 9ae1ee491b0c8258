/**
 * Renders docs/errors.md from the tables of codes. Run it after every change of one.
 */
import { writeFileSync } from 'node:fs';
import { PROBLEM_TABLES } from '../src/problems/codes.ts';
import { exitCodeOf } from '../src/problems/errors.ts';
import { CULPRITS, type Problem } from '../src/problems/problem.ts';
import { LOG_WORDS } from '../src/problems/server.ts';

export const COMMAND = 'npx --no-install node scripts/errors-doc.ts';
export const PAGE = new URL('../docs/errors.md', import.meta.url);

const INTRODUCTION = `# What went wrong, by code

<!-- Generated from the tables in src/problems/codes.ts. Do not edit; run: ${COMMAND} -->

Whatever goes wrong has a code in capital letters, such as \`PORT_IN_USE\`. It stands in the log, in counters and in exports, and it
never changes its meaning, so that you can search for it, set an alarm on it, or name it when you ask for help. Look your code up here:
each says who erred, what was seen, and what you can do.
`;

type Table = keyof typeof PROBLEM_TABLES;

/** What stands above each table. */
const PARTS: Readonly<Record<Table, string>> = {
  command: `## When a command does not run

These end the command with one sentence on the terminal. Exit code 1: it failed; 2: it was asked for something it cannot do.
`,
  battery: `## When something is wrong on the battery's side

These are noted while the server runs; it goes on, and nothing that came is thrown away.
`,
  server: `## When something is wrong with the server

These are noted while the server runs, and it goes on.
`,
  request: `## When a request to the page or its interface is not answered

These are answers under \`/api\`, as problem details (RFC 9457) with the code in \`code\`.
`,
  output: `## When an output does not work

MQTT, InfluxDB and the like. These are noted while the server runs; batteries, the page and the other outputs do not notice.
`,
  tap: `## When the tap does not hear batteries

Batteries notice nothing of it. See [captures.md](captures.md).
`,
  relay: `## When the relay does not reach the vendor

These are noted while the server runs; batteries are heard and answered all the same.
`,
  prices: `## When prices of electricity are not known

These are noted while the server runs. See [prices.md](prices.md).
`,
};

const WORDS_PART = `## Words that are no problem

Lines in which nothing is wrong have a word in small letters for their code:

| code | what it says |
|---|---|
`;

/** The whole page, as it must stand in docs/errors.md. */
export function errorsPage(): string {
  const tables = Object.entries(PROBLEM_TABLES) as [Table, Readonly<Record<string, Problem>>][];
  return [
    INTRODUCTION,
    ...tables.flatMap(([table, problems]) => [
      PARTS[table],
      ...Object.entries(problems).map(([code, problem]) => section(code, culpritOf(table, problem), problem)),
    ]),
    WORDS_PART +
      Object.entries(LOG_WORDS)
        .map(([word, says]) => `| \`${word}\` | ${says} |\n`)
        .join(''),
  ].join('\n');
}

/** Whose fault it is, and by which number a program is told. */
function culpritOf(table: Table, problem: Problem & { readonly status?: number }): string {
  const who = CULPRITS[problem.culprit];
  if (table === 'command') return `${who} (exit code ${exitCodeOf(problem)})`;
  return problem.status === undefined ? who : `${who} (status ${problem.status})`;
}

/** The code alone is the heading, so that errors.md#port_in_use leads to it. */
function section(code: string, who: string, { sentence, advice }: Problem): string {
  return [
    `### ${code}\n`,
    `- **Who erred:** ${who}.`,
    `- **What was seen:** ${sentence}.`,
    `- **What to do:** ${advice}\n`,
  ].join('\n');
}

if (import.meta.main) writeFileSync(PAGE, errorsPage());
