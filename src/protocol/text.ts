/**
 * Bytes to text. The wire is ASCII (confirmed); what is not valid UTF-8 is refused here and kept as bytes by the caller.
 */

/** The one thing this room needs of the platform; declared here because it compiles without any platform's types. */
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a body, or null if it is no valid UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}
