/**
 * Loaded into a server that is measured (`--import`): its clocks go on as the batteries' do, so that a load which sends a
 * sample of ten seconds every few milliseconds looks as real batteries do, of which each sample arrives a moment after it was
 * taken. The clocks never stand still for that: the machine's own time passes besides.
 */
import { Session } from '../src/session/session.ts';

/** From the sample to its arrival. */
const LATE_MS = 400;
/** Where the load writes the time: behind the head, `{"Time":"2026/11/26 21:00:10"`. */
const AT = 7 + 9;

const realWall = Date.now.bind(Date);
const realMono = performance.now.bind(performance);
let aheadMs = 0;

Date.now = () => realWall() + aheadMs;
performance.now = () => realMono() + aheadMs;

function digits(bytes: Uint8Array, from: number, count: number): number {
  let number = 0;
  for (let at = AT + from; at < AT + from + count; at++) number = number * 10 + (bytes[at] as number) - 48;
  return number;
}

const receive = Session.prototype.receive;
Session.prototype.receive = function (bytes) {
  const day = Date.UTC(digits(bytes, 0, 4), digits(bytes, 5, 2) - 1, digits(bytes, 8, 2));
  const seconds = digits(bytes, 11, 2) * 3600 + digits(bytes, 14, 2) * 60 + digits(bytes, 17, 2);
  const arrivalMs = day + seconds * 1000 + LATE_MS;
  if (arrivalMs > Date.now()) aheadMs += arrivalMs - Date.now();
  return receive.call(this, bytes, { wallMs: Date.now(), monoMs: performance.now() });
};
