/**
 * The flows of energy, in the order in which the store tells them. Apart from the schemas, so that the reading thread
 * need not load those.
 */
export const FLOWS = [
  'pv',
  'grid_import',
  'grid_export',
  'battery_charge',
  'battery_discharge',
  'grid_charge',
  'load',
] as const;
