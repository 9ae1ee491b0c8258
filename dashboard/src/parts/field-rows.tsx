/** Values of the field table: title, value with unit, words beside raw codes, and how certain that is. */
import * as format from '../format.ts';
import type { ShownField, ShownValues } from '../types.ts';
import { Amount, CertaintyMark, Facts } from './small.tsx';

function FieldValue({ field, value }: { field: ShownField; value: ShownValues[string] | undefined }) {
  const words = field.words?.[String(value)];
  const amount = <Amount of={format.quantity(field, field.value === 'flag' ? value === 1 : value)} />;
  if (words === undefined) return amount;
  return (
    <>
      {words} <span class="raw">({amount})</span>
    </>
  );
}

export function FieldRows({ fields, values }: { fields: readonly ShownField[]; values: ShownValues }) {
  const rows = fields.map((field) => {
    const title = (
      <>
        {field.title}
        <CertaintyMark of={field.certainty} />
      </>
    );
    return [title, <FieldValue key={field.name} field={field} value={values[field.name]} />] as const;
  });
  return <Facts rows={rows} />;
}
