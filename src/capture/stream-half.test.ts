import { describe, expect, it } from 'vitest';
import { type HalfSegment, type PassedSegment, StreamHalf } from './stream-half.ts';

/** A direction as a script: segments by number and text, and what was passed on, as text. */
class Script {
  readonly half = new StreamHalf();
  readonly #passed: PassedSegment[] = [];

  begin(first: number): this {
    this.half.begin(first, this.#passed);
    return this;
  }

  take(sequence: number, text: string, more: Partial<HalfSegment> = {}): this {
    this.half.take({ sequence, bytes: Buffer.from(text), missing: 0, isLast: false, ms: 0, ...more }, this.#passed);
    return this;
  }

  acknowledge(number: number): this {
    this.half.acknowledge(number);
    return this;
  }

  passTime(ms: number): this {
    this.half.passTime(ms, this.#passed);
    return this;
  }

  flush(): this {
    this.half.flush(this.#passed);
    return this;
  }

  get told(): string {
    return this.#passed
      .map((one) =>
        one.kind === 'bytes' ? Buffer.from(one.bytes).toString() : one.kind === 'lost' ? `<${one.length}>` : '.',
      )
      .join('');
  }
}

const begun = () => new Script().begin(100);

describe('bytes are passed on in their order', () => {
  it.each<[string, string, (script: Script) => Script]>([
    ['as they come', 'abcd', (script) => script.take(100, 'ab').take(102, 'cd')],
    ['when one came late', 'abcdef', (script) => script.take(102, 'cd').take(104, 'ef').take(100, 'ab')],
    ['once, though they came twice', 'abcd', (script) => script.take(100, 'ab').take(100, 'ab').take(102, 'cd')],
    ['the first where they overlap', 'abcdef', (script) => script.take(100, 'abcd').take(102, 'XXef')],
    [
      'those of the lesser number where both waited',
      'abXeef',
      (script) => script.take(102, 'cd').take(101, 'bXe').take(100, 'a').take(104, 'ef'),
    ],
    ['of a segment within another', 'abcd', (script) => script.take(100, 'abcd').take(101, 'XX')],
    ['and the end after them', 'abcd.', (script) => script.take(102, 'cd', { isLast: true }).take(100, 'ab')],
    ['nothing of what is empty', '', (script) => script.take(100, '').take(99, '')],
  ])('%s', (_what, expected, script) => {
    expect(script(begun()).told).toBe(expected);
  });

  it('where numbers go round', () => {
    const script = new Script().begin(0xffff_fffe).take(0, 'cd').take(0xffff_fffe, 'ab').take(2, 'ef');
    expect(script.told).toBe('abcdef');
  });
});

describe('a hole', () => {
  it('is given up a second after the other side acknowledged what lies behind it', () => {
    const script = begun().take(100, 'ab').take(105, 'fg', { ms: 10 }).acknowledge(107).passTime(20);
    expect(script.told).toBe('ab');
    expect(script.passTime(1009).told).toBe('ab');
    expect(script.passTime(1010).told).toBe('ab<3>fg');
  });

  it('is given up too where nothing came behind it', () => {
    const script = begun().take(100, 'ab').acknowledge(105).passTime(0).passTime(1000);
    expect(script.told).toBe('ab<3>');
    expect(script.take(105, 'fg').told).toBe('ab<3>fg');
  });

  it('that nobody acknowledged waits for two minutes', () => {
    const script = begun().take(105, 'fg').passTime(119_999);
    expect(script.told).toBe('');
    expect(script.passTime(120_000).told).toBe('<5>fg');
  });

  it('is given up where too much waits behind it', () => {
    const script = begun();
    for (let at = 200; script.told === '' && at < 1_000_000; at += 1000) script.take(at, 'x'.repeat(1000));
    expect(script.told.slice(0, 5)).toBe('<100>');
    expect(script.half.size).toBe(0);
    const small = begun();
    for (let at = 200; small.told === '' && at < 1_000_000; at += 2) small.take(at, 'x');
    expect(small.told.slice(0, 9)).toBe('<100>x');
  });

  it('is given up at the end', () => {
    expect(begun().take(103, 'de').take(110, 'kl').flush().told).toBe('<3>de<5>kl');
  });

  it('is what the recording did not keep', () => {
    const script = begun().take(100, 'ab', { missing: 3 }).take(105, 'fg');
    expect(script.told).toBe('ab<3>fg');
    expect(begun().take(100, 'abcd').take(102, 'c', { missing: 4 }).take(107, 'hi').told).toBe('abcd<3>hi');
  });

  it('of no length is where numbers jump farther than any window', () => {
    expect(begun().take(100, 'ab').take(0x4000_0000, 'xy').take(0x4000_0002, 'z').told).toBe('ab<null>xyz');
  });
});

describe('a connection that was under way', () => {
  it('begins with the least number of its first moments', () => {
    const script = new Script().take(105, 'fg').take(103, 'de', { ms: 10 }).take(107, 'hi', { ms: 200 });
    expect(script.told).toBe('defghi');
    expect(new Script().take(105, 'fg').flush().told).toBe('fg');
    expect(new Script().take(0xffff_fff0, 'fg').take(0xffff_fff2, 'hi').flush().told).toBe('fghi');
  });

  it('begins at once where there are no times', () => {
    expect(new Script().take(105, 'fg', { ms: null }).told).toBe('fg');
  });

  it('begins with the fourth segment', () => {
    const script = new Script().take(4, 'd').take(3, 'c').take(2, 'b');
    expect(script.told).toBe('');
    expect(script.take(1, 'a').told).toBe('abcd');
  });

  it('begins where its beginning is seen after all', () => {
    const script = new Script().take(102, 'cd');
    expect([script.half.accepts(100, 0), script.half.accepts(0x5000_0000, 0)]).toEqual([true, false]);
    expect(script.begin(100).take(100, 'ab').told).toBe('abcd');
    expect([script.half.accepts(100, 0), script.half.accepts(101, 0)]).toEqual([true, false]);
    expect(script.begin(100).told).toBe('abcd');
  });

  it('begins anew with the same number where something was said long before', () => {
    const { half } = begun();
    expect([half.accepts(100, 60_000), half.accepts(100, null)]).toEqual([true, true]);
    const said = begun().take(100, 'ab', { ms: 5000 }).half;
    const at = (ms: number | null) => said.accepts(100, ms);
    expect([at(null), at(4000), at(6000), at(6001)]).toEqual([true, true, true, false]);
    expect(begun().take(100, 'ab', { ms: null }).half.accepts(100, 60_000)).toBe(true);
  });

  it('of which nothing is known can begin anywhere', () => {
    expect(new Script().half.accepts(5, 0)).toBe(true);
    expect(new Script().flush().told).toBe('');
    const late = new Script().take(100, 'ab').flush().begin(99);
    expect(late.take(102, 'cd').told).toBe('abcd');
  });
});
