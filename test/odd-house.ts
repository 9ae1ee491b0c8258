/**
 * A flow whose powers and counter are known exactly, spoilt in the ways of odd-kinds.ts. Seeded.
 */
import { Random } from '../src/simulator/random.ts';
import { type CountedDay, countedDays } from './counted-days.ts';
import { DAY } from './counted-house.ts';
import { type OddFlow, type OddKind, shownOf } from './odd-kinds.ts';

const DAYS = 4;

function oddFlow(random: Random, truth: Float64Array): OddFlow {
  const step = random.pick([0.01, 0.1, 0.1, 0.1, 1, 1.2]);
  const cadence = random.pick([1, 1, 5]);
  let passed = random.pick([0, 2.2, 500, 5221.2, random.uniform(0, 9000)]);
  const story = [`step ${step}, every ${cadence} min, from ${passed.toFixed(2)}`];
  const lifetime = truth.map((kilowatts) => {
    passed += kilowatts / 60;
    return passed;
  });
  const counter = lifetime.map((value, minute) => (minute % cadence === 0 ? shownOf(value, step) : Number.NaN));
  const power = truth.map((kilowatts) => kilowatts * 1000);
  return { random, step, cadence, truth, lifetime, power, counter, gaps: [], jitterSteps: 0, story };
}

/** The sun, or a load, or a battery that is charged at night. kW. */
function truthOf(random: Random): Float64Array {
  const truth = new Float64Array(DAYS * DAY);
  const most = random.pick([0.4, 1, 3, 8, 11]);
  const kind = random.pick(['sun', 'load', 'load', 'night']);
  let cloud = 1;
  for (let minute = 0; minute < truth.length; ) {
    const hour = (minute % DAY) / 60;
    if (kind === 'load') {
      const length = random.whole(5, 400);
      truth.fill(random.chance(0.4) ? 0 : random.uniform(0, 1) ** 2 * most, minute, minute + length);
      minute += length;
      continue;
    }
    if (random.chance(0.05)) cloud = random.uniform(0.2, 1);
    const isNight = hour >= 23 || hour < 4;
    truth[minute] =
      kind === 'night' ? (isNight ? most : 0) : Math.max(0, Math.sin(((hour - 6) * Math.PI) / 12)) * most * cloud;
    minute++;
  }
  return truth;
}

export interface OddHouse {
  readonly flow: OddFlow;
  readonly days: readonly CountedDay[];
}

export function oddHouse(seed: number, ...kinds: readonly OddKind[]): OddHouse {
  const random = new Random(`odd house ${seed} ${kinds.map(({ name }) => name).join()}`);
  const flow = oddFlow(random, truthOf(random));
  for (const kind of kinds) kind.spoil(flow);
  return { flow, days: countedDays(flow) };
}
