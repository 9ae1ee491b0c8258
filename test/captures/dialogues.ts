/**
 * What a battery and a server say to each other, at random: whole messages of the protocol, now and then something else.
 */
import * as fc from 'fast-check';
import { fixture, frameByHand } from '../wire.ts';
import type { Said } from './network.ts';

const BODIES: readonly (readonly [command: number, body: string])[] = [
  [2, fixture('1-1-2.login.json')],
  [0, ''],
  [16, fixture('1-1-16.live.json')],
  [5, fixture('1-1-5.detail.json')],
  [4, fixture('1-1-4.config.json')],
  [12, fixture('1-1-12.history.csv')],
  [9, fixture('1-1-9.eventlog.json')],
];

export const BEGUN_MS = Date.UTC(2024, 5, 12, 11, 4, 10);

/** The battery says something every ten seconds, and is answered. */
export const dialogues = fc.array(fc.nat(BODIES.length - 1), { minLength: 1, maxLength: 6 }).map((messages): Said[] =>
  messages.flatMap((message, index): Said[] => {
    const [command, body] = BODIES[message] as (typeof BODIES)[number];
    const ms = BEGUN_MS + index * 10_000;
    return [
      { way: 'from_battery', bytes: frameByHand(1, command, body), ms },
      { way: 'to_battery', bytes: frameByHand(2, command, '{"Status":"Success"}'), ms: ms + 20 },
    ];
  }),
);

/** The frames of one side, as `told` words them. */
export function saidBy(dialogue: readonly Said[], side: Said['way']): string[] {
  return dialogue
    .filter(({ way }) => way === side)
    .map(({ bytes }) => `${bytes[1]},${bytes[2]} ${Buffer.from(bytes).toString('hex')}`);
}
