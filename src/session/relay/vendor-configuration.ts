/**
 * A configuration of the vendor's that was heard, and how it is spoken of: its settings by name alone, since texts may be private.
 */
import {
  type ConfigurationSource,
  type Instant,
  Private,
  type SettingTexts,
  type VendorConfiguration,
} from '../../model.ts';
import { type PlainObject, readPlainObject } from '../../protocol/body/plain-object.ts';
import type { HeardBattery } from '../batteries.ts';
import { ConfigurationText } from '../control/configuration-text.ts';
import type { Consequence } from '../conversation.ts';
import { type Comparison, saidOtherwise } from '../settings/comparison.ts';
import type { WarnVendor } from './vendor-order.ts';

const MOST_NAMED = 12;

/** @param body is copied: it lies in what the socket's next read may share */
export function vendorConfiguration(body: Uint8Array, source: ConfigurationSource, now: Instant): VendorConfiguration {
  return {
    receivedMs: now.wallMs,
    source,
    body: new Private(new Uint8Array(body)),
    isConfirmed: false,
  };
}

/**
 * With what a verb holds as the verb has it; all else stays as the vendor says. What the vendor leaves out, or what its setting cannot be, is not mended.
 * @param held by the vendor's names, by value
 * @returns itself where that changes nothing; null where it does not say that it is a configuration, so that nothing can be written into it
 */
export function withHeld(configuration: VendorConfiguration, held: SettingTexts): VendorConfiguration | null {
  const settings = readPlainObject(configuration.body.reveal());
  const others = Object.entries(held).filter(([key, text]) => saidOtherwise(key, settings?.get(key), text) !== null);
  if (others.length === 0) return configuration;
  const text = ConfigurationText.read(configuration.body.reveal());
  return text === null ? null : { ...configuration, body: new Private(text.with(others).body()) };
}

/** Which settings would change. */
export function keysOf(comparison: Comparison | null): string {
  if (comparison === null) return 'the battery has not told its settings yet';
  return [...comparison.differences.map(({ key }) => key), ...comparison.unconfirmed].slice(0, MOST_NAMED).join(', ');
}

/** It waits for the owner's word. */
export function saidHeld(
  comparison: Comparison | null,
  { warn }: { readonly warn: WarnVendor },
  now: Instant,
): readonly Consequence[] {
  return warn('VENDOR_SETTINGS_HELD', keysOf(comparison), now);
}

/** The vendor's wish of what a verb holds is kept for the verb's end, and said where it is news. @param configuration one that can be read */
export function keptForLater(
  configuration: VendorConfiguration,
  { battery: { control }, warn }: { readonly battery: Pick<HeardBattery, 'control'>; readonly warn: WarnVendor },
  now: Instant,
): Consequence[] {
  const { holding } = control.changes;
  const keys = control.verb.vendorWants(readPlainObject(configuration.body.reveal()) as PlainObject);
  if (holding === null || keys.length === 0) return [];
  const detail = `${keys.slice(0, MOST_NAMED).join(', ')}: a ${holding.wish.kind} has them until it ends`;
  return [
    ...control.takeRecords().map((record): Consequence => ({ type: 'record', record })),
    ...warn('VENDOR_SETTINGS_POSTPONED', detail, now),
  ];
}
