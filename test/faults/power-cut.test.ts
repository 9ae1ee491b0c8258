/**
 * The power is cut: what a disk held at that moment is opened by another server. The running one is frozen (SIGSTOP) while
 * its files are copied, so that a copy is of one moment; what had not been written to the end is cut off or torn as well.
 */
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { endAll, folder, type Server, serve, until } from '../server.ts';
import { Historian } from './historian.ts';
import { House } from './house.ts';
import { holdsBeginning, isWhole, type Ledger } from './ledger.ts';

const CUTS = 5;
const DATABASE = 'alphaess-local.db';

afterEach(endAll);

/** The files of one moment, and what batteries had been told before it. */
interface Moment {
  readonly files: string;
  readonly ledger: Ledger;
  readonly log: LogState;
}

/** What the index beside the write-ahead log says of it (sqlite.org/walformat.html). */
interface LogState {
  /** Changes when the log begins anew. */
  readonly generation: string;
  /** Up to where its pages are in the database too. SQLite had the disk confirm them first: no power cut can take them. */
  readonly movedBytes: number;
  /** Up to where it is written. */
  readonly bytes: number;
}

function logState(files: string): LogState {
  const index = readFileSync(join(files, `${DATABASE}-shm`));
  const inThisMachinesOrder = new DataView(index.buffer, index.byteOffset);
  const number = (at: number) => inThisMachinesOrder.getUint32(at, true);
  const pageBytes = inThisMachinesOrder.getUint16(14, true);
  const until = (frames: number) => 32 + frames * (24 + pageBytes);
  const generation = index.subarray(32, 40).toString('hex');
  return { generation, movedBytes: until(number(96)), bytes: until(number(16)) };
}

/** The files as they are between two instructions of the server. */
async function freeze(server: Server, ledger: Ledger): Promise<Moment> {
  const told = ledger.copy();
  const files = folder();
  server.child.kill('SIGSTOP');
  try {
    await until('the server to stand still', () =>
      /^\S+ \([^)]*\) T/.test(readFileSync(`/proc/${server.pid}/stat`, 'utf8')),
    );
    for (const end of ['', '-wal', '-shm'])
      copyFileSync(join(server.data, DATABASE + end), join(files, DATABASE + end));
  } finally {
    server.child.kill('SIGCONT');
  }
  return { files, ledger: told, log: logState(files) };
}

/** A copy of a moment, with the index of the log or without. */
function copyOf({ files }: Moment, ends: readonly string[]): string {
  const copy = folder();
  for (const end of ends) copyFileSync(join(files, DATABASE + end), join(copy, DATABASE + end));
  return copy;
}

/** Opened by a server and put in order. */
async function recovered(data: string): Promise<string> {
  const server = await serve({ data });
  expect((await server.stop()).code).toBe(0);
  return data;
}

/** Numbers from 0 to 1, the same every time. */
function* shares(): Generator<number> {
  for (let state = 20_240_612; ; yield (state >>> 8) / 2 ** 24)
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
}

it.skipIf(process.platform !== 'linux')(
  'keeps all it acknowledged when the power is cut, and of a log that lost its end the beginning',
  async () => {
    const house = new House({ batteries: 50 });
    const historian = new Historian('AL2002021010201', true, house.ledger);
    const share = shares();
    const server = await house.open();
    await house.begin();
    await house.lively(1);
    const telling = historian.tell(server.port);
    const moments: Moment[] = [];
    while (moments.length < CUTS) {
      const before = house.ledger.told.live;
      await until('acknowledgements', () => house.ledger.told.live > before + 50);
      await sleep((share.next().value as number) * 500);
      moments.push(await freeze(server, house.ledger));
    }
    await house.kill();
    await telling;
    await house.rest();

    for (const moment of moments) {
      for (const ends of [
        ['', '-wal', '-shm'],
        ['', '-wal'],
      ]) {
        const copy = copyOf(moment, ends);
        // The export can read it before any server did.
        await isWhole(copy, moment.ledger);
        await isWhole(await recovered(copy), moment.ledger);
      }
    }

    let lost = 0;
    let kept = 0;
    for (const [n, moment] of moments.entries()) {
      const { log } = moment;
      const earlier = moments.slice(0, n).filter((one) => one.log.generation === log.generation);
      const from = Math.max(log.movedBytes, earlier.at(-1)?.log.bytes ?? 32);
      const at = from + Math.floor((log.bytes - from) * (share.next().value as number));
      for (const [ends, spoil] of [
        [['', '-wal', '-shm'], cutOff],
        [['', '-wal'], tear],
      ] as const) {
        const copy = copyOf(moment, ends);
        spoil(join(copy, `${DATABASE}-wal`), at);
        lost += await holdsBeginning(await recovered(copy), moment.ledger);
        // What the disk had confirmed before is not touched by what happened to the rest.
        for (const one of earlier) await isWhole(copy, one.ledger);
        kept += earlier.length;
      }
    }
    expect(lost, 'readings lost with the end of a log').toBeGreaterThan(0);
    expect(kept, 'earlier moments found whole').toBeGreaterThan(0);
  },
);

function cutOff(log: string, at: number): void {
  truncateSync(log, at);
}

/** From there on the disk has what it had before: nothing that makes sense. */
function tear(log: string, at: number): void {
  const bytes = readFileSync(log);
  bytes.fill(0xa5, at);
  writeFileSync(log, bytes);
}
