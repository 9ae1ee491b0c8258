/**
 * Work on all batteries, a few milliseconds a turn of the event loop, so that those are answered between which speak meanwhile
 * (decision 0034). Whatever walks through all of them is written as a generator, and runs here.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** With what else happens in a turn, a small part of what may be noticed. */
const TURN_MS = 4;
/** UTF-16 letters in one part of a text: what a socket takes in a few writes. */
const PART_LETTERS = 64 * 1024;

function realMonoMs(): number {
  return performance.now();
}

/** Runs steps to their end. Each must be short. @throws what a step throws */
export async function inTurns(steps: Iterable<unknown>, monoMs = realMonoMs): Promise<void> {
  let until = monoMs() + TURN_MS;
  for (const _step of steps) {
    if (monoMs() < until) continue;
    await nextTurn();
    until = monoMs() + TURN_MS;
  }
}

/** Texts put together into larger parts. @throws what a piece throws */
export async function* partsInTurns(pieces: Iterable<string>, monoMs = realMonoMs): AsyncGenerator<string> {
  let until = monoMs() + TURN_MS;
  let part = '';
  for (const piece of pieces) {
    part += piece;
    const isOver = monoMs() >= until;
    if (part.length < PART_LETTERS && !isOver) continue;
    yield part;
    part = '';
    await nextTurn();
    until = monoMs() + TURN_MS;
  }
  if (part !== '') yield part;
}

/** Parts that are there already, one a turn: whoever takes as many as a socket takes has megabytes written in one. */
export async function* onePartATurn(parts: Iterable<string>): AsyncGenerator<string> {
  for (const part of parts) {
    yield part;
    await nextTurn();
  }
}
