/**
 * What can keep an output from working.
 */
import type { Problem } from './problem.ts';

export const SINK_PROBLEMS = {
  OUTPUT_UNREACHABLE: {
    culprit: 'output',
    sentence: 'the server of an output cannot be reached, or the connection to it broke',
    advice:
      'See that it runs and that the address in the configuration is right. It is tried again by itself; what may wait, waits.',
  },
  OUTPUT_REFUSED: {
    culprit: 'owner',
    sentence: 'the server of an output does not accept who we are or where we write',
    advice:
      'Check user and password, token, key, certificate, organisation and bucket. It is tried again by itself; what may wait, waits.',
  },
  OUTPUT_UNTRUSTED: {
    culprit: 'owner',
    sentence: 'the certificate of an output’s server is not trusted',
    advice:
      'Name the certificate of the authority that signed it in the configuration (mqtt.ca), and see that the address has the name that the certificate is for.',
  },
  OUTPUT_REJECTED: {
    culprit: 'output',
    sentence: 'the server of an output did not take some of what it was sent, and never will',
    advice:
      'The line says what and why; the rest was taken. A field that is of another type there was first written by another program: use a measurement or bucket of its own.',
  },
  OUTPUT_OVERFLOW: {
    culprit: 'output',
    sentence: 'the server of an output was away for so long that the oldest of what waited for it was let go',
    advice:
      'Nothing is lost here. For InfluxDB, fill the hole with alphaess-local export --to influx --from …; a larger queue waits longer.',
  },
  OUTPUT_QUEUE: {
    culprit: 'machine',
    sentence: 'what waits for an output cannot be read now',
    advice:
      'The line says why: a disk, or a lock of another program. It is tried again by itself, and nothing of it is lost.',
  },
  OUTPUT_FORGOTTEN: {
    culprit: 'owner',
    sentence: 'an output is no longer configured, and what waited for it was let go',
    advice:
      'Nothing is lost here. If it was meant to stay, configure it again, and fill the hole: alphaess-local export --to influx --from the time that the line says.',
  },
  OUTPUT_COMMAND: {
    culprit: 'requester',
    sentence: 'a command that came by an output was not carried out',
    advice:
      'The line says why, and so does last_change under the topic control. Commands are never retained, and are looked at within a minute of being sent; docs/control.md has what they can be.',
  },
  OUTPUT_MISTAKE: {
    culprit: 'server',
    sentence: 'an output made a mistake of its own; the others and the batteries go on',
    advice: 'This is a mistake of ours: please report it with the log line.',
  },
} as const satisfies Record<string, Problem>;

export type SinkProblemCode = keyof typeof SINK_PROBLEMS;
