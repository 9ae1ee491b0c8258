/**
 * What a running server says of itself: problems that are neither a peer's nor an output's, and the words for what is no
 * problem. docs/errors.md is made of both; a test compares them with what the source can say.
 */
import type { Problem } from './problem.ts';

export const SERVER_PROBLEMS = {
  WEB_SETUP: {
    culprit: 'nobody',
    sentence: 'no password is set yet, and others reach the page: nobody sees anything there until one is set',
    advice:
      'Open the page and set one with the code that stands in the line; it is good until a password is set or the server ends. Or: alphaess-local password.',
  },
  STORE_RECOVERED: {
    culprit: 'nobody',
    sentence: 'what batteries send can be written again; what was wrong stands in an earlier line',
    advice: 'Nothing to do: batteries waited, and nothing was lost.',
  },
  DESCRIPTORS_FREE: {
    culprit: 'nobody',
    sentence: 'connections are taken again; what was wrong stands in an earlier line',
    advice: 'Nothing to do.',
  },
  SERVER_CLOCK_DOUBTED: {
    culprit: 'machine',
    sentence:
      'the clock of this machine is far ahead of what the data says, or shows a time before this program was written; nothing is removed for its age meanwhile',
    advice:
      'Set the clock right (NTP), if it is wrong. If it is right, and the server was off for so long: it is believed when the kernel says that it is synchronised, when a battery’s clock says the same for an hour, or when you say so: alphaess-local clock --confirm.',
  },
  SERVER_CLOCK_SURE: {
    culprit: 'nobody',
    sentence: 'the clock of this machine is believed again; why stands in the line',
    advice: 'Nothing to do.',
  },
  CLOCK_WRONG: {
    culprit: 'battery',
    sentence: 'the clock of a battery is far from the time of the house',
    advice:
      'Readings are dated by this server’s clock all the same: see that it is right (NTP). Set the clock on the battery’s display if it charges by the time of day.',
  },
  DATA_FOLDER_OPEN: {
    culprit: 'machine',
    sentence: 'other users of this machine can read the data folder, and that could not be changed',
    advice:
      'Give the folder and what is in it to the user who runs the server, with mode 700 for it and 600 for its files; or keep it on a file system that knows owners.',
  },
  RECORDING_FAILED: {
    culprit: 'machine',
    sentence: 'the recording of this server’s connections has ended, since its file cannot be written',
    advice:
      'See that the disk has room, and that the folder recordings in the data folder may be written. Batteries are not touched by it.',
  },
  CONTROL_ENDING: {
    culprit: 'nobody',
    sentence: 'control is switched off, and a battery still has what it had a battery do: that is undone first',
    advice: 'Leave the server running until the page, or alphaess-local control status, says normal.',
  },
  CONTROL_STAYS: {
    culprit: 'nobody',
    sentence: 'the server ends while a battery is held, or charges, by its control',
    advice:
      'Nothing to do where the server comes back: it undoes it at the moment that was said. Else put the battery back first: alphaess-local leave (docs/leaving.md).',
  },
  LOG_LOST: {
    culprit: 'machine',
    sentence: 'lines of the log were lost: its disk is full, its reader has gone, or reads too slowly',
    advice: 'See to what the log is written to. Readings are not touched by it.',
  },
  LOG_THROTTLED: {
    culprit: 'nobody',
    sentence: 'more came at once than is written to the log; the rest was counted only',
    advice:
      'Readings are stored all the same. If one battery has far more lines than others, look at what speaks under its name.',
  },
} as const satisfies Record<string, Problem>;

/** Those that are counted besides the problems of peers and of outputs. */
export const COUNTED_PROBLEMS: readonly string[] = [
  'STORE_BUSY',
  'STORE_FULL',
  'STORE_IO',
  'STORE_GONE',
  'STORE_CORRUPT',
  'STORE_REFUSED',
  'STORE_NO_SPACE',
  'BACKUP_FAILED',
  'CLOCK_WRONG',
  'LOG_LOST',
  'RECORDING_FAILED',
  'LOGIN_WRONG',
];

/** The `code` of lines that are no problem. */
export const LOG_WORDS = {
  listening: 'the server has started; `battery_port` and `web_port` are its ports',
  connection: 'a connection to the battery port was opened or closed',
  live: 'a reading: its values under the names of [fields.md](fields.md), its time in `reading_time`',
  event: 'a battery connected, logged in or sent a message, or has a new entry in its own log',
  clock:
    'how far a battery’s clock is from UTC, and why that was measured anew; `offset_seconds`, `drift_ppm`, `unconfirmed`',
  energy: 'stored energies are worked out again after an upgrade, by the rule of this version',
  gap: 'minutes that were missed, and whether the battery was asked for them',
  forgotten: 'a battery was forgotten with everything of it, by its owner’s word',
  backup: 'a backup was made; `path`, `bytes`',
  received: 'at debug: the configuration, details or history that a battery sent',
  upgrade: 'the data is brought to a newer version of the database, `version`, after a copy was made',
  certificate: 'which certificate the page shows, and until when it is valid; `fingerprint`',
  output: 'an output reaches its server, for the first time or again',
} as const satisfies Record<string, string>;
