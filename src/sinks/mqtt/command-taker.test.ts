import { beforeEach, expect, it } from 'vitest';
import { NOW } from '../../../test/news.ts';
import type { LastChange } from '../control-news.ts';
import { CommandTaker } from './command-taker.ts';

let taken: string[];
let said: string[];
let answers: [string, LastChange][];

beforeEach(() => {
  [taken, said, answers] = [[], [], []];
});

function taker(take: (body: object) => Promise<void> = async () => {}): CommandTaker {
  return new CommandTaker({
    base: 'alphaess',
    control: {
      take: (battery, body) => {
        taken.push(`${battery} ${JSON.stringify(body)}`);
        return take(body);
      },
    },
    isTold: (battery) => battery === 'b3f1c2',
    answer: (...answer) => void answers.push(answer),
    say: (detail) => void said.push(detail),
    wallMs: () => NOW,
  });
}

const message = (topic: string, payload: string, isRetained = false) => ({ topic, payload, isRetained });

it('what is not understood changes nothing, and is said', async () => {
  await taker().heard(message('alphaess/b3f1c2/set/mode', 'off'));
  const reason = 'mode: expected hold, charge or normal, not “off”';
  expect([taken, said]).toEqual([[], [`b3f1c2, refused: ${reason}`]]);
  expect(answers).toEqual([['b3f1c2', { number: null, wish: null, state: 'refused', reason, by: 'mqtt', atMs: NOW }]]);
});

it('what the broker had kept changes nothing, and is said', async () => {
  await taker().heard(message('alphaess/b3f1c2/set/mode', 'hold', true));
  expect([taken, answers.map(([, { state }]) => state)]).toEqual([[], ['ignored']]);
});

it.each(['000000', 'b3f1c2x', '', '\u001b[2J'])('of battery %j nothing is known', async (battery) => {
  await taker().heard(message(`alphaess/${battery}/set/mode`, 'hold'));
  expect([taken, answers]).toEqual([[], []]);
  expect(said).toEqual([expect.stringMatching(/^there is no battery of that id: [\w…]*$/)]);
});

it('what is refused is said with its reason', async () => {
  const refuses = async () => {
    throw new Error('lowest_charge: 5 % is below 10 %');
  };
  await taker(refuses).heard(message('alphaess/b3f1c2/set/lowest_charge', '5'));
  expect(said).toEqual(['b3f1c2, refused: lowest_charge: 5 % is below 10 %']);
  const tooEarly = async () => {
    throw Object.assign(new Error('the battery has only just connected'), { isIgnored: true });
  };
  await taker(tooEarly).heard(message('alphaess/b3f1c2/set/mode', 'hold'));
  expect(answers.at(-1)).toMatchObject(['b3f1c2', { state: 'ignored', reason: 'the battery has only just connected' }]);
});

it('what is taken is not said: the change tells itself', async () => {
  await taker().heard(message('alphaess/b3f1c2/set/mode', 'hold'));
  await taker().heard(message('alphaess/b3f1c2/state', '{}'));
  expect([taken, said, answers]).toEqual([['b3f1c2 {"verb":"hold"}'], [], []]);
});

it('no more than a few are taken at a time', async () => {
  const waiting: (() => void)[] = [];
  const one = taker(() => new Promise((resolve) => void waiting.push(resolve)));
  const all = Array.from({ length: 10 }, () => one.heard(message('alphaess/b3f1c2/set/mode', 'hold')));
  expect(taken).toHaveLength(8);
  for (const go of waiting) go();
  await Promise.all(all);
  expect(said).toEqual(Array(2).fill('b3f1c2, ignored: too many commands at once'));
  const last = one.heard(message('alphaess/b3f1c2/set/mode', 'normal'));
  expect(taken).toHaveLength(9);
  waiting.at(-1)?.();
  await last;
});
