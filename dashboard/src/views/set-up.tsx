/** The first start: sets the password of the page, with the code from the log. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { api } from '../api.ts';
import { type LoginRefusal, refusalOf, waitsFor, wordsOf } from '../login-refusal.ts';
import { now } from '../store.ts';
import { texts } from '../texts.ts';

const SHORTEST = 8;

export function SetUp() {
  const code = useSignal('');
  const password = useSignal('');
  const refusal = useSignal<LoginRefusal | null>(null);
  const isBusy = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const set = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      await api.setUp(code.value, password.value);
      location.reload();
    } catch (error) {
      refusal.value = refusalOf(error, texts.setUp.wrong, now.value);
      isBusy.value = false;
      field.current?.focus();
      field.current?.select();
    }
  };
  const isLockedOut = waitsFor(refusal.value, now.value) > 0;
  return (
    <form class="login panel" aria-busy={isBusy.value} onSubmit={(event) => void set(event)}>
      <h2>{texts.setUp.title}</h2>
      <p>{texts.setUp.what}</p>
      <label>
        {texts.setUp.code}
        <input
          ref={field}
          name="code"
          autocomplete="one-time-code"
          autocapitalize="characters"
          spellcheck={false}
          required
          value={code.value}
          onInput={({ currentTarget }) => {
            code.value = currentTarget.value;
          }}
        />
      </label>
      <label>
        {texts.setUp.password}
        <input
          type="password"
          name="password"
          autocomplete="new-password"
          minLength={SHORTEST}
          required
          value={password.value}
          onInput={({ currentTarget }) => {
            password.value = currentTarget.value;
          }}
        />
      </label>
      {refusal.value !== null && (
        <p class="failed" role="alert">
          {wordsOf(refusal.value, now.value)}
        </p>
      )}
      <button type="submit" class="main-button" disabled={isBusy.value || isLockedOut}>
        {isBusy.value ? texts.setUp.busy : texts.setUp.enter}
      </button>
    </form>
  );
}
