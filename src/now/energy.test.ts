import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { at, battery, live, NOW } from '../../test/news.ts';
import { type EnergySoFar, EnergyToday } from './energy.ts';
import type { EnergyNews } from './news.ts';

const DAY_MS = 86_400_000;
const SO_FAR: EnergySoFar = { dayStartMs: at(-43_440), today: { load_energy: 0.5 }, total: { load_energy: 12.25 } };

let now: number;
let wanted: boolean;
/** Each question. */
let asked: (readonly string[])[];
/** Each answer that was told. */
let told: (readonly EnergyNews[])[];

beforeEach(() => {
  now = NOW;
  wanted = true;
  asked = [];
  told = [];
});

function energy(ask = async (_ids: readonly string[]): Promise<void> => {}): EnergyToday {
  const made = new EnergyToday({
    ask: async (ids) => {
      asked.push(ids);
      await ask(ids);
      return Object.fromEntries(ids.map((id) => [id, SO_FAR]));
    },
    wallMs: () => now,
    dayStartMs: (ms) => ms - (ms % DAY_MS),
    isWanted: () => wanted,
    told: (news) => void told.push(news),
  });
  onTestFinished(() => made.stop());
  return made;
}

const batteries = () => told.splice(0).flatMap((news) => news.map((one) => one.battery));

it('is told of batteries that were heard since, once', async () => {
  const today = energy();
  today.tell(live({}));
  today.tell(live({}));
  await today.tick();
  expect(told).toEqual([[{ type: 'energy', battery: 'b3f1c2', timeMs: NOW, ...SO_FAR }]]);
  told = [];
  await today.tick();
  expect(batteries()).toEqual([]);
});

it('is not asked for while nobody wants it', async () => {
  const today = energy();
  today.tell(live({}));
  wanted = false;
  await today.tick();
  expect([asked, told]).toEqual([[], []]);
  wanted = true;
  await today.tick();
  expect(batteries()).toEqual(['b3f1c2']);
});

it('is asked again where it could not be read, once the battery is heard again', async () => {
  let fails = true;
  const today = energy(async () => {
    if (fails) throw new Error('busy');
  });
  today.tell(live({}));
  await today.tick();
  fails = false;
  await today.tick();
  expect(batteries()).toEqual([]);
  today.tell(live({}));
  await today.tick();
  expect(batteries()).toEqual(['b3f1c2']);
});

it('is asked of a fleet in portions, one after the other, and told together', async () => {
  const today = energy();
  for (let n = 0; n < 45; n++) today.tell(live({}, 0, `b${n}`));
  await today.tick();
  expect(asked.map(({ length }) => length)).toEqual([20, 20, 5]);
  expect(told.map(({ length }) => length)).toEqual([45]);
});

it('is asked once at a time', async () => {
  let answer = () => {};
  const today = energy(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  today.tell(live({}));
  const first = today.tick();
  today.tell(live({}));
  await today.tick();
  expect(asked).toHaveLength(1);
  answer();
  await first;
  expect(batteries()).toEqual(['b3f1c2']);
});

it('of a battery that is silent is told when a day begins, so that none shows yesterday’s', async () => {
  const today = energy();
  today.start(['b3f1c2']);
  today.tell(battery({ id: 'ccc' }));
  await today.tick();
  await today.tick();
  expect(batteries()).toEqual(['b3f1c2', 'ccc']);
  now += DAY_MS;
  await today.tick();
  expect(batteries()).toEqual(['b3f1c2', 'ccc']);
});

it('is asked once a minute by itself, until it is stopped', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const today = energy();
  today.start(['b3f1c2']);
  await vi.advanceTimersByTimeAsync(59_999);
  expect(asked).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(1);
  today.stop();
  today.tell(live({}));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toHaveLength(1);
});

it('is not told of a battery that was forgotten meanwhile; of a new one of that id it is asked again', async () => {
  let answer = (): void => {};
  const today = energy(() => new Promise<void>((resolve) => (answer = resolve)));
  today.tell(live({}));
  today.tell({ ...live({}), battery: 'c0ffee' });
  const ticked = today.tick();
  today.forget('AL1', 'b3f1c2');
  answer();
  await ticked;
  expect(batteries()).toEqual(['c0ffee']);
  today.tell(live({}));
  today.forget('AL1', 'c0ffee');
  const again = today.tick();
  answer();
  await again;
  expect(batteries()).toEqual(['b3f1c2']);
});
