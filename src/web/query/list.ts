/**
 * What the store tells one after the other, as a whole.
 */

/** All that comes. */
export async function listOf<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}
