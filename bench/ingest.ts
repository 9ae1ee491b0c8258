/**
 * Durable ingest at 1, 50 and 1,000 connections, against a bare echo in the same run.
 */
import type { Figure } from './figure.ts';
import {
  type BenchServer,
  compileLoad,
  processorSeconds,
  runLoad,
  startEcho,
  startServer,
  temporaryFolder,
} from './process.ts';

const SECONDS = 4;
const ROUNDS = 5;

interface Throughput {
  readonly perSecond: number;
  readonly processorMicros: number;
}

async function measure(server: BenchServer, load: string, connections: number): Promise<Throughput> {
  try {
    const before = processorSeconds(server.pid);
    const { frames, seconds } = await runLoad(load, server.port, connections, SECONDS);
    // The load counts three quarters of the time; what the server used includes the warm-up.
    const used = (processorSeconds(server.pid) - before) * 0.75;
    return { perSecond: frames / seconds, processorMicros: (used / frames) * 1e6 };
  } finally {
    await server.stop();
  }
}

export async function ingest(): Promise<Figure[]> {
  const tools = temporaryFolder();
  const load = compileLoad(tools.path);
  if (load === null) return [{ name: 'ingest', value: null, unit: '', note: 'needs a C compiler (cc)' }];
  const figures: Figure[] = [];
  for (const connections of [1, 50, 1000]) figures.push(await compare(load, connections));
  tools.remove();
  return figures;
}

/** Turn and turn about, so that both see the same machine; the middle of the rounds counts. */
async function compare(load: string, connections: number): Promise<Figure> {
  const echo: Throughput[] = [];
  const ours: Throughput[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    echo.push(await measure(await startEcho(), load, connections));
    const data = temporaryFolder();
    ours.push(await measure(await startServer(data.path), load, connections));
    data.remove();
  }
  const rate = (all: Throughput[]) => median(all.map(({ perSecond }) => perSecond));
  const cost = (all: Throughput[]) => median(all.map(({ processorMicros }) => processorMicros));
  const rates = `${Math.round(rate(ours))} of ${Math.round(rate(echo))} frames/s`;
  const costs = `processor a frame ${cost(ours).toFixed(1)} µs, echo ${cost(echo).toFixed(1)} µs`;
  return {
    name: `durable ingest, ${connections} connection${connections === 1 ? '' : 's'}, of a bare echo`,
    value: rate(ours) / rate(echo),
    unit: 'ratio',
    ...(connections === 1000 ? { atLeast: 0.25 } : {}),
    note: `${rates}; ${costs}`,
  };
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
}
