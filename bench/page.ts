/**
 * Whether batteries wait while somebody looks at charts: 100 frames a second, with and without a year that is drawn again
 * and again. Both in one run, turn and turn about.
 */
import { Agent, get } from 'node:http';
import type { Figure } from './figure.ts';
import { startServer, temporaryFolder } from './process.ts';
import { at, batteries, replies } from './replies.ts';
import { fill, START } from './year.ts';

const AGENT = new Agent({ keepAlive: true });
const SECONDS = 10;
const ROUNDS = 3;
/** Enough for the hours of a year; the readings between make the file no slower to draw. */
const INTERVAL = 60;
const YEAR_SECONDS = 365 * 86_400;
const FIELDS = 'pv_power,grid_power,battery_power,load_power,soc';

export async function page(): Promise<Figure[]> {
  const data = temporaryFolder();
  fill(data.path, INTERVAL);
  const server = await startServer(data.path);
  const peers = await batteries(server.port);
  const quiet: number[] = [];
  const drawn: number[] = [];
  const drawings: number[] = [];
  await replies(peers, 3);
  for (let round = 0; round < ROUNDS; round++) {
    quiet.push(...(await replies(peers, SECONDS)));
    const drawing = new YearDrawing(`http://127.0.0.1:${server.webPort}`);
    drawn.push(...(await replies(peers, SECONDS)));
    drawings.push(...(await drawing.stop()));
  }
  for (const peer of peers) peer.close();
  await server.stop();
  data.remove();
  const [without, during] = [at(quiet, 0.99), at(drawn, 0.99)];
  const note = `${drawings.length} years, ${FIELDS.split(',').length} lines each, median ${at(drawings, 0.5).toFixed(0)} ms; of ${drawn.length} replies the slowest ${at(drawn, 1).toFixed(1)} ms, median ${at(drawn, 0.5).toFixed(2)} ms`;
  return [
    {
      name: 'p99 of replies at 100 frames/s while a year is drawn again and again',
      value: during,
      unit: 'ms',
      atMost: 20,
      note,
    },
    { name: '… of the same without', value: during / without, unit: 'ratio', note: `without ${without.toFixed(2)} ms` },
  ];
}

/** Draws one year after the other, as a page does that somebody looks at. */
class YearDrawing {
  readonly #times: number[] = [];
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(base: string) {
    this.#done = this.#draw(base);
  }

  async stop(): Promise<number[]> {
    this.#stopped = true;
    await this.#done;
    return this.#times;
  }

  async #draw(base: string): Promise<void> {
    const [battery] = (await (await fetch(`${base}/api/batteries`)).json()) as { id: string }[];
    const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
    const query = new URLSearchParams({
      from: iso(START),
      to: iso(START + YEAR_SECONDS),
      fields: FIELDS,
      points: '2000',
    });
    while (!this.#stopped) {
      const begun = performance.now();
      await read(`${base}/api/batteries/${battery?.id}/readings?${query}`);
      this.#times.push(performance.now() - begun);
    }
  }
}

/** Reads an answer and throws it away: what its reader does with it is not to be measured. */
function read(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent: AGENT }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`the year was not drawn: ${response.statusCode}`));
      response.resume().once('end', () => resolve());
    }).once('error', reject);
  });
}
