/**
 * What can keep a tap from hearing batteries. They notice nothing of it, and speak to the vendor all the same.
 */
import type { Problem } from './problem.ts';

export const TAP_PROBLEMS = {
  TAP_NOT_STARTED: {
    culprit: 'owner',
    sentence: 'the command of the tap cannot be started',
    advice:
      'See that the program that tap.command begins with is installed, and that the user who runs the server may start it. In a container, and under the systemd unit, packets cannot be recorded: have them come by ssh, or by standard input (docs/captures.md).',
  },
  TAP_ENDED: {
    culprit: 'machine',
    sentence: 'the recording that the tap listens to has ended',
    advice:
      'The line says what the command said last: often that it may not record (run it as root, or give tcpdump the capability CAP_NET_RAW), that there is no such interface, or that ssh was refused. A command is started again by itself; standard input is not.',
  },
  TAP_GARBLED: {
    culprit: 'owner',
    sentence: 'what the tap was given is no recording of packets, or a damaged one; the rest of it is not read',
    advice:
      'tap.command must write pcap or pcapng to its standard output, and nothing else: tcpdump -U -w -. It is started again by itself.',
  },
  TAP_SILENT: {
    culprit: 'owner',
    sentence: 'the tap hears nothing',
    advice:
      'See that the battery is on, that its packets pass where the recording is made (a switch sends them only where they must go), that the interface is the right one, and that tcpdump has -U. A command is started again by itself.',
  },
  TAP_LOST: {
    culprit: 'machine',
    sentence: 'packets between a battery and the vendor’s server were not recorded; what was in them is missing here',
    advice:
      'The machine that records is too slow, or busy: record fewer packets (tcp port 7777), or give tcpdump a larger buffer (-B 4096). A tap cannot ask the battery for what it missed.',
  },
} as const satisfies Record<string, Problem>;

export type TapProblemCode = keyof typeof TAP_PROBLEMS;
