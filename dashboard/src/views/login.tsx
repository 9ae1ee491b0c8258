/** Asks for the password. */
import { useSignal } from '@preact/signals';
import { ApiError, api } from '../api.ts';
import { texts } from '../texts.ts';
import '../styles/first.css';

export default function LoginView() {
  const password = useSignal('');
  const wrong = useSignal<string | null>(null);
  const enter = async (event: Event) => {
    event.preventDefault();
    try {
      await api.logIn(password.value);
      location.reload();
    } catch (error) {
      const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
      wrong.value = refused ? texts.login.wrong : texts.failed(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form class="login panel" onSubmit={(event) => void enter(event)}>
      <h2>{texts.login.title}</h2>
      <p>{texts.login.what}</p>
      <label>
        {texts.login.password}
        <input
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
      {wrong.value !== null && (
        <p class="failed" role="alert">
          {wrong.value}
        </p>
      )}
      <button type="submit" class="main-button">
        {texts.login.enter}
      </button>
    </form>
  );
}
