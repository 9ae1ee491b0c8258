/**
 * The configuration as it may be shared: which settings are set, and those values that tell nothing of a house.
 */

export interface ConfiguredSetting {
  readonly path: readonly string[];
  readonly isSecret: boolean;
  /** As it is where nobody says. */
  readonly fallback: unknown;
  /** As it is; undefined where it is not set. */
  readonly value: unknown;
}

/** What was set without being shown. */
const SET = '[set]';
/** A word of the settings themselves: `warn`, `pass`, `all`. */
const CHOICES = ['debug', 'info', 'warn', 'error', 'off', 'private', 'all', 'pass', 'owner', 'hold', 'block'];

/** By the settings' paths. */
export function sharedSettings(settings: readonly ConfiguredSetting[]): Record<string, unknown> {
  return Object.fromEntries(settings.map((setting) => [setting.path.join('.'), shown(setting)]));
}

function shown({ isSecret, fallback, value }: ConfiguredSetting): unknown {
  if (value === undefined || value === null) return null;
  if (isSecret) return SET;
  if (JSON.stringify(value) === JSON.stringify(fallback)) return value;
  return isPlain(value) ? value : Array.isArray(value) ? `[${value.length} set]` : SET;
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || CHOICES.includes(value as string);
}

/** All texts in the configuration that are not what everybody has: each may be private. */
export function textsOf(settings: readonly ConfiguredSetting[]): string[] {
  return settings.flatMap(({ value, fallback }) =>
    JSON.stringify(value) === JSON.stringify(fallback) ? [] : textsIn(value).filter((text) => !CHOICES.includes(text)),
  );
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [...(Array.isArray(value) ? [] : [key]), ...textsIn(one)]);
}
