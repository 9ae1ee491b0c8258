/**
 * A configuration of the vendor's that was heard, and how it is spoken of: its settings by name alone, since texts may be private.
 */
import { type ConfigurationSource, type Instant, Private, type VendorConfiguration } from '../../model.ts';
import type { HeardBattery } from '../batteries.ts';
import type { Consequence } from '../conversation.ts';
import type { Comparison } from '../settings/comparison.ts';
import type { NoteVendor } from './vendor-order.ts';

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

/** Which settings would change. */
export function keysOf(comparison: Comparison | null): string {
  if (comparison === null) return 'the battery has not told its settings yet';
  return [...comparison.differences.map(({ key }) => key), ...comparison.unconfirmed].slice(0, MOST_NAMED).join(', ');
}

/** It waits for the owner's word. */
export function saidHeld(
  comparison: Comparison | null,
  { battery, note }: { readonly battery: Pick<HeardBattery, 'serial'>; readonly note: NoteVendor },
  now: Instant,
): Consequence[] {
  const detail = keysOf(comparison);
  return [
    { type: 'problem', code: 'VENDOR_SETTINGS_HELD', battery: battery.serial, detail },
    note('vendor_settings_held', detail, now),
  ];
}
