/**
 * What a simulated vendor does beside answering, written down: a line a step, `SECONDS WHAT`, counted from the connection. `#` begins a note.
 *
 *     2   SyncTime                        an order without parameters, by any name
 *     5   SetConfig GridCharge=1          settings that change; then the battery is to fetch them
 *     9   Resume 2024/06/12_10:00:00 60   an order with parameters
 *     12  silence                         from now on nothing is answered
 *     20  answers                         … or everything again
 *     30  garbage                         bytes that are no frame
 *     31  damaged SyncTime                an order with a wrong checksum
 *     32  frame 1 20 text                 any frame: type, command, body
 *     40  close                           the connection
 */

export type VendorAct =
  | { readonly act: 'order'; readonly command: string; readonly parameters: readonly string[] }
  | { readonly act: 'settings'; readonly changes: ReadonlyMap<string, string> }
  | { readonly act: 'frame'; readonly type: number; readonly command: number; readonly body: string }
  | { readonly act: 'damaged'; readonly command: string }
  | { readonly act: 'silence' | 'answers' | 'garbage' | 'close' };

export interface VendorStep {
  readonly afterMs: number;
  readonly what: VendorAct;
}

const PLAIN = ['silence', 'answers', 'garbage', 'close'] as const;

/** @throws Error naming the line that is no step: the user's mistake. */
export function parseScript(text: string): readonly VendorStep[] {
  const steps = text.split(/\r?\n/).flatMap((line, index) => {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    if (words[0] === '') return [];
    const step = stepOf(words);
    if (step === null) throw new Error(`line ${index + 1} is no step: ${line.trim()}`);
    return [step];
  });
  return steps.toSorted((a, b) => a.afterMs - b.afterMs);
}

function stepOf([seconds = '', verb, ...rest]: readonly string[]): VendorStep | null {
  const what = verb === undefined ? null : actOf(verb, rest);
  return what === null || !/^\d{1,6}(\.\d{1,3})?$/.test(seconds) ? null : { afterMs: Number(seconds) * 1000, what };
}

function actOf(verb: string, rest: readonly string[]): VendorAct | null {
  const plain = PLAIN.find((one) => one === verb);
  if (plain !== undefined) return rest.length === 0 ? { act: plain } : null;
  if (verb === 'damaged') return rest[0] === undefined ? null : { act: 'damaged', command: rest[0] };
  if (verb === 'frame') return frameOf(rest);
  if (!/^[\w.]+$/.test(verb)) return null;
  return verb === 'SetConfig' ? settingsOf(rest) : { act: 'order', command: verb, parameters: rest.map(spaced) };
}

function frameOf([type = '', command = '', ...body]: readonly string[]): VendorAct | null {
  if (!/^[1-4]$/.test(type) || !/^\d{1,3}$/.test(command) || Number(command) > 255) return null;
  return { act: 'frame', type: Number(type), command: Number(command), body: body.join(' ') };
}

function settingsOf(words: readonly string[]): VendorAct | null {
  const pairs = words.map((word) => /^(\w+)=(.*)$/.exec(word));
  if (pairs.includes(null)) return null;
  return { act: 'settings', changes: new Map(pairs.map((pair) => [pair?.[1] as string, spaced(pair?.[2] as string)])) };
}

function spaced(word: string): string {
  return word.replaceAll('_', ' ');
}
