/**
 * What ends a command, or keeps the server from starting or from storing: the command line, the configuration, a port, the
 * data folder.
 */
import type { Problem } from './problem.ts';

export const OWNER_ERRORS = {
  PORT_IN_USE: {
    culprit: 'machine',
    sentence: 'another program already listens on that port',
    advice: 'Stop it (it may be another alphaess-local), or choose another port with --battery-listen or --web-listen.',
  },
  PORT_FORBIDDEN: {
    culprit: 'machine',
    sentence: 'this user may not listen on that port',
    advice: 'Ports below 1024 need special rights: choose a higher one.',
  },
  ADDRESS_NOT_HERE: {
    culprit: 'machine',
    sentence: 'this machine does not have the address to listen on',
    advice: 'Use 0.0.0.0 for every address, 127.0.0.1 for this machine alone, or an address that this machine has.',
  },
  WEB_NEEDS_PASSWORD: {
    culprit: 'owner',
    sentence: 'the web port would be open to others without a password',
    advice:
      'Set one with: alphaess-local password. Or give one in web.password_file, or let one be set on the page with web.setup: true. Or listen on 127.0.0.1 (the default), for this machine alone.',
  },
  WEB_PASSWORD_UNREADABLE: {
    culprit: 'machine',
    sentence: 'the file of the page’s passwords cannot be read',
    advice: 'Check the permissions of web-password.json in the data folder; or remove it, and set a new password.',
  },
  WEB_CERTIFICATE_UNREADABLE: {
    culprit: 'machine',
    sentence: 'the page’s certificate or its key cannot be used',
    advice:
      'The message says why. Both are files in PEM, the key without a password, readable by the user who runs the server; or set web.tls.self_signed instead. A running server goes on with the certificate it has.',
  },
  PASSWORD_UNFIT: {
    culprit: 'owner',
    sentence: 'the password or token is too short or too long, or was not typed the same twice',
    advice:
      'Give a password of 8 to 1024 characters, or a token of 32 to 200 letters and digits (alphaess-local password --token NAME makes one).',
  },
  DATA_NOT_WRITABLE: {
    culprit: 'machine',
    sentence: 'the data folder cannot be written, or is a file',
    advice: 'Check its permissions, or give another with --data.',
  },
  STORE_IN_USE: {
    culprit: 'machine',
    sentence: 'another alphaess-local uses the data folder',
    advice: 'Stop it, or give this one another folder with --data.',
  },
  STORE_ABSENT: {
    culprit: 'machine',
    sentence: 'there is no data in the folder',
    advice: 'Give --data the folder that the server uses.',
  },
  STORE_FOREIGN: {
    culprit: 'machine',
    sentence: 'the database in the data folder is another program’s; it was not changed',
    advice: 'Give --data a folder of its own, or take that file out of this one.',
  },
  STORE_NEWER: {
    culprit: 'machine',
    sentence: 'the data folder was written by a newer version',
    advice: 'Update alphaess-local; going back would lose data.',
  },
  STORE_OLDER: {
    culprit: 'machine',
    sentence: 'the data is of an older version',
    advice: 'Start the server once: it makes a copy and brings the data to this version.',
  },
  STORE_UPGRADING: {
    culprit: 'machine',
    sentence: 'the data is on its way to a newer version, half of it done',
    advice: 'Wait until the server listens; where none runs, start it: it goes on where it was broken off.',
  },
  STORE_CORRUPT: {
    culprit: 'machine',
    sentence: 'the database file is damaged, or gone while backups of it are there',
    advice:
      'The message names the newest backup: stop the server, and bring it back with alphaess-local restore (docs/backup.md). The damaged file is kept; much of it can usually be read.',
  },
  STORE_NO_SPACE: {
    culprit: 'machine',
    sentence: 'there is too little room on the disk for a copy of the database',
    advice:
      'Make room, or let store.backups.to name a folder on another disk. The message says how much is needed. A running server goes on without new backups meanwhile; before a newer version changes the data a copy is needed, and the server does not start without.',
  },
  BACKUP_BUSY: {
    culprit: 'machine',
    sentence: 'another backup of the data folder is being made',
    advice: 'Wait until it is done.',
  },
  BACKUP_FAILED: {
    culprit: 'machine',
    sentence: 'a backup could not be made',
    advice: 'The message says why. A running server tries again in an hour; backups that are there are kept.',
  },
  BACKUP_CORRUPT: {
    culprit: 'machine',
    sentence: 'a backup is not as it was made',
    advice: 'Take another backup, and check the disk that it is on.',
  },
  BACKUP_ABSENT: {
    culprit: 'machine',
    sentence: 'there is no backup in that place',
    advice: 'Give the folder of one backup: automatic ones are in the folder backups of the data folder.',
  },
  RESTORE_UNFINISHED: {
    culprit: 'machine',
    sentence: 'a restore of the data folder was broken off half way',
    advice: 'Start the server, or repeat the restore: either completes it. What was there before is kept.',
  },
  STORE_BUSY: {
    culprit: 'machine',
    sentence: 'another program holds the database locked',
    advice:
      'A running server waits and tries again by itself; batteries are not answered meanwhile, so nothing is lost.',
  },
  STORE_FULL: {
    culprit: 'machine',
    sentence: 'the disk is full',
    advice:
      'Make room. A running server tries again by itself; batteries are not answered meanwhile, so nothing is lost.',
  },
  STORE_IO: {
    culprit: 'machine',
    sentence: 'the disk reports an error, or the database cannot be written',
    advice: 'Look at the disk and the folder’s permissions. A running server tries again by itself.',
  },
  STORE_GONE: {
    culprit: 'machine',
    sentence: 'the files of the open database were deleted, moved, replaced or emptied by others',
    advice:
      'Put them back where they were, and the server goes on by itself. Where they are gone for good, or others are there on purpose, start the server again: it goes on with what is there then. Batteries are not answered meanwhile, so they keep what they send.',
  },
  STORE_REFUSED: {
    culprit: 'server',
    sentence: 'the database refused what was to be written',
    advice: 'This is a mistake of ours: please report it with the log line.',
  },
  COMMAND_MISTAKE: {
    culprit: 'server',
    sentence: 'the command failed in a way that nobody foresaw',
    advice: 'This is a mistake of ours: please report it with all that the command wrote.',
  },
  CONFIG_UNREADABLE: {
    culprit: 'owner',
    sentence: 'the configuration file cannot be read',
    advice: 'Check the path given with --config, and that the file is valid YAML.',
  },
  CONFIG_INVALID: {
    culprit: 'owner',
    sentence: 'a setting is not what it must be',
    advice: 'The message names the place and what is expected.',
  },
  USAGE: {
    culprit: 'owner',
    sentence: 'the command line was not understood',
    advice: 'alphaess-local COMMAND --help shows what it takes.',
  },
  INTERRUPTED: {
    culprit: 'machine',
    sentence: 'the command was broken off by a signal',
    advice: 'Repeat it: nothing was changed.',
  },
  BATTERY_UNKNOWN: {
    culprit: 'owner',
    sentence: 'no battery has that id or name',
    advice: 'The message lists those there are.',
  },
  FILE_UNREADABLE: {
    culprit: 'machine',
    sentence: 'a file cannot be read',
    advice: 'Check its name and permissions.',
  },
  CAPTURE_UNREADABLE: {
    culprit: 'machine',
    sentence: 'a capture is damaged, or of a kind that is not read',
    advice:
      'Record it as pcap (tcpdump -w FILE), or save it in Wireshark: as pcapng, or Follow, TCP Stream, show as Hex Dump (docs/captures.md).',
  },
  CAPTURE_TIMELESS: {
    culprit: 'owner',
    sentence: 'it cannot be told when what is to be imported was recorded',
    advice:
      'Give --at with the moment of its first message, such as --at 2026-11-01T12:00:00Z; what follows is counted from there, by the recording’s own times or, where it has none, by the battery’s clock. pcap and pcapng have times.',
  },
  CAPTURE_MISDATED: {
    culprit: 'owner',
    sentence: 'what is to be imported was recorded by a machine whose clock was wrong',
    advice:
      'Give --at with the moment of its first message, such as --at 2026-11-01T12:00:00Z; what follows is counted from there by the recording’s own times. If this machine’s clock is wrong, set it first.',
  },
  IMPORT_REFUSED: {
    culprit: 'owner',
    sentence: 'nothing was imported',
    advice:
      'The line says why. --as takes the id of a battery of yours (alphaess-local trust lists them), and a recording of one battery.',
  },
  BUNDLE_UNFIT: {
    culprit: 'machine',
    sentence: 'the bundle was not written',
    advice:
      'The line says why. Where a private value was found in it, please tell us in which file, and share what decode shows instead (docs/captures.md).',
  },
  DESCRIPTORS_SPENT: {
    culprit: 'machine',
    sentence: 'this process, or the machine, has no file descriptor left, so nothing more can be opened',
    advice:
      'Find out what opens so many connections (the page shows them under System), or raise the limit: ulimit -n, LimitNOFILE= of a systemd service, --ulimit nofile= of a container. A running server goes on by itself: connected batteries are answered, new ones are dropped until a descriptor is free.',
  },
  STDOUT_FAILED: {
    culprit: 'machine',
    sentence: 'standard output cannot be written, so what was asked for is not all there',
    advice: 'Make room where it is redirected to, and repeat the command.',
  },
  SERVER_UNREACHABLE: {
    culprit: 'machine',
    sentence: 'there is no server to send to',
    advice: 'Start one (alphaess-local serve), or give --to HOST:PORT.',
  },
  SERVER_REFUSED: {
    culprit: 'machine',
    sentence: 'the running server did not do what a command asked of it',
    advice: 'The message says why, with the code of its answer.',
  },
  INFLUX_FAILED: {
    culprit: 'output',
    sentence: 'InfluxDB did not take what was exported to it',
    advice:
      'The message says why: it cannot be reached, or address, token, organisation or bucket are not right. Repeat the command then; points that were written before are overwritten by themselves.',
  },
} as const satisfies Record<string, Problem>;

export type OwnerErrorCode = keyof typeof OWNER_ERRORS;

/** 2: what was asked for cannot be done; 1: it failed. */
export function exitCodeOf({ culprit }: Problem): 1 | 2 {
  return culprit === 'owner' ? 2 : 1;
}

/** Something its owner can put right: shown as one sentence, without a stack trace. */
export class OwnerError extends Error {
  override readonly name = 'OwnerError';
  readonly code: OwnerErrorCode;

  /** @param message one sentence that says what was seen and what to do */
  constructor(code: OwnerErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }

  get exitCode(): 1 | 2 {
    return exitCodeOf(OWNER_ERRORS[this.code]);
  }
}

/** Whether an error carries one of our codes, as StoreError does. */
function ownerCodeOf(error: unknown): OwnerErrorCode | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && Object.hasOwn(OWNER_ERRORS, code) ? (code as OwnerErrorCode) : null;
}

/** The owner's view of an error, or null where it is a mistake of ours. */
export function toOwnerError(error: unknown): OwnerError | null {
  if (error instanceof OwnerError) return error;
  const code = ownerCodeOf(error);
  return code === null ? null : new OwnerError(code, (error as Error).message, error);
}
