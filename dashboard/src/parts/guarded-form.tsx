/** What the two forms in front of the page have in common: a refusal, how long it lasts, and a field to try again in. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type LoginRefusal, refusalOf, waitsFor, wordsOf } from '../login-refusal.ts';
import { now } from '../store.ts';

interface GuardedTexts {
  readonly title: string;
  readonly what: string;
  readonly wrong: string;
  readonly busy: string;
  readonly enter: string;
}

interface GuardedFormProps {
  texts: GuardedTexts;
  /** Asks the server. */
  enter: () => Promise<unknown>;
  /** @param first the field that has the focus, at first and after a refusal */
  fields: (first: RefObject<HTMLInputElement | null>) => ComponentChildren;
}

/** The page is loaded anew once the server lets somebody in. */
export function GuardedForm({ texts, enter, fields }: GuardedFormProps) {
  const refusal = useSignal<LoginRefusal | null>(null);
  const isBusy = useSignal(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      await enter();
      location.reload();
    } catch (error) {
      refusal.value = refusalOf(error, texts.wrong, now.value);
      isBusy.value = false;
      first.current?.focus();
      first.current?.select();
    }
  };
  const isLockedOut = waitsFor(refusal.value, now.value) > 0;
  return (
    <form class="login panel" aria-busy={isBusy.value} onSubmit={(event) => void submit(event)}>
      <h2>{texts.title}</h2>
      <p>{texts.what}</p>
      {fields(first)}
      {refusal.value !== null && (
        <p class="failed" role="alert">
          {wordsOf(refusal.value, now.value)}
        </p>
      )}
      <button type="submit" class="main-button" disabled={isBusy.value || isLockedOut}>
        {isBusy.value ? texts.busy : texts.enter}
      </button>
    </form>
  );
}
