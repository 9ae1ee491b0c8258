/**
 * When the packets of a text were: by the line that tcpdump or Wireshark writes above each.
 */

/** Of UTC; of the time zone in which the text was made; or of an unknown day there. */
export type TimesAre = 'utc' | 'local' | 'time of day';

const SECONDS = /^(\d{9,10}\.\d{1,9})\s/;
const DAY_AND_TIME = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d{1,9})?\s/;
const TIME_OF_DAY = /^(\d\d):(\d\d):(\d\d)(\.\d{1,9})?\s/;
/** Wireshark’s, among the layers of a packet. */
const EPOCH = /^\s*Epoch (?:Arrival )?Time: (\d{9,10}(?:\.\d{1,9})?)/;
const DAY_MS = 86_400_000;

export class PacketTimes {
  /** Of the packet whose heading came last; milliseconds since 1970, as if UTC where it is of a time zone. */
  ms: number | null = null;
  are: TimesAre = 'utc';

  heading(text: string): void {
    const seconds = SECONDS.exec(text) ?? EPOCH.exec(text);
    if (seconds !== null) {
      this.#set(Number(seconds[1]) * 1000, 'utc');
      return;
    }
    const day = DAY_AND_TIME.exec(text);
    if (day !== null) {
      const [, year, month, date, ...time] = day;
      this.#set(Date.UTC(Number(year), Number(month) - 1, Number(date)) + msOf(time), 'local');
      return;
    }
    const time = TIME_OF_DAY.exec(text);
    if (time !== null) this.#set(this.#afterMidnight(msOf(time.slice(1))), 'time of day');
  }

  #set(ms: number, are: TimesAre): void {
    this.ms = ms;
    this.are = are;
  }

  /** A time of day far before the last one is of the next day. */
  #afterMidnight(ms: number): number {
    if (this.ms === null || this.are !== 'time of day') return ms;
    const day = Math.floor(this.ms / DAY_MS) * DAY_MS;
    return day + ms < this.ms - DAY_MS / 2 ? day + DAY_MS + ms : day + ms;
  }
}

function msOf([hours, minutes, seconds, fraction]: readonly (string | undefined)[]): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction ?? '0') * 1000;
}
