/** What the page says of the tap, and of recordings: parts of texts.ts. */
export const tapTexts = {
  title: 'Tap',
  state: 'State',
  states: { starting: 'starting', listening: 'listening', waiting: 'waiting to be started again', ended: 'ended' },
  source: 'Packets come from',
  sources: { command: 'the command of the configuration', input: 'standard input' },
  since: 'Since',
  starts: 'Times started',
  frames: 'Messages of batteries, of the vendor',
  both: (one: string, other: string) => `${one}, ${other}`,
  own: 'Messages passed over: this server’s own',
  lost: 'Not recorded',
  whatToDo: 'The file docs/errors.md says what to do.',
} as const;

export const recordingTexts = {
  title: 'Record for Wireshark',
  help: 'Records what batteries, this server and the vendor say to each other, without private values. The file docs/captures.md says more.',
  howLong: 'For',
  minutes: (count: number) => `${count} minutes`,
  start: 'Record',
  stop: 'Stop',
  state: 'State',
  off: 'not recording',
  on: (left: string) => `recording, for another ${left}`,
  onPrivate: (left: string) => `recording with private values, for another ${left}`,
  frames: 'Messages recorded',
  dropped: 'Messages not recorded',
  inFolder: 'With private values: in the data folder',
  failed: (why: string) => `It was not done: ${why}`,
} as const;
