import { expect, it } from 'vitest';
import { StoreError } from '../store/store.ts';
import { FanOut } from './fan-out.ts';

const ERROR = new StoreError('STORE_BUSY', 'locked');
const PROBLEM = { type: 'problem', code: 'FRAME_TLS', battery: null, detail: '' } as const;

function tellAll(fanOut: FanOut): void {
  fanOut.committed([], 3.5);
  fanOut.failing(ERROR);
  fanOut.recovered(3);
  fanOut.refused(ERROR);
  fanOut.opened(7, 'a private network', '10.0.0.1', 'tap');
  fanOut.closed(7);
  fanOut.problem(PROBLEM, null, '10.0.0.2');
}

function listener(heard: unknown[][]) {
  const hear =
    (name: string) =>
    (...what: unknown[]) =>
      void heard.push([name, ...what]);
  const names = ['committed', 'failing', 'recovered', 'refused', 'opened', 'closed', 'problem'] as const;
  return Object.fromEntries(names.map((name) => [name, hear(name)]));
}

it('tells everything to all, in their order', () => {
  const [one, two]: unknown[][][] = [[], []];
  tellAll(new FanOut([listener(one ?? []), {}, listener(two ?? [])], () => {}));
  expect(one).toEqual([
    ['committed', [], 3.5],
    ['failing', ERROR],
    ['recovered', 3],
    ['refused', ERROR],
    ['opened', 7, 'a private network', '10.0.0.1', 'tap'],
    ['closed', 7],
    ['problem', PROBLEM, null, '10.0.0.2'],
  ]);
  expect(two).toEqual(one);
});

it('tells the others where one fails, and says that it did', () => {
  const heard: unknown[][] = [];
  const failures: unknown[] = [];
  const broken = {
    closed: () => {
      throw new Error('broken');
    },
  };
  tellAll(new FanOut([broken, listener(heard)], (error) => void failures.push(error)));
  expect(heard).toHaveLength(7);
  expect(failures).toEqual([new Error('broken')]);
});
