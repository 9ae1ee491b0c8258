/**
 * Lets a process live ten times as fast from a moment on that is told in the environment: loaded by `--import` (worker
 * threads too). What is looked at for minutes takes seconds then; timers stay as they are.
 */
const TIMES = 10;
const FROM_MS = Number(process.env.CLOCK_FAST_FROM_MS);
const TrueDate = Date;
const trueMono = performance.now.bind(performance);
const fast = () => Math.round(FROM_MS + (TrueDate.now() - FROM_MS) * TIMES);

globalThis.Date = class extends TrueDate {
  constructor(...args) {
    super(...(args.length === 0 ? [fast()] : args));
  }

  static now() {
    return fast();
  }
};
performance.now = () => trueMono() * TIMES;
