/**
 * A configuration as a server has it, for tests of what it is handed to.
 */
import { type Config, schemaWith } from '../src/config/schema.ts';

/** These settings, as in the file, and the defaults of all others. */
export function configOf(settings: unknown): Config {
  const checks = {
    problemOfNetwork: () => null,
    isTimeZone: () => true,
    isMeasured: () => true,
    systemTimeZone: 'UTC',
  };
  return schemaWith(checks).parse(settings);
}
