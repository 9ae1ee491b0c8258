/**
 * Help as it is read on a terminal: 80 columns, and values as they are typed.
 */
import type { Argument, Option } from 'commander';

const COLUMNS = 80;
/** A name, and what is said of it in a column of its own. */
const ENTRY = /^( +\S+(?: \S+)*? {2,}| +\S+ +)(?=\S)/;
/** A command line is copied: it stays whole. */
const COMMAND_LINE = /^ {2}(?:alphaess-local|ssh) /;

/** `what it is (one of view, control; default control)`, for commander. */
export const HELP_WORDS = {
  optionDescription: (option: Option): string =>
    described(option.isBoolean() ? { ...option, default: '' } : withDefault(option)),
  argumentDescription: (argument: Argument): string => described(withDefault(argument)),
};

interface DescribedOption {
  readonly description: string;
  readonly argChoices?: readonly string[] | undefined;
  /** As it is typed; empty where there is none. */
  readonly default: string;
}

function withDefault({
  description,
  argChoices,
  defaultValue,
  defaultValueDescription,
}: Option | Argument): DescribedOption {
  const typed = defaultValueDescription ?? (defaultValue === undefined ? '' : String(defaultValue));
  return { description, argChoices, default: typed };
}

function described({ description, argChoices, default: typed }: DescribedOption): string {
  const more = [
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
    ...(typed === '' ? [] : [`default ${typed}`]),
  ];
  return more.length === 0 ? description : `${description} (${more.join('; ')})`;
}

/** Text in paragraphs, none of whose lines is wider than a terminal, but for command lines. */
export function inColumns(text: string): string {
  return text.split('\n\n').map(paragraphInColumns).join('\n\n');
}

function paragraphInColumns(paragraph: string): string {
  if (paragraph.split('\n').every((line) => line.length <= COLUMNS)) return paragraph;
  const isProse = !/^ /m.test(paragraph);
  const [, before = '', body = '', after = ''] = /^(\n*)(.*?)(\n*)$/s.exec(paragraph) ?? [];
  const lines = isProse ? [body.replaceAll('\n', ' ')] : body.split('\n');
  return before + lines.flatMap(lineInColumns).join('\n') + after;
}

function lineInColumns(line: string): string[] {
  if (line.length <= COLUMNS || COMMAND_LINE.test(line)) return [line];
  const first = ENTRY.exec(line)?.[1] ?? '';
  const indent = ' '.repeat(first.length);
  const lines: string[] = [];
  let current = first;
  for (const word of line.slice(first.length).split(' ')) {
    const isEmpty = current === first || current === indent;
    if (!isEmpty && current.length + 1 + word.length > COLUMNS) {
      lines.push(current);
      current = indent + word;
    } else current += isEmpty ? word : ` ${word}`;
  }
  return [...lines, current];
}
