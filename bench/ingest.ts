/**
 * Durable ingest at 1, 50 and 1,000 connections, against a bare echo in the same run.
 */
import type { Figure } from './figure.ts';
import {
  compileLoad,
  processorSeconds,
  type RunningServer,
  runLoad,
  startEcho,
  startServer,
  temporaryFolder,
} from './process.ts';

const SECONDS = 6;

interface Throughput {
  readonly perSecond: number;
  readonly processorMicros: number;
}

async function measure(server: RunningServer, load: string, connections: number): Promise<Throughput> {
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
  for (const connections of [1, 50, 1000]) {
    const echo = await measure(await startEcho(), load, connections);
    const data = temporaryFolder();
    const ours = await measure(await startServer(data.path), load, connections);
    data.remove();
    const rates = `${Math.round(ours.perSecond)} of ${Math.round(echo.perSecond)} frames/s`;
    const cost = `${ours.processorMicros.toFixed(1)} µs of processor a frame, echo ${echo.processorMicros.toFixed(1)}`;
    figures.push({
      name: `durable ingest, ${connections} connection${connections === 1 ? '' : 's'}, of a bare echo`,
      value: ours.perSecond / echo.perSecond,
      unit: 'ratio',
      ...(connections === 1000 ? { atLeast: 0.25 } : {}),
      note: `${rates}; ${cost}`,
    });
  }
  tools.remove();
  return figures;
}
