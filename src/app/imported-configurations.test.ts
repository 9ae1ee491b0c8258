import { describe, expect, it } from 'vitest';
import { ASK, GIVEN, told } from '../../test/controlled.ts';
import { frameByHand } from '../../test/wire.ts';
import { type KnownVendor, Private, type StoreRecord, type VendorConfiguration } from '../model.ts';
import { VendorMemory } from '../session/relay/vendor-memory.ts';
import type { StoredFrame } from '../store/stored.ts';
import { ImportedConfigurations, remembered, vendorConfigurationIn } from './imported-configurations.ts';

const SERIAL = new Private('AL2002021010101');
const AT = { wallMs: 9, monoMs: 9 };

function configuration(text: string, receivedMs: number): VendorConfiguration {
  return { receivedMs, source: 'import', body: new Private(new TextEncoder().encode(text)), isConfirmed: false };
}

function house(vendor: KnownVendor | undefined) {
  const kept: StoreRecord[] = [];
  const battery = { serial: SERIAL, vendor: new VendorMemory(vendor) };
  const imported = new ImportedConfigurations({
    find: async (id) => (id === 'b3f1c2' ? battery : null),
    keep: (records) => void kept.push(...records),
    now: () => AT,
  });
  return { battery, imported, kept };
}

const REPORTED = { text: new Private(told()), bytes: null };

describe('what the vendor gave, as it was recorded', () => {
  it('is taken, the newest that the battery has, with its own time', async () => {
    const { battery, imported, kept } = house({ configurations: {}, reported: REPORTED });
    const foreign = configuration(GIVEN.replace('"Safe":"2"', '"Safe":"0"'), 30);
    const given = [configuration(GIVEN, 10), configuration(GIVEN, 20), foreign];
    expect(await imported.take('b3f1c2', given, true)).toBe(true);
    expect([battery.vendor.settings.newest, kept]).toEqual([null, []]);
    expect(await imported.take('b3f1c2', given, false)).toBe(true);
    expect(battery.vendor.settings.newest).toMatchObject({ receivedMs: 20, source: 'import' });
    expect(kept).toMatchObject([
      { type: 'vendor_configuration', role: 'newest', receivedMs: 9 },
      { type: 'vendor_configuration', role: 'passed' },
    ]);
  });

  it('is not taken where a later one is known, however it came', async () => {
    const newest = { ...configuration(GIVEN, 15), source: 'tap' } as const;
    const { battery, imported } = house({ configurations: { newest }, reported: REPORTED });
    expect(await imported.take('b3f1c2', [configuration(GIVEN, 10), configuration(GIVEN, 15)], false)).toBe(false);
    expect(battery.vendor.settings.newest).toBe(newest);
  });

  it.each([
    ['the battery has told nothing', { configurations: {}, reported: null }, GIVEN],
    ['nothing is known of it', undefined, GIVEN],
    ['it lacks what the battery has', { configurations: {}, reported: REPORTED }, '{"Status":"Success"}'],
    ['it cannot be read', { configurations: {}, reported: REPORTED }, '{"Status":'],
  ])('is not taken where %s, nor later', async (_what, vendor, text) => {
    const { battery, imported, kept } = house(vendor);
    expect(await imported.take('b3f1c2', [configuration(text, 10)], false)).toBe(false);
    battery.vendor.settings.report(frameByHand(1, 4, told()));
    expect([battery.vendor.settings.newest, kept]).toEqual([null, []]);
  });

  it('is of no battery that there is not', async () => {
    const { imported } = house(undefined);
    expect(await imported.take('c0ffee', [configuration(GIVEN, 10)], false)).toBe(false);
    expect(remembered(null)).toBeNull();
  });
});

it('is a whole 1,2,3 to the battery, and nothing else', () => {
  const frame: StoredFrame = {
    ...{ owner: null, receivedMs: 7, direction: 'to_battery', frameType: 2, command: 3, reason: '' },
    bytes: frameByHand(2, 3, GIVEN),
  };
  expect(new TextDecoder().decode(vendorConfigurationIn(frame)?.body.reveal())).toBe(GIVEN);
  expect(vendorConfigurationIn(frame)).toMatchObject({ receivedMs: 7, source: 'import', isConfirmed: false });
  const asks = { ...frame, frameType: 1, bytes: frameByHand(1, 3, ASK) };
  const others = [
    asks,
    { ...frame, command: 4 },
    { ...frame, direction: 'from_battery' as const },
    { ...frame, frameType: null },
  ];
  expect(others.map(vendorConfigurationIn)).toEqual([null, null, null, null]);
});
