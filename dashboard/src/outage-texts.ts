/** Texts of a server that is away, and of one that came back with another page. Part of `texts.ts`. */
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
