/**
 * A tap with all that it hands on to: sessions, a committer, and a store that remembers what it was given.
 */
import { onTestFinished } from 'vitest';
import type { Instant, StoreRecord } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { Committer } from '../src/server/committer.ts';
import { PeerNames } from '../src/server/peers.ts';
import { Batteries } from '../src/session/batteries.ts';
import { Session } from '../src/session/session.ts';
import { StoreError } from '../src/store/store.ts';
import { type TapSource, WireTap, type WireTapParts } from '../src/tap/wire-tap.ts';
import { pcap } from './captures/files.ts';
import { ENDS, type Ends, recorded, type Said, type TalkOptions, talk } from './captures/network.ts';
import { fixture, frameByHand } from './wire.ts';

export const TAPPED = 'AL2002021010101';
/** 2024-06-12 11:04:10 UTC. */
const BEGUN_MS = 1_718_190_250_000;

const tappedLive = (second: number) =>
  `{"Time":"2024/06/12 12:04:${String(10 + second).padStart(2, '0')}","SN":"${TAPPED}","Ppv1":"1890"}`;

/** A login, and a reading every ten seconds, each answered. */
export function chatter(readings: number): Said[] {
  const said = (ms: number, way: Said['way'], bytes: Uint8Array): Said => ({ way, bytes, ms: BEGUN_MS + ms });
  const success = (command: number) => frameByHand(2, command, '{"Status":"Success"}');
  return [
    said(0, 'from_battery', frameByHand(1, 2, fixture('1-1-2.login.json'))),
    said(20, 'to_battery', success(2)),
    ...Array.from({ length: readings }, (_, index) => [
      said(1000 + index * 10_000, 'from_battery', frameByHand(1, 16, tappedLive(index * 10))),
      said(1020 + index * 10_000, 'to_battery', success(16)),
    ]).flat(),
  ];
}

/** A recording of what was said. */
export function recordingOf(said: readonly Said[], options: TalkOptions = {}, ends: Ends = ENDS): Uint8Array {
  return pcap(recorded(talk(said, options), 'ethernet', ends));
}

export interface TappedHouse {
  readonly tap: WireTap;
  /** What was kept, in order. */
  readonly kept: StoreRecord[];
  /** What was said to the owner: codes, with their details. */
  readonly said: string[];
  /** Connections that were opened, and closed. */
  readonly connections: string[];
  readonly batteries: Batteries;
  readonly frames: string[];
  /** What is kept, by type and name. */
  summary(): string[];
  /** From now on nothing can be written, until that is over. */
  fail(isFailing: boolean): void;
  /** So many milliseconds pass at once. */
  pass(ms: number): void;
}

export function tappedHouse(source: TapSource, more: Partial<WireTapParts> = {}): TappedHouse {
  const kept: StoreRecord[] = [];
  const [said, connections, frames]: [string[], string[], string[]] = [[], [], []];
  const batteries = new Batteries(10);
  let [isFailing, aheadMs, number] = [false, 0, 0];
  const now = (): Instant => ({ wallMs: BEGUN_MS + performance.now() + aheadMs, monoMs: performance.now() + aheadMs });
  const commit = async (records: readonly StoreRecord[]) => {
    if (isFailing) throw new StoreError('STORE_BUSY', 'locked');
    kept.push(...records);
  };
  const listener = { committed: () => {}, failing: () => {}, recovered: () => {}, refused: () => {} };
  const committer = new Committer({ commit, verify: async () => {} }, listener, () => performance.now());
  const peers = new PeerNames([]);
  const forms = new FormBook();
  const tap = new WireTap({
    source,
    committer,
    now,
    nextConnection: () => ++number,
    newSession: (connection, moment, address) =>
      new Session({ connection, batteries, forms, peer: peers.of(address), isOverheard: true }, moment),
    watcher: {
      opened: (connection, peer, address, way) => void connections.push(`${connection} ${peer} ${address} ${way}`),
      closed: (connection) => void connections.push(`${connection} closed`),
      problem: ({ code, detail }) => void said.push(`${code} ${detail}`),
    },
    load: async () => {},
    frames: {
      received: (_connection, bytes) => void frames.push(`from battery ${bytes[1]},${bytes[2]}`),
      sent: () => void frames.push('sent'),
      fromVendor: (_connection, bytes) => void frames.push(`from server ${bytes[1]},${bytes[2]}`),
    },
    port: 7777,
    isOwn: () => false,
    describe: () => 'a private network',
    random: () => 0.5,
    problem: (code, detail) => void said.push(`${code} ${detail}`),
    ...more,
  });
  onTestFinished(async () => {
    await tap.stop();
    await committer.stop();
  });
  const nameOf = (record: StoreRecord) => ('name' in record ? record.name : 'kind' in record ? record.kind : '');
  return {
    ...{ tap, kept, said, connections, batteries, frames },
    summary: () => kept.map((record) => `${record.type} ${nameOf(record)}`.trim()),
    fail: (failing) => {
      isFailing = failing;
    },
    pass: (ms) => {
      aheadMs += ms;
    },
  };
}

/** As a stream in chunks of so many bytes. */
export async function* chunksOf(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}
