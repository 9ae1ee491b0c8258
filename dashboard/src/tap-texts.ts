/** What the page says of the tap: a part of texts.ts. */
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
