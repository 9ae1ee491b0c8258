/** A view whose code is loaded when it is first opened. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { texts } from '../texts.ts';

export function lazy(load: () => Promise<{ default: ComponentType }>): ComponentType {
  let loaded: ComponentType | null = null;
  return function Lazy() {
    const view = useSignal<{ component: ComponentType | null; error: string | null }>({
      component: loaded,
      error: null,
    });
    useEffect(() => {
      if (loaded !== null) return;
      load().then(
        (module) => {
          loaded = module.default;
          view.value = { component: loaded, error: null };
        },
        (error: unknown) => {
          view.value = { component: null, error: String(error) };
        },
      );
    }, []);
    const { component: View, error } = view.value;
    if (error !== null) return <p class="failed">{texts.failed(error)}</p>;
    return View === null ? <p class="quiet">{texts.loading}</p> : <View />;
  };
}
