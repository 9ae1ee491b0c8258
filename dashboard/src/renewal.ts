/**
 * Keeps the page itself whole: loads it anew when the server hands out another build of it, and loads a stylesheet again
 * that did not come.
 */
import { signal } from '@preact/signals';
import { isSending } from './api.ts';
import { isEdited, watchEditing } from './editing.ts';

const WATCH_MS = 5000;
const TIMEOUT_MS = 20_000;

/** Whether the server has another build of the page, which waits until nothing is being edited. */
export const hasNewerPage = signal(false);

/** What does not help is not done again and again. */
const KEPT_MS = 60_000;
const RENEWED = 'alphaess-local.renewed';

let isRenewing = false;

/** null while the page is worked on with vite's own server. */
function ownBuild(): string | null {
  return document.querySelector('meta[name=build]')?.getAttribute('content') ?? null;
}

/** A page as the server hands it out: its build, and the files without which it shows nothing. */
export function partsOf(html: string): { readonly build: string | null; readonly files: readonly string[] } {
  const build = /<meta name="build" content="([\w-]+)"/.exec(html)?.[1] ?? null;
  const files = [...html.matchAll(/<(?:script|link)\b[^>]*\s(?:src|href)="([^"]+\.(?:js|css))"/g)];
  return { build, files: files.map(([, file = '']) => file) };
}

async function fetched(path: string): Promise<Response | null> {
  try {
    const response = await fetch(path, { cache: 'no-cache', signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? response : null;
  } catch {
    return null;
  }
}

/** Kept by the tab, since the page forgets. Where the browser keeps nothing, a page is never taken for broken. */
function mayRenewBroken(nowMs: number): boolean {
  try {
    const last = Number(sessionStorage.getItem(RENEWED) ?? Number.NEGATIVE_INFINITY);
    if (Math.abs(nowMs - last) < KEPT_MS) return false;
    sessionStorage.setItem(RENEWED, String(nowMs));
    return true;
  } catch {
    return false;
  }
}

/**
 * Loads the page anew, if the server has one that is whole and other than this; never under somebody's hands.
 * @param isBroken this one does not work: one of the same build will do
 */
export async function renew(isBroken = false): Promise<void> {
  if (isRenewing) return;
  isRenewing = true;
  try {
    // Its main part may be missing while the server is being upgraded: a page without it would never renew itself.
    const html = await (await fetched('./'))?.text();
    const next = partsOf(html ?? '');
    const isOther = next.build !== ownBuild();
    if (next.build === null || !(isOther || isBroken)) return;
    const files = await Promise.all(next.files.map(fetched));
    if (files.includes(null) || isEdited(Date.now()) || isSending()) return;
    if (isOther || mayRenewBroken(Date.now())) location.reload();
  } catch {
    // Cut off in the midst of it: tried again with the next look.
  } finally {
    isRenewing = false;
  }
}

/** @param build of the page that the server hands out now; null where it has none */
export async function takeBuild(build: string | null): Promise<void> {
  const own = ownBuild();
  hasNewerPage.value = build !== null && own !== null && build !== own;
  if (hasNewerPage.value) await renew();
}

/** Of one that failed, Chromium has a sheet whose rules must not be read. */
function hasCome({ sheet }: HTMLLinkElement): boolean {
  try {
    return sheet !== null && sheet.cssRules.length > 0;
  } catch {
    return false;
  }
}

/** The one that failed stays until another has come: it may only be slow. */
export function restoreStyles(): void {
  if (document.querySelector('link[data-again]') !== null) return;
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')) {
    if (hasCome(link)) continue;
    const again = link.cloneNode() as HTMLLinkElement;
    again.dataset.again = '';
    again.onload = () => {
      delete again.dataset.again;
      link.remove();
    };
    again.onerror = () => again.remove();
    link.after(again);
  }
}

/** To be called once. */
export function watchPage(): void {
  watchEditing();
  setInterval(() => {
    restoreStyles();
    if (hasNewerPage.value) void renew();
  }, WATCH_MS);
}
