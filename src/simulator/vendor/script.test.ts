import { describe, expect, it } from 'vitest';
import { parseScript } from './script.ts';

describe('a script', () => {
  it('is what the vendor does, in the order of its times', () => {
    const text = `
      # the whole of it
      9   Resume 2024/06/12_10:00:00 60
      2.5 SyncTime  # sets the clock
      5   SetConfig GridCharge=1 Odd=a_b
      12  silence
      20  answers
      31  damaged SyncTime
      32  frame 1 20 part of a file
      40  close
      30  garbage
    `;
    expect(parseScript(text)).toEqual([
      { afterMs: 2500, what: { act: 'order', command: 'SyncTime', parameters: [] } },
      {
        afterMs: 5000,
        what: {
          act: 'settings',
          changes: new Map([
            ['GridCharge', '1'],
            ['Odd', 'a b'],
          ]),
        },
      },
      { afterMs: 9000, what: { act: 'order', command: 'Resume', parameters: ['2024/06/12 10:00:00', '60'] } },
      { afterMs: 12_000, what: { act: 'silence' } },
      { afterMs: 20_000, what: { act: 'answers' } },
      { afterMs: 30_000, what: { act: 'garbage' } },
      { afterMs: 31_000, what: { act: 'damaged', command: 'SyncTime' } },
      { afterMs: 32_000, what: { act: 'frame', type: 1, command: 20, body: 'part of a file' } },
      { afterMs: 40_000, what: { act: 'close' } },
    ]);
    expect(parseScript('')).toEqual([]);
  });

  it.each([
    'SyncTime',
    '-1 SyncTime',
    '1',
    '1 close now',
    '1 damaged',
    '1 frame 5 1',
    '1 frame 1 256',
    '1 frame 1',
    '1 SetConfig GridCharge',
    '1 {"Command"',
    'soon SyncTime',
  ])('is refused by its line where that is no step: %s', (line) => {
    expect(() => parseScript(`\n${line}`)).toThrow(`line 2 is no step: ${line}`);
  });
});
