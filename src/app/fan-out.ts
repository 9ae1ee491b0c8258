/**
 * Tells several what the committer and the port tell one.
 */
import type { StoreRecord } from '../model.ts';
import type { CommitListener } from '../server/committer.ts';
import type { ListenerWatcher } from '../server/listener.ts';
import type { ProblemOutput } from '../session/output.ts';
import type { StoreError } from '../store/store.ts';

/** Of all that is told, what one wants to hear. */
type Watcher = Partial<CommitListener & ListenerWatcher>;

export class FanOut implements CommitListener, ListenerWatcher {
  readonly #watchers: readonly Watcher[];
  readonly #failed: (error: unknown) => void;

  /** @param failed told where one of them throws: the others and the batteries do not suffer from it */
  constructor(watchers: readonly Watcher[], failed: (error: unknown) => void) {
    this.#watchers = watchers;
    this.#failed = failed;
  }

  committed(records: readonly StoreRecord[], tookMs: number): void {
    this.#each((watcher) => watcher.committed?.(records, tookMs));
  }

  failing(error: StoreError): void {
    this.#each((watcher) => watcher.failing?.(error));
  }

  recovered(seconds: number): void {
    this.#each((watcher) => watcher.recovered?.(seconds));
  }

  refused(error: StoreError): void {
    this.#each((watcher) => watcher.refused?.(error));
  }

  opened(connection: number, peer: string, address: string, way?: 'tap'): void {
    this.#each((watcher) => watcher.opened?.(connection, peer, address, way));
  }

  closed(connection: number): void {
    this.#each((watcher) => watcher.closed?.(connection));
  }

  problem(problem: ProblemOutput, connection: number | null, refused?: string): void {
    this.#each((watcher) => watcher.problem?.(problem, connection, refused));
  }

  #each(tell: (watcher: Watcher) => void): void {
    for (const watcher of this.#watchers) {
      try {
        tell(watcher);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
