/**
 * Prometheus's text, for metrics whose values are looked up when somebody asks. Written here and not by prom-client, which
 * keeps every value with its labels once more: of a thousand batteries that took more than twice as long, and 11 MB more.
 */
import { setImmediate as turn } from 'node:timers/promises';

/** One line: labels as {@link labelsOf} writes them, and the value. */
export type ExpositionLine = readonly [labels: string, value: number];

export interface ExpositionMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  /** Looked up for each text. What is not in it is not reported. */
  lines(): Iterable<ExpositionLine>;
}

/** So many lines, and then it is the batteries' turn: some milliseconds on a small machine. */
const LINES_A_TURN = 1000;

/** The parts of a text, which is to be put together of them. */
export async function textOf(metrics: readonly ExpositionMetric[]): Promise<string> {
  const parts: string[] = [];
  let written = 0;
  for (const { name, help, type, lines } of metrics) {
    parts.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`);
    for (const [labels, value] of lines()) {
      parts.push(labels === '' ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`);
      if (++written % LINES_A_TURN === 0) await turn();
    }
  }
  return parts.join('');
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
