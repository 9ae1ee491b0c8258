/** Asks for the password. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { api } from '../api.ts';
import { type LoginRefusal, refusalOf, waitsFor, wordsOf } from '../login-refusal.ts';
import { now, session } from '../store.ts';
import { texts } from '../texts.ts';
import { SetUp } from './set-up.tsx';
import '../styles/first.css';

function Form() {
  const password = useSignal('');
  const refusal = useSignal<LoginRefusal | null>(null);
  const isBusy = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const enter = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      await api.logIn(password.value);
      location.reload();
    } catch (error) {
      refusal.value = refusalOf(error, texts.login.wrong, now.value);
      isBusy.value = false;
      field.current?.focus();
      field.current?.select();
    }
  };
  const isLockedOut = waitsFor(refusal.value, now.value) > 0;
  return (
    <form class="login panel" aria-busy={isBusy.value} onSubmit={(event) => void enter(event)}>
      <h2>{texts.login.title}</h2>
      <p>{texts.login.what}</p>
      <label>
        {texts.login.password}
        <input
          ref={field}
          type="password"
          name="password"
          autocomplete="current-password"
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
        {isBusy.value ? texts.login.busy : texts.login.enter}
      </button>
    </form>
  );
}

export default function LoginView() {
  if (session.value?.setup === true) return <SetUp />;
  if (session.value?.password_set !== false) return <Form />;
  return (
    <div class="login panel">
      <h2>{texts.login.title}</h2>
      <p>{texts.login.noPassword}</p>
    </div>
  );
}
