/**
 * Loaded into a server before it starts (`--import`): makes its wall clock show a later time, so that hours can pass
 * between two runs of it without anybody waiting for them. Its monotonic clock starts with the process anyway.
 */
const aheadMs = Number(process.env.TEST_LATER_BY_MS ?? 0);
const RealDate = Date;

class LaterDate extends RealDate {
  constructor(...parts: readonly unknown[]) {
    super(...((parts.length === 0 ? [LaterDate.now()] : parts) as [number]));
  }

  static override now(): number {
    return RealDate.now() + aheadMs;
  }
}

globalThis.Date = LaterDate as DateConstructor;
