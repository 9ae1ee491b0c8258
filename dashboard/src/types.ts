/**
 * What the server answers, taken from its own description. Types only: nothing of it reaches the browser.
 */
import type * as z from 'zod';
import type * as schema from '../../src/web/schema.ts';

export type Session = z.infer<typeof schema.session>;
export type Server = z.infer<typeof schema.server>;
export type Stranger = z.infer<typeof schema.strangers>[number];
export type Finding = z.infer<typeof schema.doctor>[number];
export type OwnClock = z.infer<typeof schema.ownClock>;
export type Battery = z.infer<typeof schema.battery>;
export type Snapshot = z.infer<typeof schema.snapshot>;
export type Values = Snapshot['values'];
export type Readings = z.infer<typeof schema.readings>;
export type Energy = z.infer<typeof schema.energy>;
export type EnergyBucket = Energy['buckets'][number];
export type LogEvent = z.infer<typeof schema.events>[number];
export type Gap = z.infer<typeof schema.gaps>[number];
export type Epoch = z.infer<typeof schema.epochs>[number];
export type Configuration = z.infer<typeof schema.configuration>;
export type Setting = Configuration['settings'][number];
export type Frame = z.infer<typeof schema.frame>;
export type Field = z.infer<typeof schema.field>;
export type Certainty = Field['certainty'];

type LiveSchemas = typeof schema.liveEvents;
export type LiveEvents = { [Name in keyof LiveSchemas]: z.infer<LiveSchemas[Name]> };
