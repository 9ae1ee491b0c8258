/**
 * What goes into a bundle, without what is private: texts and frames of the house as they may be shared.
 */
import { REDACTED } from '../model.ts';
import { redactText } from '../privacy/redact.ts';
import { sanitised, sanitisedFragment } from '../privacy/sanitised.ts';
import { crc16 } from '../protocol/crc16.ts';
import { CHECKSUM_LENGTH } from '../protocol/frame.ts';
import { pieces } from '../protocol/pieces.ts';
import type { HouseSecrets } from './secrets.ts';

export interface CleanFrame {
  readonly bytes: Uint8Array;
  /** Whether a checksum was computed anew. */
  readonly isResealed: boolean;
}

const STAR = 0x2a;
/** Addresses of no house in particular. */
const ANYBODYS = /(?<![\d.])(0\.0\.0\.0|127\.0\.0\.1)(?![\d.])/;
/** As messages and texts have days: `2024/06/12`, `2024-06-12`, and `24/06/12` before a time of day. */
const DAY = /(?<!\d)(?:(20\d\d)([-/])(\d\d)\2(\d\d)|(\d\d)\/(\d\d)\/(\d\d)(?= \d\d:\d\d:\d\d))(?!\d)/g;
const DAY_MS = 86_400_000;

export class Cleaner {
  readonly #secrets: HouseSecrets;
  readonly #shiftDays: number;
  #pattern: { readonly of: number; readonly found: RegExp | null } = { of: -1, found: null };

  /** @param shiftDays by how many days all dates are moved back */
  constructor(secrets: HouseSecrets, shiftDays: number) {
    this.#secrets = secrets;
    this.#shiftDays = shiftDays;
  }

  /** A text: serial numbers get their false ones, other private values are taken out. */
  text(text: string): string {
    const pattern = this.#secretPattern();
    const parts = pattern === null ? [text] : text.split(pattern);
    return parts.map((part, index) => (index % 2 === 1 ? this.#inPlaceOf(part) : this.#plain(part))).join('');
  }

  /** The same of whatever JSON can say, names of members too. */
  json(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.json(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [this.text(key), this.json(one)]));
  }

  /** Unix milliseconds as everybody reads them. */
  time(ms: number | null): string | null {
    return ms === null ? null : this.text(new Date(ms).toISOString());
  }

  /**
   * Bytes as they were sent, as long as they were: serial numbers by their false ones, what else is private by asterisks, and
   * checksums that fit.
   * @param isFragment whether they may begin in the middle of a message
   */
  frame(bytes: Uint8Array, isFragment: boolean): CleanFrame {
    const serials = this.#secrets.serials;
    const clean = Buffer.from(isFragment ? sanitisedFragment(bytes, serials) : sanitised(bytes, serials).bytes);
    const sent = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const folded = sent.toLowerCase();
    for (const value of this.#secrets.all) {
      const said = Buffer.from(value, 'utf8').toString('latin1').toLowerCase();
      const false_ = this.#secrets.pseudonymOf(value);
      for (let at = folded.indexOf(said); at >= 0; at = folded.indexOf(said, at + 1)) {
        if (false_ === null) clean.fill(STAR, at, at + said.length);
        else clean.write(false_, at, 'latin1');
      }
    }
    if (this.#shiftDays !== 0) clean.write(this.#shifted(clean.toString('latin1')), 'latin1');
    const isResealed = reseal(clean, bytes);
    return { bytes: new Uint8Array(clean), isResealed };
  }

  #inPlaceOf(value: string): string {
    return this.#secrets.pseudonymOf(value) ?? REDACTED;
  }

  #plain(text: string): string {
    const kept = text
      .split(ANYBODYS)
      .map((part, index) => (index % 2 === 1 ? part : redactText(part, [])))
      .join('');
    return this.#shifted(kept);
  }

  #shifted(text: string): string {
    if (this.#shiftDays === 0) return text;
    return text.replace(DAY, (_day, year, mark, month, date, shortYear, shortMonth, shortDate) =>
      year === undefined
        ? this.#moved(2000 + Number(shortYear), shortMonth, shortDate)
            .slice(2)
            .replaceAll('-', '/')
        : this.#moved(Number(year), month, date).replaceAll('-', mark),
    );
  }

  #moved(year: number, month: string, date: string): string {
    const ms = Date.UTC(year, Number(month) - 1, Number(date)) - this.#shiftDays * DAY_MS;
    return new Date(ms).toISOString().slice(0, 10);
  }

  #secretPattern(): RegExp | null {
    const { all } = this.#secrets;
    if (this.#pattern.of !== all.length) {
      const found = all.length === 0 ? null : new RegExp(`(${all.map(escaped).join('|')})`, 'gi');
      this.#pattern = { of: all.length, found };
    }
    return this.#pattern.found;
  }
}

/** @param sent as the frames lie in it. @returns whether a checksum had to be computed anew */
function reseal(clean: Buffer, sent: Uint8Array): boolean {
  let isResealed = false;
  for (const { type, offset, bytes } of pieces(sent)) {
    const end = offset + bytes.length - CHECKSUM_LENGTH;
    if (type === null || clean.compare(sent, offset, end, offset, end) === 0) continue;
    clean.writeUInt16BE(crc16(clean, offset, end), end);
    isResealed = true;
  }
  return isResealed;
}

function escaped(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
