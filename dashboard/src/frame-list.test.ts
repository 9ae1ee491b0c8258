import { describe, expect, it } from 'vitest';
import { arrange, commandText, join, MOST_FRAMES } from './frame-list.ts';
import type { ShownFrame } from './types.ts';

const frame = (key: string, part: Partial<ShownFrame> = {}): ShownFrame =>
  ({
    key,
    time: `2026-11-23T09:00:0${key}Z`,
    direction: 'from_battery',
    name: 'live',
    understood: true,
    ...part,
  }) as ShownFrame;
const ALL = { direction: 'all', name: '', unknownFirst: false } as const;

it('joins what came with what was loaded, each once, newest first', () => {
  expect(join([frame('3'), frame('2')], [frame('1'), frame('2')]).map(({ key }) => key)).toEqual(['3', '2', '1']);
  const many = Array.from({ length: MOST_FRAMES + 5 }, (_, at) => frame(String(at)));
  expect(join(many, [])).toHaveLength(MOST_FRAMES);
});

describe('arranged', () => {
  const frames = [
    frame('3'),
    frame('2', { direction: 'to_battery', name: 'live reply' }),
    frame('1', { understood: false, name: 'unknown 7' }),
  ];
  const keys = (filter: Partial<Parameters<typeof arrange>[1]>) =>
    arrange(frames, { ...ALL, ...filter }).map(({ key }) => key);

  it('filtered by direction and name', () => {
    expect(keys({ direction: 'to_battery' })).toEqual(['2']);
    expect(keys({ name: ' UNKNOWN ' })).toEqual(['1']);
  });

  it('what is not understood first', () => expect(keys({ unknownFirst: true })).toEqual(['1', '3', '2']));
});

it('commands are written as in the protocol’s description', () => {
  expect(commandText(frame('1', { type: 1, command: 16 }))).toBe('1,1,16');
  expect(commandText(frame('1', { type: null, command: null }))).toBe('');
});
