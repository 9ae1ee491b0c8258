/**
 * Lets a process live at another time: loaded by `--import` (worker threads too), told by how much in the environment.
 */
const AHEAD_MS = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const TrueDate = Date;

globalThis.Date = class extends TrueDate {
  constructor(...args) {
    super(...(args.length === 0 ? [TrueDate.now() + AHEAD_MS] : args));
  }

  static now() {
    return TrueDate.now() + AHEAD_MS;
  }
};
