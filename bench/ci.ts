/**
 * The short form: whether the server has become much slower. By processor time a frame against that of a bare echo in the same
 * run, turn and turn about, the middle of the pairs: frames a second depend on what else the machine does, this hardly.
 */
import type { Figure } from './figure.ts';
import { measureEcho, measureServer, median } from './ingest.ts';
import { compileLoad, temporaryFolder } from './process.ts';

const PAIRS = 3;
/** So many, however long it takes where others use the machine: what a connection costs at its beginning is not counted. */
const FRAMES = 30_000;
const CONNECTIONS = 1000;
/** The echo's processor time a frame in the server's, as it was when this was written. */
const USUAL = 0.2;
const MOST_FALL = 0.3;

export async function ci(): Promise<Figure[]> {
  const tools = temporaryFolder();
  const load = compileLoad(tools.path);
  if (load === null) return [{ name: 'short form', value: null, unit: '', note: 'needs a C compiler (cc)' }];
  const setting = { load, connections: CONNECTIONS, seconds: 0, frames: FRAMES };
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const [echo, ours] = [await measureEcho(setting), await measureServer(setting, 'real')];
    ratios.push(echo.processorMicros / ours.processorMicros);
    rates.push(ours.perSecond / echo.perSecond);
  }
  tools.remove();
  const each = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
  return [
    {
      name: `durable ingest, ${CONNECTIONS} connections, of a bare echo: processor time`,
      value: median(ratios),
      unit: 'ratio',
      atLeast: USUAL * (1 - MOST_FALL),
      note: `usually ${USUAL}; pairs ${each}; by frames/s ${median(rates).toFixed(2)}`,
    },
  ];
}
