/**
 * The file of what History shows.
 */
import { type CsvColumn, csv, download } from './csv.ts';
import { dateText } from './house-time.ts';
import type { Picture } from './picture.ts';
import type { SeriesTable } from './series.ts';
import type { ShownSpan } from './span.ts';

export function columnsOf(picture: Picture, table: SeriesTable | null): CsvColumn[] {
  const columns = picture.lines.flatMap(({ key, told, band }): CsvColumn[] => {
    if (table === null) return [{ heading: `${key}_energy_kWh`, values: told }];
    const name = key.endsWith('_power') ? key : `${key}_power`;
    const main = { heading: `${name}_W`, values: told };
    if (band === undefined) return [main];
    const edges = [
      { heading: `${name}_min_W`, values: band.min },
      { heading: `${name}_max_W`, values: band.max },
    ];
    return [main, ...edges.filter(({ values }) => values.some((value) => value !== null))];
  });
  if (table === null) return columns;
  return [...columns, { heading: 'soc_%', values: table.fields.soc?.mean ?? [] }];
}

export function exportPicture(picture: Picture, table: SeriesTable | null, span: ShownSpan, zone: string): void {
  const name = `alphaess-local ${dateText(span.from, zone)} ${dateText(span.to - 1, zone)}.csv`;
  download(name, csv(picture.starts, zone, columnsOf(picture, table)));
}
