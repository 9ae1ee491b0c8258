/** Asks for the password. */
import { useSignal } from '@preact/signals';
import { api } from '../api.ts';
import { GuardedForm } from '../parts/guarded-form.tsx';
import { session } from '../store.ts';
import { texts } from '../texts.ts';
import { SetUp } from './set-up.tsx';
import '../styles/first.css';

function Form() {
  const password = useSignal('');
  return (
    <GuardedForm
      texts={texts.login}
      enter={() => api.logIn(password.value)}
      fields={(first) => (
        <label>
          {texts.login.password}
          <input
            ref={first}
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
      )}
    />
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
