/**
 * A real server whose wall clock is behind, is set, and is set back, or whose machine slept; and a battery that lost its time. Every
 * reading that was answered is there once, at its true time. Shorter and in real time; all else of it is in clock-trial.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { endAll, exported, folder, liveBody, Peer, type Server, serve, successTo, until } from '../server.ts';
import { frameByHand } from '../wire.ts';

afterAll(endAll);

const LATER = new URL('./later.ts', import.meta.url).href;
const SERIAL = 'AL0000000000456';
const HOUR = 3600;
/** Three frames over fifteen seconds tell a clock, and then some. */
const SETTLING = 22;

class Scene {
  readonly data = folder();
  readonly #file = join(folder(), 'ahead');
  /** By how many seconds the battery's clock is ahead. */
  ahead = 0;
  /** When each reading was taken, by the true clock, and its number. */
  readonly #taken: number[] = [];
  #server: Server | null = null;

  /** The server's wall clock is ahead by so many seconds. */
  set(seconds: number): void {
    writeFileSync(this.#file, String(seconds * 1000));
  }

  async open(ahead = 0): Promise<void> {
    this.set(ahead);
    const environment = { NODE_OPTIONS: `--import=${LATER}`, TEST_LATER_BY_FILE: this.#file, PATH: '/nowhere' };
    this.#server = await serve({ data: this.data, environment });
  }

  async close(): Promise<void> {
    expect((await this.#server?.stop())?.code).toBe(0);
  }

  /** A frame a second, each sent once the one before it was answered. */
  async speak(seconds = SETTLING): Promise<void> {
    const peer = await Peer.connect((this.#server as Server).port);
    for (let n = 1; n <= seconds; n++) {
      const second = Math.floor(Date.now() / 1000);
      const body = liveBody(SERIAL, second + this.ahead, { PmeterL1: String(this.#taken.length) });
      this.#taken.push(second);
      peer.send(frameByHand(1, 16, body));
      await until('the answer', () => peer.received.length >= n * successTo(16).length);
      await sleep(1000);
    }
    peer.socket.end();
  }

  /** @param slept by how many seconds what was last taken is later than it seems: the clocks went on, nobody waited */
  async isTrue(slept: readonly [from: number, seconds: number] = [Number.POSITIVE_INFINITY, 0]): Promise<void> {
    await this.close();
    const rows = await exported(this.data, 'live');
    const kept = rows.map((row) => [Number(row.grid_power_l1), Date.parse(String(row.time)) / 1000] as const);
    expect(kept.map(([number]) => number).sort((a, b) => a - b)).toEqual([...this.#taken.keys()]);
    const off = kept.filter(([number, time]) => {
      const later = number >= slept[0] ? slept[1] : 0;
      return Math.abs(time - (this.#taken[number] as number) - later) > 3;
    });
    expect(off).toEqual([]);
  }
}

it.concurrent.each([
  ['a minute and a half', 90],
  ['two hours', 2 * HOUR],
  ['five days', 120 * HOUR],
])('a clock that comes up %s behind and is set later: nothing stays where it was put', async (_, behind) => {
  const scene = new Scene();
  await scene.open();
  await scene.speak();
  await scene.close();
  await scene.open(-behind);
  await scene.speak();
  scene.set(0);
  await scene.speak();
  await scene.isTrue();
});

it.concurrent('a clock that is set back two hours and forward again: as if it had not been', async () => {
  const scene = new Scene();
  await scene.open();
  await scene.speak();
  scene.set(-2 * HOUR);
  await scene.speak();
  scene.set(0);
  await scene.speak();
  await scene.isTrue();
});

it.concurrent('a machine that slept eight hours: nothing moves', async () => {
  const scene = new Scene();
  await scene.open();
  await scene.speak();
  scene.set(8 * HOUR);
  scene.ahead = 8 * HOUR;
  await scene.speak();
  await scene.isTrue([SETTLING, 8 * HOUR]);
});

it.concurrent('a battery that lost its time, twice, and tells 2000-01-01: each reading is of when it came', async () => {
  const scene = new Scene();
  await scene.open();
  await scene.speak();
  for (let cut = 0; cut < 2; cut++) {
    scene.ahead = Date.UTC(2000, 0, 1) / 1000 - Math.floor(Date.now() / 1000);
    await scene.speak();
    scene.ahead = 0;
    await scene.speak();
  }
  await scene.isTrue();
});
