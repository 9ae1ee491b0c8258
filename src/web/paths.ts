/**
 * Paths of requests.
 */

/** The address as it is without the base path. A proxy may have taken it away already. */
export function withoutBase(url: string, base: string): string {
  return base !== '/' && url.startsWith(base) ? url.slice(base.length - 1) : url;
}

/** Whether a path is one of a route such as `/api/batteries/{id}`. */
export function fits(pattern: string, path: string): boolean {
  const [wanted, found] = [pattern.split('/'), path.split('/')];
  return wanted.length === found.length && wanted.every((part, index) => part.startsWith('{') || part === found[index]);
}
