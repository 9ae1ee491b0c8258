/** Small parts that many views share. */
import type { ComponentChildren } from 'preact';
import { NOTHING, type Quantity } from '../format.ts';
import type { Resource } from '../resource.ts';
import { texts } from '../texts.ts';
import type { FieldCertainty } from '../types.ts';

/** A number with its unit smaller beside it. */
export function Amount({ of }: { of: Quantity }) {
  return (
    <span class="amount">
      <span class="number">{of.number}</span>
      {of.unit !== '' && of.number !== NOTHING && (
        <>
          {'\u00a0'}
          <span class="unit">{of.unit}</span>
        </>
      )}
    </span>
  );
}

/** A guess is never shown as fact. */
export function CertaintyMark({ of }: { of: FieldCertainty | string | undefined }) {
  if (of !== 'likely' && of !== 'unknown') return null;
  const { mark, title } = texts.certainty[of];
  return (
    <abbr class="certainty" title={title}>
      {mark}
    </abbr>
  );
}

/** The head of a table: a title a column. */
export function TableHead({ titles }: { titles: readonly string[] }) {
  return (
    <thead>
      <tr>
        {titles.map((title) => (
          <th key={title} scope="col">
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface PanelProps {
  title: string;
  class?: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}

export function Panel({ title, class: name, aside, children }: PanelProps) {
  return (
    <section class={`panel ${name ?? ''}`}>
      <header class="panel-head">
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

interface SegmentsProps<Choice extends string> {
  label: string;
  choices: readonly (readonly [Choice, string])[];
  chosen: Choice;
  onChoose: (choice: Choice) => void;
}

/** One of a few, all in sight. */
export function Segments<Choice extends string>({ label, choices, chosen, onChoose }: SegmentsProps<Choice>) {
  return (
    <fieldset class="segments">
      <legend class="unseen">{label}</legend>
      {choices.map(([choice, words]) => (
        <button key={choice} type="button" aria-pressed={choice === chosen} onClick={() => onChoose(choice)}>
          {words}
        </button>
      ))}
    </fieldset>
  );
}

/** What is said while there is nothing to show. Null: there is. */
export function waitingFor(resource: Resource<unknown>) {
  if (resource.error !== null) return <p class="failed">{texts.failed(resource.error)}</p>;
  return resource.data === null ? <p class="quiet">{texts.loading}</p> : null;
}

/** Rows of a name and a value. */
export function Facts({ rows }: { rows: readonly (readonly [ComponentChildren, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value], at) => (
        <div key={at}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
