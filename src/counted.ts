/**
 * Numbers with their noun.
 */

/** `1 battery`, `2 batteries`. @param many the plural, where it is not made by an s */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
