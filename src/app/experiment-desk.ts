/**
 * Experiments that an owner makes knowingly: one at a time for each battery, by its typed id, where the file allows them.
 */
import type { Instant } from '../model.ts';
import { sanitised } from '../privacy/sanitised.ts';
import type { Switchboard } from '../server/switchboard.ts';
import { SyncTimeExperiment } from '../session/clock/sync-time.ts';
import type { SyncTimeView } from '../web/routes/experiment.ts';
import { ControlError } from './control-desk.ts';

export interface ExperimentDeskParts {
  readonly switchboard: Switchboard;
  /** `control.experiments`. */
  readonly isAllowed: boolean;
  now(): Instant;
}

export class ExperimentDesk {
  readonly #parts: ExperimentDeskParts;
  /** The newest of each battery, by its id, in this run. */
  readonly #made = new Map<string, SyncTimeExperiment>();

  constructor(parts: ExperimentDeskParts) {
    this.#parts = parts;
  }

  /**
   * @param confirm the id once more, typed
   * @throws ControlError
   */
  syncTime(id: string, confirm: string): SyncTimeView {
    const { switchboard, isAllowed, now } = this.#parts;
    if (!isAllowed) throw new ControlError('CONTROL_DISABLED', 'set control.experiments: true, and restart the server');
    if (confirm !== id) throw new ControlError('CONTROL_REFUSED', 'confirm: expected the id of the battery');
    const battery = switchboard.find(id);
    const live = switchboard.of(id);
    if (battery === null || live === null)
      throw new ControlError('CONTROL_UNAVAILABLE', 'the battery is not connected to this server');
    const before = this.#made.get(id);
    if (before !== undefined && before.state !== 'idle')
      throw new ControlError('CONTROL_REFUSED', 'it is under way already: wait for a minute');
    const experiment = new SyncTimeExperiment(battery, now());
    this.#made.set(id, experiment);
    live.start(experiment);
    return this.#view(experiment);
  }

  /** The newest in this run; null where none was made. */
  syncTimeOf(id: string): SyncTimeView | null {
    const made = this.#made.get(id);
    return made === undefined ? null : this.#view(made);
  }

  #view({ step, state, answer, frames, aheadBefore, aheadSince }: SyncTimeExperiment): SyncTimeView {
    const serials = Array.from(this.#parts.switchboard.batteries.all(), ({ serial }) => serial.reveal());
    return {
      ...{ step, answer, aheadBefore, isOver: state === 'idle', aheadAfter: aheadSince.at(-1)?.[1] ?? null },
      frames: frames.map(({ atMs, isOurs, bytes }) => {
        const shown = sanitised(bytes.reveal(), serials);
        return { atMs, isOurs, hex: Buffer.from(shown.bytes).toString('hex'), isResealed: shown.isResealed };
      }),
    };
  }
}
