/** Asks for the password. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ApiError, api } from '../api.ts';
import * as format from '../format.ts';
import { now, session } from '../store.ts';
import { texts } from '../texts.ts';
import '../styles/first.css';

type LoginRefusal =
  | { readonly why: string }
  /** Unix seconds by the page's clock, from when on it may be tried again. */
  | { readonly until: number };

function refusalOf(error: unknown): LoginRefusal {
  if (!(error instanceof ApiError)) return { why: texts.failed(String(error)) };
  if (error.status === 429 && error.retryAfter !== null) return { until: now.value + error.retryAfter };
  return { why: error.status === 401 || error.status === 403 ? texts.login.wrong : texts.failed(error.message) };
}

function wordsOf(refusal: LoginRefusal): string {
  if ('why' in refusal) return refusal.why;
  const seconds = Math.ceil(refusal.until - now.value);
  return seconds > 0 ? texts.login.lockedOut(format.duration(seconds)) : texts.login.tryNow;
}

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
      refusal.value = refusalOf(error);
      isBusy.value = false;
      field.current?.focus();
      field.current?.select();
    }
  };
  const isLockedOut = refusal.value !== null && 'until' in refusal.value && refusal.value.until > now.value;
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
          {wordsOf(refusal.value)}
        </p>
      )}
      <button type="submit" class="main-button" disabled={isBusy.value || isLockedOut}>
        {isBusy.value ? texts.login.busy : texts.login.enter}
      </button>
    </form>
  );
}

export default function LoginView() {
  if (session.value?.password_set !== false) return <Form />;
  return (
    <div class="login panel">
      <h2>{texts.login.title}</h2>
      <p>{texts.login.noPassword}</p>
    </div>
  );
}
