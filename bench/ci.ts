/**
 * The short form: whether the server has become much slower. By processor time a frame against that of a bare echo in the same
 * run, turn and turn about, the middle of the pairs: frames a second depend on what else the machine does, this hardly.
 */
import type { Figure } from './figure.ts';
import { measureEcho, measureServer, median } from './ingest.ts';
import { compileLoad, type LoadSetting, temporaryFolder } from './process.ts';

const PAIRS = 3;
/** Where the first pairs look like a fall, as many again: what is slower stays so, what disturbed them does not. */
const TRIES = 2;
/** So many, however long it takes where others use the machine: what a connection costs at its beginning is not counted. */
const FRAMES = 20_000;
const CONNECTIONS = 1000;
/** The echo's processor time a frame in the server's, as it was when this was written. */
const USUAL = 0.23;
const MOST_FALL = 0.3;
const LEAST = USUAL * (1 - MOST_FALL);

interface Pair {
  readonly ratio: number;
  /** Frames/s, of the echo's. */
  readonly rate: number;
}

export async function ci(): Promise<Figure[]> {
  const tools = temporaryFolder();
  const load = compileLoad(tools.path);
  if (load === null) return [{ name: 'short form', value: null, unit: '', note: 'needs a C compiler (cc)' }];
  const setting = { load, connections: CONNECTIONS, seconds: 0, frames: FRAMES };
  const pairs: Pair[] = [];
  for (let tried = 0; tried < TRIES && (tried === 0 || median(pairs.map(({ ratio }) => ratio)) < LEAST); tried++) {
    for (let pair = 0; pair < PAIRS; pair++) pairs.push(await measurePair(setting));
  }
  tools.remove();
  const ratios = pairs.map(({ ratio }) => ratio);
  const each = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
  return [
    {
      name: `durable ingest, ${CONNECTIONS} connections, of a bare echo: processor time`,
      value: median(ratios),
      unit: 'ratio',
      atLeast: LEAST,
      note: `usually ${USUAL}; pairs ${each}; by frames/s ${median(pairs.map(({ rate }) => rate)).toFixed(2)}`,
    },
  ];
}

/** One after the other, so that both see the same machine. */
async function measurePair(setting: LoadSetting): Promise<Pair> {
  const echo = await measureEcho(setting);
  const ours = await measureServer(setting, 'real');
  return { ratio: echo.processorMicros / ours.processorMicros, rate: ours.perSecond / echo.perSecond };
}
