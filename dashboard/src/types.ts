/**
 * What the server answers, taken from its own description. Types only: nothing of it reaches the browser.
 */
import type * as z from 'zod';
import type * as controlSchema from '../../src/web/control-schema.ts';
import type * as doctorSchema from '../../src/web/doctor-schema.ts';
import type * as leaveSchema from '../../src/web/leave-schema.ts';
import type * as priceSchema from '../../src/web/price-schema.ts';
import type * as recordingSchema from '../../src/web/recording-schema.ts';
import type * as scheduleSchema from '../../src/web/schedule-schema.ts';
import type * as schema from '../../src/web/schema.ts';
import type * as shareSchema from '../../src/web/share-schema.ts';
import type * as tapSchema from '../../src/web/tap-schema.ts';
import type * as vendorSchema from '../../src/web/vendor-schema.ts';

export type ShownSession = z.infer<typeof schema.session>;
export type ShownServer = z.infer<typeof schema.server>;
export type ShownStranger = z.infer<typeof schema.strangers>[number];
export type ShownBundle = z.infer<typeof shareSchema.bundle>;
export type ShownFinding = z.infer<typeof doctorSchema.doctor>[number];
export type Destination = z.infer<typeof doctorSchema.destination>;
export type ShownRecordings = z.infer<typeof recordingSchema.recordings>;
export type RecordingOrder = z.infer<typeof recordingSchema.recordingOrder>;
export type ShownTap = z.infer<typeof tapSchema.tap>;
export type ShownClock = z.infer<typeof schema.ownClock>;
export type ShownBattery = z.infer<typeof schema.battery>;
export type ShownSnapshot = z.infer<typeof schema.snapshot>;
export type ShownValues = ShownSnapshot['values'];
export type ShownReadings = z.infer<typeof schema.readings>;
export type Energy = z.infer<typeof schema.energy>;
export type EnergyBucket = Energy['buckets'][number];
export type LogEvent = z.infer<typeof schema.events>[number];
export type GapOnPage = z.infer<typeof schema.gaps>[number];
export type Epoch = z.infer<typeof schema.epochs>[number];
export type ShownConfiguration = z.infer<typeof schema.configuration>;
export type ShownSetting = ShownConfiguration['settings'][number];
export type ShownFrame = z.infer<typeof schema.frame>;
export type ShownField = z.infer<typeof schema.field>;
export type FieldCertainty = ShownField['certainty'];

export type ShownRelay = z.infer<typeof vendorSchema.relay>;
export type ShownVendor = z.infer<typeof vendorSchema.vendor>;
export type HeldSettings = NonNullable<ShownVendor['held']>;
export type DecisionOnVendor = z.infer<typeof vendorSchema.vendorDecision>;

export type LeaveOnPage = z.infer<typeof leaveSchema.leaveReport>;
export type RequestFromPage = z.infer<typeof controlSchema.controlRequest>;
export type ControlOnPage = z.infer<typeof controlSchema.controlView>;
export type ControlChangeOnPage = z.infer<typeof controlSchema.controlChange>;
export type StateOnPage = ControlChangeOnPage['state'];
export type PreviewOnPage = z.infer<typeof controlSchema.controlPreview>;
export type ControlTaken = z.infer<typeof controlSchema.controlTaken>;
export type SettingChangeOnPage = PreviewOnPage['changes'][number];
export type SettingValue = SettingChangeOnPage['to'];

export type SchedulesOnPage = z.infer<typeof scheduleSchema.schedulesView>;
export type SchedulesFromPage = z.input<typeof scheduleSchema.schedules>;
export type WindowOnPage = SchedulesOnPage['windows'][number];
export type RuleOnPage = SchedulesOnPage['rules'][number];
export type PricesOnPage = z.infer<typeof priceSchema.prices>;

type LiveSchemas = typeof schema.liveEvents;
export type ShownEvents = { [Name in keyof LiveSchemas]: z.infer<LiveSchemas[Name]> };
