/**
 * A battery that says everything a battery, or a spoilt message, can say; each saying comes with what must be readable
 * afterwards. Bytes and expectations are made here, without the code under test.
 */
import type { Random } from '../../src/simulator/random.ts';
import { frameByHand } from '../wire.ts';

/** What must be found once a saying was acknowledged: by its own text in one of these places. */
export type Expected =
  /** A reading of this content: {@link contentOf}. */
  | { readonly in: 'readings'; readonly content: string }
  | { readonly in: 'configurations'; readonly content: string }
  | { readonly in: 'events'; readonly content: string }
  /** The frame as it came, in hexadecimal digits. */
  | { readonly in: 'bytes'; readonly content: string };

export interface Saying {
  readonly frame: Uint8Array;
  /** Whether it must be answered at all: a frame with a wrong checksum is not. */
  readonly answered: boolean;
  readonly expected: readonly Expected[];
}

/** The fields a saying varies, by our names; what else a message holds is always the same. */
export interface Content {
  readonly serial: string;
  readonly kind: 'live' | 'detail' | 'history';
  /** Seconds as if UTC; null where the text of the time cannot be read. */
  readonly batteryTime: number | null;
  readonly pv1_power: number | null;
  readonly soc: number | null;
  readonly battery_power: number | null;
}

interface Values {
  readonly pv1_power: number;
  readonly soc: number;
  readonly battery_power: number;
}

export function contentOf({ serial, kind, batteryTime, pv1_power: pv, soc, battery_power: power }: Content): string {
  return [serial, kind, batteryTime, pv, soc, power].join(' ');
}

/** What a C program writes where it has no number, and what JSON does not know; each costs its own value alone. */
const SPOILT = ['nan', '-nan', 'inf', '', '-1.#IND', '(null)', '"nan"', '"-"'] as const;
const REMEMBERED = 30;

export class Speaker {
  readonly serial: string;
  /** How far its clock is ahead of UTC, seconds. */
  ahead: number;
  readonly #random: Random;
  readonly #said: Saying[] = [];

  constructor(serial: string, random: Random) {
    this.serial = serial;
    this.#random = random;
    this.ahead = random.whole(-12, 14) * 3600 + random.whole(-1000, 1000);
  }

  /** Something that a battery may say at that moment, Unix seconds. */
  say(now: number): Saying {
    const saying = this.#any(now);
    this.#said.push(saying);
    if (this.#said.length > REMEMBERED) this.#said.shift();
    return saying;
  }

  #any(now: number): Saying {
    const random = this.#random;
    const kind = random.whole(0, 99);
    if (kind < 50) return this.#status('live', now + this.ahead);
    if (kind < 60) return this.#status('detail', now + this.ahead);
    if (kind < 72) return this.#history(now + this.ahead - random.whole(1, 200) * 60);
    if (kind < 78) return this.#said[random.whole(0, this.#said.length - 1)] ?? this.#status('live', now + this.ahead);
    // The same time with other values.
    if (kind < 82) return this.#status('live', now + this.ahead - random.whole(0, 30));
    if (kind < 85) return this.#log(now + this.ahead);
    if (kind < 88) return this.#configuration();
    if (kind < 92) return this.#unknown();
    if (kind < 95) return this.#damaged(now + this.ahead);
    if (kind < 98) return this.#spoilt(now + this.ahead);
    return this.#clockSet(now);
  }

  /** Its clock is set, most often back by what its readings come in. */
  #clockSet(now: number): Saying {
    this.ahead += this.#random.pick([-60, -3600, -10, -5, 3600, 90, -1]);
    return this.#status('live', now + this.ahead);
  }

  #values(): Values {
    const random = this.#random;
    // Few, so that the same is often said again, and now and then any.
    const few = random.chance(0.7);
    return {
      pv1_power: few ? random.whole(0, 2) : random.whole(-5, 9000),
      soc: random.whole(0, few ? 3 : 100),
      battery_power: few ? 0 : random.whole(-5000, 5000),
    };
  }

  #status(kind: 'live' | 'detail', batteryTime: number): Saying {
    const values = this.#values();
    const frame = frameByHand(1, kind === 'live' ? 16 : 5, this.#body(batteryTime, values));
    return { frame, answered: true, expected: [this.#reading({ kind, batteryTime, ...values })] };
  }

  #body(batteryTime: number, { pv1_power, soc, battery_power }: Values): string {
    return `{"Time":"${clockText(batteryTime)}","SN":"${this.serial}","Ppv1":"${pv1_power}","SOC":"${soc}.0","Pbat":"${battery_power}.0000"}`;
  }

  #history(from: number): Saying {
    const rows = Array.from({ length: this.#random.whole(1, 3) }, (_, row) => ({
      batteryTime: from + 60 * row,
      ...this.#values(),
    }));
    const lines = rows.map(({ batteryTime, pv1_power, soc, battery_power }) =>
      [clockText(batteryTime).replace(' ', ','), this.serial, pv1_power, soc, battery_power].join(','),
    );
    const body = `Date,Time,SN,Ppv1,SOC,Pbat\n${lines.join('\n')}\n`;
    const expected = rows.map((row) => this.#reading({ kind: 'history', ...row }));
    return { frame: frameByHand(1, 12, body), answered: true, expected };
  }

  #log(batteryTime: number): Saying {
    const entries = Array.from({ length: this.#random.whole(1, 4) }, (_, n) => {
      const text = clockText(batteryTime - 100 * n).slice(2);
      return `${text} ${this.#random.whole(20, 42)}`;
    });
    const body = `{"MsgType":"EventLog","MsgContent":"${entries.join(';')};","Description":""}`;
    const frame = frameByHand(1, 9, body);
    return { frame, answered: true, expected: entries.map((content) => ({ in: 'events', content })) };
  }

  #configuration(): Saying {
    const body = `{"SN":"${this.serial}","GridCharge":"${this.#random.whole(0, 1)}","BatHighCap":"${this.#random.whole(10, 100)}"}`;
    return { frame: frameByHand(1, 4, body), answered: true, expected: [{ in: 'configurations', content: body }] };
  }

  #unknown(): Saying {
    const command = this.#random.pick([1, 6, 7, 10, 11, 13, 14, 15, 99]);
    const length = this.#random.whole(1, 40);
    const frame = frameByHand(
      1,
      command,
      Uint8Array.from({ length }, () => this.#random.whole(0, 255)),
    );
    return { frame, answered: true, expected: [inBytes(frame)] };
  }

  /** A wrong checksum is not answered; a body that is none is answered and kept. */
  #damaged(batteryTime: number): Saying {
    const { frame } = this.#status('live', batteryTime);
    if (this.#random.chance(0.5)) {
      const damaged = Uint8Array.from(frame);
      damaged[damaged.length - 3] = (damaged[damaged.length - 3] as number) ^ 0x01;
      return { frame: damaged, answered: false, expected: [inBytes(damaged)] };
    }
    const noise = Uint8Array.from({ length: this.#random.whole(1, 60) }, () => this.#random.whole(128, 255));
    const unreadable = frameByHand(1, 16, noise);
    return { frame: unreadable, answered: true, expected: [inBytes(unreadable)] };
  }

  #spoilt(batteryTime: number): Saying {
    const values = this.#values();
    const spoilt = this.#random.pick(SPOILT);
    const body = this.#body(batteryTime, values).replace(`"${values.soc}.0"`, spoilt);
    const frame = frameByHand(1, 16, body);
    return { frame, answered: true, expected: [this.#reading({ kind: 'live', batteryTime, ...values, soc: null })] };
  }

  #reading(content: Omit<Content, 'serial'>): Expected {
    return { in: 'readings', content: contentOf({ serial: this.serial, ...content }) };
  }
}

function inBytes(frame: Uint8Array): Expected {
  return { in: 'bytes', content: Buffer.from(frame).toString('hex') };
}

/** `2024/06/12 12:04:10` */
function clockText(batteryTime: number): string {
  return new Date(batteryTime * 1000).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}
