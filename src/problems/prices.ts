/**
 * What can keep prices of electricity from being known. Batteries are heard and answered all the same; what needs a price is left to the battery.
 */
import type { Problem } from './problem.ts';

export const PRICE_PROBLEMS = {
  PRICES_UNREACHABLE: {
    culprit: 'source',
    sentence: 'the server that has prices cannot be reached, or is too busy to answer',
    advice:
      'See that prices.url is right and that this machine reaches it. It is tried again by itself, and what is known of prices stays.',
  },
  PRICES_REFUSED: {
    culprit: 'owner',
    sentence: 'the server that has prices does not give them to us, or not at that address',
    advice:
      'Check prices.url, prices.post, prices.header and prices.token: docs/prices.md has examples. It is tried again by itself.',
  },
  PRICES_UNTRUSTED: {
    culprit: 'owner',
    sentence: 'the certificate of the server that has prices is not trusted',
    advice:
      'Name the certificate of the authority that signed it in prices.ca, and see that prices.url has the name that the certificate is for.',
  },
  PRICES_UNREADABLE: {
    culprit: 'source',
    sentence: 'what came as prices is not understood, and none of it was taken',
    advice:
      'The line says why. docs/prices.md has the forms that are read: lists of a start, with its distance to UTC, and a price, of one home, area and tariff.',
  },
  PRICES_NOT_KEPT: {
    culprit: 'machine',
    sentence: 'prices came and could not be written; they are not used before they are',
    advice: 'The line says why: a disk, or a lock of another program. It is tried again by itself.',
  },
  PRICES_MISSING: {
    culprit: 'source',
    sentence: 'there is no price for the present time, so that what needs one is left undone',
    advice:
      'An earlier line may say why. By MQTT, see that the program that publishes prices runs, and has the broker retain them.',
  },
  PRICES_KNOWN: {
    culprit: 'nobody',
    sentence: 'prices were taken, as they were not before',
    advice: 'Nothing to do.',
  },
} as const satisfies Record<string, Problem>;

export type PriceProblemCode = keyof typeof PRICE_PROBLEMS;
