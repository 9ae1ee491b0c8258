/** Values of the field table: title, value with unit, words beside raw codes, and how certain that is. */
import * as format from '../format.ts';
import { fields } from '../store.ts';
import type { Field, Values } from '../types.ts';
import { Amount, CertaintyMark, Facts } from './small.tsx';

function FieldValue({ field, value }: { field: Field | undefined; value: Values[string] | undefined }) {
  const name = field?.name ?? '';
  const words = field?.words?.[String(value)];
  const amount = <Amount of={format.quantity(name, value, field?.unit ?? '')} />;
  if (words === undefined) return amount;
  return (
    <>
      {words} <span class="raw">({amount})</span>
    </>
  );
}

/** Those the battery told; others are left out. */
export function FieldRows({ names, values }: { names: readonly string[]; values: Values }) {
  const rows = names.flatMap((name) => {
    const value = values[name];
    if (value === undefined || value === null) return [];
    const field = fields.value.get(name);
    return [
      [
        <>
          {field?.title ?? name}
          <CertaintyMark of={field?.certainty} />
        </>,
        <FieldValue key={name} field={field} value={value} />,
      ] as const,
    ];
  });
  return <Facts rows={rows} />;
}
