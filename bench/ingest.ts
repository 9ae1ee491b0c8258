/**
 * Durable ingest at 1, 50 and 1,000 connections, against a bare echo in the same run: by the server as it starts without any
 * setting, whose log goes into a pipe. In two courses of time: as real batteries have it, of which each sample arrives a moment
 * after it was taken, and the worst, samples of ten seconds that come every few milliseconds, so that each looks like a clock
 * that was set.
 */
import type { Figure } from './figure.ts';
import {
  type BenchServer,
  compileLoad,
  type LoadSetting,
  runLoad,
  startEcho,
  startServer,
  temporaryFolder,
} from './process.ts';

/** How the load's time passes. */
export type TimeCourse = 'real' | 'worst';

/** The clocks of the server go on with the batteries'. */
const WITH_BATTERIES = {
  NODE_OPTIONS: `--import ${new URL('./battery-paced-clock.ts', import.meta.url).pathname}`,
};
/** Long ago: no sample is of now, nor ahead of it. */
const LONG_AGO = 1_616_540_512;

export interface Throughput {
  readonly perSecond: number;
  /** Of the server alone. */
  readonly processorMicros: number;
}

export function measureEcho(setting: LoadSetting): Promise<Throughput> {
  return startEcho().then((server) => measure(server, setting, LONG_AGO));
}

export async function measureServer(setting: LoadSetting, course: TimeCourse): Promise<Throughput> {
  const data = temporaryFolder();
  const server = await startServer(data.path, 'info', course === 'real' ? WITH_BATTERIES : {});
  const first = course === 'real' ? Math.floor(Date.now() / 1000) : LONG_AGO;
  const measured = await measure(server, setting, first);
  data.remove();
  return measured;
}

async function measure(server: BenchServer, setting: LoadSetting, first: number): Promise<Throughput> {
  try {
    const { frames, seconds, processorSeconds } = await runLoad(server, setting, first);
    return { perSecond: frames / seconds, processorMicros: (processorSeconds / frames) * 1e6 };
  } finally {
    await server.stop();
  }
}

const ROUNDS = 5;
const SECONDS = 4;

export async function ingest(): Promise<Figure[]> {
  const tools = temporaryFolder();
  const load = compileLoad(tools.path);
  if (load === null) return [{ name: 'ingest', value: null, unit: '', note: 'needs a C compiler (cc)' }];
  const figures: Figure[] = [];
  for (const connections of [1, 50, 1000]) {
    const setting = { load, connections, seconds: SECONDS, frames: 0 };
    const rounds: Record<TimeCourse | 'echo', Throughput>[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await inTurn(setting));
    for (const course of ['real', 'worst'] as const) figures.push(...compared(connections, course, rounds));
  }
  tools.remove();
  return figures;
}

/** Turn and turn about, so that all see the same machine. */
async function inTurn(setting: LoadSetting): Promise<Record<TimeCourse | 'echo', Throughput>> {
  return {
    echo: await measureEcho(setting),
    real: await measureServer(setting, 'real'),
    worst: await measureServer(setting, 'worst'),
  };
}

/** The middle of the rounds' ratios counts. */
function compared(
  connections: number,
  course: TimeCourse,
  rounds: readonly Record<TimeCourse | 'echo', Throughput>[],
): Figure[] {
  const rates = rounds.map(({ echo, [course]: ours }) => ours.perSecond / echo.perSecond);
  const costs = rounds.map(({ echo, [course]: ours }) => echo.processorMicros / ours.processorMicros);
  const middle = (of: TimeCourse | 'echo', what: keyof Throughput) => median(rounds.map((round) => round[of][what]));
  const time = course === 'real' ? 'time as real batteries have it' : 'the worst course of time';
  const name = `durable ingest, ${connections} connection${connections === 1 ? '' : 's'}, ${time}, of a bare echo`;
  const promised = connections === 1000 && course === 'real' ? { atLeast: 0.3 } : {};
  return [
    {
      name: `${name}: frames/s`,
      value: median(rates),
      unit: 'ratio',
      ...promised,
      note: `${Math.round(middle(course, 'perSecond'))} of ${Math.round(middle('echo', 'perSecond'))} frames/s`,
    },
    {
      name: `${name}: processor time`,
      value: median(costs),
      unit: 'ratio',
      ...promised,
      note: `a frame ${middle(course, 'processorMicros').toFixed(1)} µs, echo ${middle('echo', 'processorMicros').toFixed(1)} µs`,
    },
  ];
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
}
