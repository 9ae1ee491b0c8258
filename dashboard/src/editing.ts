/**
 * Whether somebody is at work on the page, so that it must not be loaded anew under their hands.
 */

/** What is known of a control of a form, or a field. */
export interface EditedControl {
  readonly isConnected: boolean;
  readonly type?: string;
  readonly value?: string;
  closest(selector: string): unknown;
}

/** What was left so long ago is no longer being edited: a tablet on a wall must not wait for ever. */
const LEFT_MS = 30 * 60_000;
/** Filters and switches of a view: nothing is lost with them. */
const CHOICES: ReadonlySet<string> = new Set(['checkbox', 'radio', 'select-one', 'range']);
/** What asks a person something, and waits for the answer. */
const ASKING = 'dialog[open], [role=dialog], [role=alertdialog], [data-editing]';

let touched = new Set<EditedControl>();
let lastActiveMs = Number.NEGATIVE_INFINITY;

function holdsWork(control: EditedControl): boolean {
  if (!control.isConnected) return false;
  if (CHOICES.has(control.type ?? '')) return control.closest('form, dialog') !== null;
  return control.value !== '';
}

/** @param control what was changed; null where a key or pointer went elsewhere */
export function noteActivity(control: EditedControl | null, nowMs: number): void {
  lastActiveMs = nowMs;
  if (control !== null) touched.add(control);
}

export function isEdited(nowMs: number): boolean {
  touched = new Set([...touched].filter((control) => control.isConnected));
  if (nowMs - lastActiveMs > LEFT_MS) return false;
  return [...touched].some(holdsWork) || document.querySelector(ASKING) !== null;
}

export function watchEditing(): void {
  const active = () => noteActivity(null, Date.now());
  document.addEventListener('pointerdown', active, { passive: true, capture: true });
  document.addEventListener('keydown', active, true);
  document.addEventListener('input', ({ target }) => noteActivity(target as HTMLInputElement, Date.now()), true);
}
