/**
 * What is asked of the store, and answered by the worker thread: one snapshot a question.
 */
import type * as z from 'zod';
import { PrivateOfHouse } from '../../bundle/private-of-house.ts';
import { type Chunk, type FrameView, FrameViewer, type TappedFrame } from '../../capture/frame-view.ts';
import type { EnergySoFar } from '../../now/energy.ts';
import type { NewestReading } from '../../now/house-state.ts';
import { shownEvent, shownGap } from '../../now/shown.ts';
import type { Calendar } from '../../store/energy/calendar.ts';
import type { Selection, StoreReader } from '../../store/reader.ts';
import type * as schema from '../schema.ts';
import { epochView, eventView, gapView, iso } from '../views.ts';
import { type BundleAnswer, type BundleRequest, bundleOf } from './bundle.ts';
import { configurationOf } from './configuration.ts';
import { type EnergySpan, energyOf, totalsOf } from './energy.ts';
import { listOf } from './list.ts';
import { type Nameless, namelessOf } from './nameless.ts';
import { type ReadingsRequest, readingsOf } from './readings.ts';

type Of<T extends z.ZodType> = z.infer<T>;

export interface EnergyRequest extends EnergySpan {
  readonly per: Of<typeof schema.energy>['per'];
}

export interface FramesRequest {
  readonly kind: Of<typeof schema.framesQuery>['kind'];
  readonly limit: number;
  /** What the port heard and said lately. */
  readonly chunks: readonly Chunk[];
  /** Which battery speaks on which connection. */
  readonly batteries: ReadonlyMap<number, string>;
}

/** Each question: what is asked, what is answered. */
export interface Questions {
  readings: [ReadingsRequest, Of<typeof schema.readings>];
  energy: [EnergyRequest, Of<typeof schema.energy>];
  /** For outputs. */
  totals: [{ readonly batteries: readonly string[]; readonly nowMs: number }, Readonly<Record<string, EnergySoFar>>];
  events: [Selection, Of<typeof schema.events>];
  gaps: [Selection, Of<typeof schema.gaps>];
  clock: [Selection, Of<typeof schema.epochs>];
  configuration: [{ readonly battery: string }, Of<typeof schema.configuration> | null];
  frames: [FramesRequest, Of<typeof schema.frames>];
  /** The newest reading of each kind, for what a server does not know that has just begun. */
  newest: [{ readonly batteries: readonly string[] }, NewestReading[]];
  held: [{ readonly most: number }, Of<typeof schema.held>];
  /** For the doctor. */
  nameless: [{ readonly fromMs: number; readonly toMs: number }, readonly Nameless[]];
  bundle: [BundleRequest, BundleAnswer];
}

export type Question = keyof Questions;

type Answers = {
  [Q in Question]: (reader: StoreReader, asked: Questions[Q][0], calendar: Calendar) => Promise<Questions[Q][1]>;
};

const ANSWERS: Answers = {
  readings: (reader, asked, calendar) => readingsOf(reader, asked, calendar),
  energy: async (reader, { per, ...asked }, calendar) => {
    return { per, buckets: await energyOf(reader, per, asked, calendar) };
  },
  totals: (reader, { batteries, nowMs }, calendar) => totalsOf(reader, batteries, nowMs, calendar),
  events: (reader, selection) => eventsOf(reader, selection),
  gaps: (reader, selection) => gapsOf(reader, selection),
  clock: (reader, selection) => epochsOf(reader, selection),
  configuration: (reader, { battery }) => configurationOf(reader, battery),
  frames: (reader, asked) => framesOf(reader, asked),
  newest: (reader, { batteries }) => newestOf(reader, batteries),
  held: (reader, { most }) => heldOf(reader, most),
  nameless: (reader, span) => namelessOf(reader, span),
  bundle: (reader, asked) => bundleOf(reader, asked),
};

/** @throws WebError for what is asked wrongly, StoreError */
export function answer<Q extends Question>(
  question: Q,
  asked: Questions[Q][0],
  reader: StoreReader,
  calendar: Calendar,
): Promise<Questions[Q][1]> {
  return ANSWERS[question](reader, asked, calendar);
}

/** Of whom something was held last first. */
async function heldOf(reader: StoreReader, most: number): Promise<Questions['held'][1]> {
  return (await reader.heldCounts(most)).map(({ owner, why, peer, rows, firstMs, newestMs }) => ({
    battery: owner.id,
    why,
    peer,
    rows,
    first_at: iso(firstMs),
    newest_at: iso(newestMs),
  }));
}

/** The newest first. */
async function eventsOf(reader: StoreReader, selection: Selection): Promise<Questions['events'][1]> {
  const house = new PrivateOfHouse(reader);
  const events: Questions['events'][1] = [];
  for (const event of await listOf(reader.events(selection)))
    events.push(eventView(shownEvent(event, await house.knownOf(event.owner?.id ?? null))));
  return events;
}

/** The newest first. */
async function gapsOf(reader: StoreReader, selection: Selection): Promise<Questions['gaps'][1]> {
  return (await listOf(reader.gaps(selection))).map((gap) => gapView(shownGap(gap)));
}

/** The newest first. */
async function epochsOf(reader: StoreReader, selection: Selection): Promise<Questions['clock'][1]> {
  return (await listOf(reader.epochs(selection))).map(({ offsetSeconds, ...epoch }) =>
    epochView({ ...epoch, offsetSeconds: Math.round(offsetSeconds) }),
  );
}

/** Bytes of frames in one answer, before they become hexadecimal digits. */
const MOST_BYTES = 2_000_000;

/** The newest first. */
async function framesOf(
  reader: StoreReader,
  { kind, limit, chunks, batteries }: FramesRequest,
): Promise<Questions['frames'][1]> {
  const house = new PrivateOfHouse(reader);
  const viewers = new Map<string | null, FrameViewer>();
  const viewerOf = async (battery: string | null) => {
    const viewer = viewers.get(battery) ?? new FrameViewer(await house.knownOf(battery));
    viewers.set(battery, viewer);
    return viewer;
  };
  if (kind === 'recent') {
    const found: TappedFrame[] = [];
    for (const [connection, spoken] of Map.groupBy(chunks, (chunk) => chunk.connection))
      found.push(...(await viewerOf(batteries.get(connection) ?? null)).tapped(spoken));
    found.sort((a, b) => b.chunk.sequence - a.chunk.sequence || b.part - a.part);
    return found.slice(0, limit).map(({ chunk, part, ...view }) => ({
      key: `${chunk.sequence}-${part}`,
      time: iso(chunk.ms),
      connection: chunk.connection,
      battery: batteries.get(chunk.connection) ?? null,
      direction: chunk.direction,
      ...mutable(view),
    }));
  }
  const frames: Questions['frames'][1] = [];
  let bytes = 0;
  for (const [index, kept] of (await listOf(reader.frames(kind, { newest: limit }))).entries()) {
    bytes += kept.bytes.length;
    if (bytes > MOST_BYTES) break;
    const { direction } = kept;
    const [view] = (await viewerOf(kept.owner?.id ?? null)).kept(kept.bytes, direction);
    if (view === undefined) continue;
    const about = {
      key: `${kind}-${kept.receivedMs}-${index}`,
      time: iso(kept.receivedMs),
      connection: 0,
      direction,
    } as const;
    frames.push({
      ...about,
      battery: kept.owner?.id ?? null,
      ...mutable(view),
      understood: false,
      reason: kept.reason,
    });
  }
  return frames;
}

function mutable({ fields, ...view }: FrameView) {
  return { ...view, fields: [...fields] };
}

async function newestOf(reader: StoreReader, batteries: readonly string[]): Promise<NewestReading[]> {
  const newest: NewestReading[] = [];
  for (const battery of batteries) {
    for (const kind of ['live', 'detail'] as const) {
      const found = await reader.newest(kind, battery);
      if (found === null || found.time === null) continue;
      newest.push({ battery, kind, timeMs: found.time * 1000, receivedMs: found.receivedMs, values: found.values });
    }
  }
  return newest;
}
