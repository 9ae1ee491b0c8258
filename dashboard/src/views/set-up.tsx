/** The first start: sets the password of the page, with the code from the log. */
import { useSignal } from '@preact/signals';
import { api } from '../api.ts';
import { GuardedForm } from '../parts/guarded-form.tsx';
import { texts } from '../texts.ts';

const SHORTEST = 8;

export function SetUp() {
  const code = useSignal('');
  const password = useSignal('');
  return (
    <GuardedForm
      texts={texts.setUp}
      enter={() => api.setUp(code.value, password.value)}
      fields={(first) => (
        <>
          <label>
            {texts.setUp.code}
            <input
              ref={first}
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
        </>
      )}
    />
  );
}
