/** What the page says of a bundle to share. */

export const bundleTexts = {
  title: 'Bundle to share',
  help: 'One zip for who is to help you: what goes wrong, and what the batteries say, without serial numbers, passwords, addresses and the like. You see what is in it before you save it; nothing is sent anywhere.',
  shiftDates: 'Move all dates back by some number of weeks',
  make: 'Make it',
  making: 'Being made …',
  save: (name: string) => `Save ${name}`,
  failed: (why: string) => `There is none: ${why}`,
} as const;
