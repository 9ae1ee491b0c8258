/**
 * Prometheus's text format 0.0.4, read strictly: what it does not know is an error. By its description, not by ours.
 */

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly help: string;
  readonly type: string;
  /** By their name: a histogram has three. */
  readonly samples: Map<string, Sample[]>;
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const NUMBER = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN)$/;
const PARTS_OF_A_HISTOGRAM = /_(?:bucket|sum|count)$/;

/** @throws Error that names the line */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let help: RegExpExecArray | null = null;
  let current = '';
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '') continue;
    if (HELP.test(line)) help = HELP.exec(line);
    else if (TYPE.test(line)) {
      const [, name = '', type = ''] = TYPE.exec(line) ?? [];
      if (help?.[1] !== name || help[2] === '') throw new Error(`no HELP before: ${line}`);
      if (families.has(name)) throw new Error(`twice: ${line}`);
      families.set(name, { help: help[2] as string, type, samples: new Map() });
      current = name;
    } else addSample(line, current, families, seen);
  }
  return families;
}

function addSample(line: string, current: string, families: Map<string, Family>, seen: Set<string>): void {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  const family = families.get(current);
  const base = family?.type === 'histogram' ? name.replace(PARTS_OF_A_HISTOGRAM, '') : name;
  if (family === undefined || base !== current) throw new Error(`not below its TYPE: ${line}`);
  if (!NUMBER.test(value)) throw new Error(`no number: ${line}`);
  const sample = { labels: labelsIn(labels, line), value: Number(value.replace('Inf', 'Infinity')) };
  const key = `${name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
  if (seen.has(key)) throw new Error(`twice: ${line}`);
  seen.add(key);
  family.samples.set(name, [...(family.samples.get(name) ?? []), sample]);
}

function labelsIn(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (match === null || match[1] === undefined || match[1] in labels) throw new Error(`no labels: ${line}`);
    labels[match[1]] = (match[2] as string).replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
  }
  return labels;
}

/** What a metric of ours reads: by its labels, as `battery=b3f1c2 phase=1`, without the label that all have. */
export function samplesOf(text: string, name: string): Record<string, number> {
  const samples = parseExposition(text).get(name)?.samples.get(name) ?? [];
  return Object.fromEntries(
    samples.map(({ labels, value }) => [
      Object.entries(labels)
        .map(([label, is]) => `${label}=${is}`)
        .join(' '),
      value,
    ]),
  );
}
