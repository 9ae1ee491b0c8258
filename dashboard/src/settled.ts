/** What the server answers to a request that is still being put together: it is asked once nothing has changed for a moment. */
import { useEffect, useState } from 'preact/hooks';

/** So that a moved slider asks once. */
const SETTLE_MS = 250;

export interface Settled<Answer> {
  /** null where the server refused. */
  readonly answer: Answer | null;
  readonly error: string | null;
}

/**
 * @param request null: nothing is asked
 * @param ask must give up when it is told to
 * @returns null until the answer to this very request is there
 */
export function useSettled<Request, Answer>(
  battery: string,
  request: Request | null,
  ask: (battery: string, request: Request, signal: AbortSignal) => Promise<Answer>,
): Settled<Answer> | null {
  const [found, setFound] = useState<(Settled<Answer> & { readonly of: string }) | null>(null);
  const of = JSON.stringify(request);
  useEffect(() => {
    if (request === null) return;
    const abort = new AbortController();
    const look = () =>
      ask(battery, request, abort.signal).then(
        (answer) => setFound({ of, answer, error: null }),
        (error: Error) => !abort.signal.aborted && setFound({ of, answer: null, error: error.message }),
      );
    const timer = setTimeout(look, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [battery, of]);
  return found?.of === of ? found : null;
}
