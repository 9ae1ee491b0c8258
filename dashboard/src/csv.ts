/**
 * What a chart shows, as comma-separated values (RFC 4180) with the unit in each heading.
 */
import { isoOf, localIso } from './house-time.ts';

export interface CsvColumn {
  readonly heading: string;
  readonly values: readonly (number | string | null)[];
}

function cell(value: number | string | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(Number(value.toPrecision(12)));
  // A spreadsheet would take a text that begins like a formula for one.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(starts: readonly number[], zone: string, columns: readonly CsvColumn[]): string {
  const rows = [['time_utc', 'time_house', ...columns.map(({ heading }) => cell(heading))]];
  starts.forEach((start, at) => {
    const house = localIso(start, zone);
    rows.push([isoOf(start), house, ...columns.map(({ values }) => cell(values[at]))]);
  });
  return rows.map((row) => `${row.join(',')}\r\n`).join('');
}

export function download(name: string, content: BlobPart, type = 'text/csv;charset=utf-8'): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers read it only after this turn.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
