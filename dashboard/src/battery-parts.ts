/**
 * What the battery view draws in a form of its own; everything else stands in the panel that the field table names.
 */
export const CHARTED = [
  'cell_voltage_delta',
  'cell_voltage_min',
  'cell_voltage_max',
  'cell_temp_min',
  'cell_temp_max',
] as const;
export const MOST_PACKS = 6;

/** Of a pack its number counts from 1. */
export const packCharge = (pack: number) => `pack${pack}_soc`;

export const DRAWN: ReadonlySet<string> = new Set([
  ...CHARTED.flatMap((name) => [name, `${name}_pack`, `${name}_cell`, `${name}_sensor`]),
  ...Array.from({ length: MOST_PACKS }, (_, at) => packCharge(at + 1)),
]);
