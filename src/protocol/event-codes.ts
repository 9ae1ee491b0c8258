/**
 * Codes of the battery's event log. No public table exists: these meanings are inferred from two captured logs (likely);
 * 23, 24, 27 and 28 come in pairs at boot and are unknown. The number is always shown beside the words.
 */
export const EVENT_CODES: Readonly<Record<number, string>> = {
  29: 'network link up',
  30: 'network link reset',
  41: 'connected to the server',
  42: 'lost the server',
};

/** What a code seems to mean, marked as inferred; null where nobody knows. */
export function inferredMeaning(code: number): string | null {
  const meaning = EVENT_CODES[code];
  return meaning === undefined ? null : `${meaning} (inferred)`;
}
