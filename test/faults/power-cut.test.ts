/**
 * The power is cut: what a disk held at that moment is opened by another server. The running one is frozen (SIGSTOP) while
 * its files are copied, so that a copy is of one moment; what had not been written to the end is cut off or torn as well.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { works } from '../disk.ts';
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

/** What a server was doing is as it was, until it goes on. */
async function stopped<T>(server: Server, look: () => T): Promise<T> {
  server.child.kill('SIGSTOP');
  const state = () => readFileSync(`/proc/${server.pid}/stat`, 'utf8');
  try {
    await until('the server to stand still', () => /^\S+ \([^)]*\) T/.test(state()));
    return look();
  } finally {
    server.child.kill('SIGCONT');
  }
}

/** The files as they are between two instructions of the server. */
function freeze(server: Server, ledger: Ledger): Promise<Moment> {
  const told = ledger.copy();
  return stopped(server, () => ({ ledger: told, ...filesOf(server) }));
}

function filesOf(server: Server): Pick<Moment, 'files' | 'log'> {
  const files = folder();
  for (const end of ['', '-wal', '-shm']) copyFileSync(join(server.data, DATABASE + end), join(files, DATABASE + end));
  return { files, log: logState(files) };
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

// ---- what the disk had not confirmed -------------------------------------------------------------------------------

/** A stretch of a file that was written since the disk last confirmed that file. */
interface Unconfirmed {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** disk.c's notes. */
function unconfirmedIn(notes: string): Unconfirmed[] {
  let writes: Unconfirmed[] = [];
  for (const line of readFileSync(notes, 'utf8').split('\n')) {
    const [what, name = '', offset, length] = line.split(' ');
    if (what === 'w') writes.push({ name, offset: Number(offset), length: Number(length) });
    else if (what === 's') writes = writes.filter((write) => write.name !== name);
  }
  return writes.filter(({ name }) => name === DATABASE || name === `${DATABASE}-wal`);
}

/** A disk that was cut off in the middle of writing has anything there. */
function lose(copy: string, { name, offset, length }: Unconfirmed): void {
  const file = join(copy, name);
  const bytes = readFileSync(file);
  bytes.fill(0xa5, offset, offset + length);
  writeFileSync(file, bytes);
}

/** disk.c, compiled. */
function diskLibrary(): string {
  const library = join(folder(), 'disk.so');
  const source = fileURLToPath(new URL('./disk.c', import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return library;
}

const canWatchDisk = process.platform === 'linux' && works('cc', '--version');

it.skipIf(!canWatchDisk)(
  'keeps all it acknowledged when everything is lost that the disk had not confirmed (needs a C compiler)',
  async () => {
    const notes = join(folder(), 'notes');
    const house = new House({
      batteries: 50,
      environment: { LD_PRELOAD: diskLibrary(), DISK_LOG: notes, DISK_SYNC_MS: '5' },
    });
    const historian = new Historian('AL2002021010201', true, house.ledger);
    const server = await house.open();
    await house.begin();
    await house.lively(1);
    const telling = historian.tell(server.port);
    const moments: (Moment & { readonly unconfirmed: readonly Unconfirmed[] })[] = [];
    while (moments.length < CUTS) {
      // At the very acknowledgement: what was answered too early is not yet confirmed then.
      const before = house.ledger.told.live;
      await house.told('acknowledgements', () => house.ledger.told.live > before + 50);
      const ledger = house.ledger.copy();
      moments.push(await stopped(server, () => ({ ledger, ...filesOf(server), unconfirmed: unconfirmedIn(notes) })));
      // And in the middle of writing.
      const moment = await until('something not confirmed', async () => {
        const told = house.ledger.copy();
        return stopped(server, () => {
          const unconfirmed = unconfirmedIn(notes);
          return unconfirmed.length === 0 ? null : { ledger: told, ...filesOf(server), unconfirmed };
        });
      });
      moments.push(moment);
    }
    await house.kill();
    await telling;
    await house.rest();
    const share = shares();
    for (const moment of moments) {
      const copy = copyOf(moment, ['', '-wal']);
      for (const write of moment.unconfirmed) if ((share.next().value as number) < 0.8) lose(copy, write);
      await isWhole(await recovered(copy), moment.ledger);
    }
  },
);
