/**
 * Renders docs/errors.md from the tables of codes. Run it after every change of one.
 */
import { writeFileSync } from 'node:fs';
import { OWNER_ERRORS, type OwnerProblem } from '../src/problems/errors.ts';
import { LOG_WORDS, SERVER_PROBLEMS, type ServerProblem } from '../src/problems/server.ts';
import { type Culprit, PROBLEMS, type Problem } from '../src/protocol/errors.ts';
import { SINK_PROBLEMS, type SinkProblem } from '../src/sinks/problems.ts';
import { WEB_PROBLEMS, type WebProblem } from '../src/web/problem.ts';

export const COMMAND = 'npx --no-install node scripts/errors-doc.ts';
export const PAGE = new URL('../docs/errors.md', import.meta.url);

const INTRODUCTION = `# What went wrong, by code

<!-- Generated from src/problems/errors.ts, src/problems/server.ts, src/protocol/errors.ts, src/web/problem.ts and src/sinks/problems.ts. Do not edit; run: ${COMMAND} -->

Whatever goes wrong has a code in capital letters, such as \`PORT_IN_USE\`. It stands in the log, in counters and in exports, and it
never changes its meaning, so that you can search for it, set an alarm on it, or name it when you ask for help. Look your code up here:
each says who erred, what was seen, and what you can do.
`;

const OWNER_PART = `## When a command does not run

These end the command with one sentence on the terminal. Exit code 1: it failed; 2: it was asked for something it cannot do.
`;

const BATTERY_PART = `## When something is wrong on the battery's side

These are noted while the server runs; it goes on, and nothing that came is thrown away.
`;

const SERVER_PART = `## When something is wrong with the server

These are noted while the server runs, and it goes on.
`;

const WEB_PART = `## When a request to the page or its interface is not answered

These are answers under \`/api\`, as problem details (RFC 9457) with the code in \`code\`.
`;

const SINK_PART = `## When an output does not work

MQTT, InfluxDB and the like. These are noted while the server runs; batteries, the page and the other outputs do not notice.
`;

const WORDS_PART = `## Words that are no problem

Lines in which nothing is wrong have a word in small letters for their code:

| code | what it says |
|---|---|
`;

const SERVER_CULPRITS: Readonly<Record<ServerProblem['culprit'], string>> = {
  battery: 'the battery',
  machine: 'this computer, or what runs on it',
  nobody: 'nobody',
};

const SINK_CULPRITS: Readonly<Record<SinkProblem['culprit'], string>> = {
  network: 'the output’s server, or the network to it',
  owner: 'the configuration, here or at the output’s server',
  other: 'the output’s server, or what was written there before',
  us: 'this server',
};

const CULPRITS: Readonly<Record<Culprit, string>> = {
  battery: 'the battery',
  peer: 'what connected, which may be no battery at all',
  network: 'the network between the battery and this server',
};

const OWNER_CULPRITS: Readonly<Record<OwnerProblem['exitCode'], string>> = {
  1: 'this computer, or what runs on it',
  2: 'the command line or the configuration',
};

/** The whole page, as it must stand in docs/errors.md. */
export function errorsPage(): string {
  return [
    INTRODUCTION,
    OWNER_PART,
    ...Object.entries(OWNER_ERRORS).map(ownerSection),
    BATTERY_PART,
    ...Object.entries(PROBLEMS).map(batterySection),
    SERVER_PART,
    ...Object.entries(SERVER_PROBLEMS).map(serverSection),
    WEB_PART,
    ...Object.entries(WEB_PROBLEMS).map(webSection),
    SINK_PART,
    ...Object.entries(SINK_PROBLEMS).map(sinkSection),
    WORDS_PART +
      Object.entries(LOG_WORDS)
        .map(([word, says]) => `| \`${word}\` | ${says} |\n`)
        .join(''),
  ].join('\n');
}

function ownerSection([code, problem]: [string, OwnerProblem]): string {
  const who = `${OWNER_CULPRITS[problem.exitCode]} (exit code ${problem.exitCode})`;
  return section(code, who, problem);
}

function batterySection([code, problem]: [string, Problem]): string {
  return section(code, CULPRITS[problem.culprit], problem);
}

function serverSection([code, problem]: [string, ServerProblem]): string {
  return section(code, SERVER_CULPRITS[problem.culprit], problem);
}

function webSection([code, problem]: [string, WebProblem]): string {
  const who = problem.status < 500 ? 'the one who asked' : 'this server, or its load';
  return section(code, `${who} (status ${problem.status})`, problem);
}

function sinkSection([code, problem]: [string, SinkProblem]): string {
  return section(code, SINK_CULPRITS[problem.culprit], problem);
}

/** The code alone is the heading, so that errors.md#port_in_use leads to it. */
function section(code: string, who: string, { sentence, advice }: { sentence: string; advice: string }): string {
  return [
    `### ${code}\n`,
    `- **Who erred:** ${who}.`,
    `- **What was seen:** ${sentence}.`,
    `- **What to do:** ${advice || 'Nothing.'}\n`,
  ].join('\n');
}

if (import.meta.main) writeFileSync(PAGE, errorsPage());
