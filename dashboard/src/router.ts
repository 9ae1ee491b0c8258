/**
 * Which view is open, from the part of the address after `#`, so that the page works under any path.
 */
import { signal } from '@preact/signals';

export const VIEWS = ['now', 'history', 'battery', 'control', 'events', 'frames', 'system', 'vendor'] as const;
/** Those that the navigation shows; the others are led to where they belong. */
export const MAIN_VIEWS = VIEWS.filter((view) => view !== 'vendor');
export type View = (typeof VIEWS)[number];

export interface PageRoute {
  readonly view: View;
  readonly query: ReadonlyMap<string, string>;
}

/** Which battery is looked at; kept from view to view. */
const KEPT = 'battery';

export function routeOf(hash: string): PageRoute {
  const [, path = '', query = ''] = /^#?\/?([^?]*)\??(.*)$/.exec(hash) ?? [];
  const view = VIEWS.find((known) => known === path) ?? 'now';
  return { view, query: new Map(new URLSearchParams(query)) };
}

export function hashOf(view: View, query: Readonly<Record<string, string | null | undefined>> = {}): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, value] as [string, string]],
  );
  const text = new URLSearchParams(parts).toString();
  return text === '' ? `#/${view}` : `#/${view}?${text}`;
}

export const route = signal<PageRoute>(routeOf(''));

export function watchAddress(): void {
  const read = () => {
    route.value = routeOf(location.hash);
  };
  addEventListener('hashchange', read);
  read();
}

/** The address of a view, with the battery that is looked at. */
export function linkTo(view: View, query: Readonly<Record<string, string | null | undefined>> = {}): string {
  return hashOf(view, { ...query, [KEPT]: KEPT in query ? query[KEPT] : route.value.query.get(KEPT) });
}

function changed(changes: Readonly<Record<string, string | null>>): string {
  const { view, query } = route.value;
  return hashOf(view, { ...Object.fromEntries(query), ...changes });
}

/** Changes parts of the address of the view that is open, without a step back in the browser's history. */
export function adjust(changes: Readonly<Record<string, string | null>>): void {
  const hash = changed(changes);
  history.replaceState(null, '', hash);
  route.value = routeOf(hash);
}

/** The same, and Back leads to where it was before. */
export function go(changes: Readonly<Record<string, string | null>>): void {
  const hash = changed(changes);
  if (hash !== location.hash) history.pushState(null, '', hash);
  route.value = routeOf(hash);
}
