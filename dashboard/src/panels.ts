/**
 * Which values stand together on the battery view: what the server's field table says of each.
 */
import { texts } from './texts.ts';
import type { ShownField, ShownValues } from './types.ts';

type PanelName = keyof typeof texts.battery.panels;

export interface FieldPanel {
  readonly name: PanelName;
  /** Main ones first. */
  readonly fields: readonly ShownField[];
  /** Only for who asks. */
  readonly more: readonly ShownField[];
}

const ORDER = Object.keys(texts.battery.panels) as PanelName[];

/** In a house with one phase the others say 0. */
function shownAs({ name, show, phase }: ShownField, values: ShownValues): ShownField['show'] {
  return (phase ?? 1) > 1 && values[name] === 0 ? 'hidden' : show;
}

/**
 * The panels that have something in them, in their order.
 * @param values what the battery told; of others nothing is shown
 * @param drawn names of fields that are drawn in a form of their own
 */
export function panelsOf(fields: Iterable<ShownField>, values: ShownValues, drawn: ReadonlySet<string>): FieldPanel[] {
  const told = [...fields].filter(({ name }) => (values[name] ?? null) !== null && !drawn.has(name));
  return ORDER.flatMap((name) => {
    const inside = told.filter(({ panel }) => panel === name);
    const shown = (as: ShownField['show']) => inside.filter((field) => shownAs(field, values) === as);
    return inside.length === 0 ? [] : [{ name, fields: [...shown('main'), ...shown('detail')], more: shown('hidden') }];
  });
}
