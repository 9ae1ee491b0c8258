/** A view whose code is loaded when it is first opened. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { renew } from '../renewal.ts';
import { texts } from '../texts.ts';

const RETRY_MS = 3000;
/** A browser may remember that a file did not come (Chromium does): then only loading the page anew helps. */
const HOPELESS_TRIES = 2;

export function lazy(load: () => Promise<{ default: ComponentType }>): ComponentType {
  let loaded: ComponentType | null = null;
  return function Lazy() {
    const view = useSignal<{ component: ComponentType | null; hasFailed: boolean }>({
      component: loaded,
      hasFailed: false,
    });
    useEffect(() => {
      let isOpen = true;
      let tries = 0;
      let retry: ReturnType<typeof setTimeout> | undefined;
      const attempt = async () => {
        try {
          loaded ??= (await load()).default;
          if (isOpen) view.value = { component: loaded, hasFailed: false };
        } catch {
          if (!isOpen) return;
          view.value = { component: null, hasFailed: true };
          retry = setTimeout(() => void attempt(), RETRY_MS);
          // It may have been of a build that the server no longer has.
          void renew(++tries >= HOPELESS_TRIES);
        }
      };
      void attempt();
      return () => {
        isOpen = false;
        clearTimeout(retry);
      };
    }, []);
    const { component: View, hasFailed } = view.value;
    if (View !== null) return <View />;
    return <p class="quiet">{hasFailed ? texts.viewFailed : texts.loading}</p>;
  };
}
