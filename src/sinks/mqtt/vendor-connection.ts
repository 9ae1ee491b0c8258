/**
 * Whether a battery's connection reaches the vendor, as events of this server's tell.
 */

/** null where nothing is relayed, or it is not known yet. */
export type VendorConnection = 'up' | 'away' | null;

/** It ends with the battery's connection. @param name of an event of this server's */
export function vendorAfter(name: string, before: VendorConnection): VendorConnection {
  if (name === 'vendor_up') return 'up';
  if (name === 'vendor_away') return 'away';
  return name === 'disconnected' ? null : before;
}
