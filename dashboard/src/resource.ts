/**
 * Something loaded for a part of the page: anew when its key changes or the server was away; what was there stays until
 * the new is.
 */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError } from './api.ts';
import { reloads } from './store.ts';

export interface Resource<Data> {
  readonly data: Data | null;
  readonly error: string | null;
  readonly loading: boolean;
  /** The key the data belongs to. */
  readonly key: string | null;
}

const RETRY_MS = 4000;

/** The server was away or busy: asked again it may answer. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

/** @param key null: nothing to load */
export function useResource<Data>(
  key: string | null,
  loader: (signal: AbortSignal) => Promise<Data>,
  everySeconds = 0,
): Resource<Data> {
  const state = useSignal<Resource<Data>>({ data: null, error: null, loading: key !== null, key: null });
  const turn = reloads.value;
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    let retry: ReturnType<typeof setTimeout> | undefined;
    const run = async () => {
      state.value = { ...state.peek(), loading: true };
      try {
        const data = await loader(abort.signal);
        if (!abort.signal.aborted) state.value = { data, error: null, loading: false, key };
      } catch (error) {
        if (abort.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        state.value = { ...state.peek(), error: message, loading: false };
        if (isPassing(error)) retry = setTimeout(run, RETRY_MS);
      }
    };
    void run();
    const timer = everySeconds > 0 ? setInterval(run, everySeconds * 1000) : undefined;
    return () => {
      abort.abort();
      clearInterval(timer);
      clearTimeout(retry);
    };
    // The key says all that the loader depends on.
  }, [key, turn]);
  return state.value;
}
