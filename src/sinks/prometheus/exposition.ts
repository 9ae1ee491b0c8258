/**
 * Prometheus's text, for metrics whose values are looked up when somebody asks. Written here and not by prom-client, which
 * keeps every value with its labels once more: of a thousand batteries that took more than twice as long, and 11 MB more.
 */
import { partsInTurns } from '../../system/turns.ts';

/** One line: labels as {@link labelsOf} writes them, and the value. */
export type ExpositionLine = readonly [labels: string, value: number];

export interface ExpositionMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  /** Looked up for each text. What is not in it is not reported. */
  lines(): Iterable<ExpositionLine>;
}

/** The text in parts, made in turns: batteries are answered between. Of ten thousand it has thirty megabytes. */
export async function textOf(metrics: readonly ExpositionMetric[]): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of partsInTurns(linesOf(metrics))) parts.push(part);
  return parts;
}

function* linesOf(metrics: readonly ExpositionMetric[]): Generator<string> {
  for (const { name, help, type, lines } of metrics) {
    yield `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
    for (const [labels, value] of lines()) yield labels === '' ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`;
  }
}

/** Without the braces, so that more can be added. */
export function labelsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
