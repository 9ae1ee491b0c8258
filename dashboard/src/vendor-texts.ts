/**
 * What the page says of the vendor, and of what is relayed.
 */
export const vendorTexts = {
  connections: 'Connections to the vendor',
  none: 'No battery speaks at present.',
  notRelayed: 'Nothing is relayed: relay.upstream names no server of the vendor (docs/relay.md).',
  silent: 'The battery has not spoken since the server was started.',
  upstream: 'Server of the vendor',
  state: 'State',
  states: { connecting: 'connecting', up: 'connected', waiting: 'away, tried again', stopped: 'ended' },
  since: (state: string, duration: string) => `${state}, for ${duration}`,
  up: (up: number, all: number) => `${up} of ${all} connected`,
  forwarded: 'Forwarded',
  received: 'Received',
  lost: 'Not forwarded: away, slow',
  lostCounts: (missed: string, dropped: string) => `${missed}, ${dropped}`,
  login: 'Begins with the login',
  trouble: 'Last trouble',
  asked: (name: string) => `What the vendor asked: ${name}`,
  nothingAsked: 'Nothing, since the server was started.',
  unreadable: 'not readable',
  head: { time: 'Time', command: 'Command', fate: 'What became of it' },
  fates: { pass: 'passed', consume: 'answered here', hold: 'held', block: 'blocked' },
  counts: 'Messages of the vendor',
  held: (name: string) => `The vendor wants to change: ${name}`,
  heldSince: (ago: string) => `Asked for ${ago}. The battery has got nothing of it.`,
  postponed: (name: string) => `The vendor wants it otherwise: ${name}`,
  postponedHow: (verb: string, until: string) =>
    `A ${verb} of yours has these settings until ${until}. When it ends, they are as the vendor wants them.`,
  findings: {
    unknown: 'The battery has not told its settings yet, so nobody can say what would change.',
    unconfirmed:
      'Some settings are told by the vendor alone: confirm them once, so that later changes can be compared with them.',
    guarded:
      'Something of this is dangerous to change. It needs relay.policy SetConfig: pass in your file, and the id of the battery.',
  } as Readonly<Record<string, string>>,
  change: { setting: 'Setting', from: 'Now', to: 'Wanted' },
  unknown: 'unknown',
  leftOut: 'left out',
  private: 'private',
  dangerous: 'dangerous',
  alone: 'Told by the vendor alone',
  allow: 'Allow once',
  refuse: 'Refuse',
  typed: (id: string) => `Id of the battery (${id}), to confirm`,
  failed: (detail: string) => `That could not be done: ${detail}`,
  clockSet: (ago: string) => `Your vendor has just set the clock (${ago}): share this.`,
  clockSetHow:
    'Nobody has recorded yet how that is done. All that was said in that minute is kept; with one such recording everybody can set the clock without the vendor.',
  clockSetShow: 'See it under Frames, To share',
  policies: 'What becomes of each command',
  policy: {
    pass: 'passes',
    owner: 'passes if it changes your settings alone',
    hold: 'is held',
    block: 'is blocked',
  } as Readonly<Record<string, string>>,
} as const;
