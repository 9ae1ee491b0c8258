/** Texts of what is away: a server, or one of several batteries; and of a server that came back with another page. Part of `texts.ts`. */
export const outageTexts = {
  gone: {
    title: 'The server does not answer',
    since: (time: string, duration: string) => `since ${time} (${duration}).`,
    what: 'What you see is from before. This page tries again by itself.',
  },
  viewFailed: 'This view could not be loaded. This page tries again by itself.',
  renewal: {
    waits: 'The server has a newer version of this page. It is loaded when you have finished here.',
    now: 'Load it now',
  },
} as const;

export const missingTexts = {
  missing: (names: readonly string[]) => `Not in the sum: ${names.join(', ')}.`,
  without: (name: string, ago: string | null) =>
    ago === null ? `${name} (no data yet)` : `${name} (last data ${ago})`,
} as const;

export const outageHealthTexts = { unknown: 'Whether all is well is not known at present' } as const;
