/**
 * Renders docs/fields.md from the table of fields. Run it after every change of the table.
 */
import { writeFileSync } from 'node:fs';
import type { Field } from '../src/protocol/fields/field.ts';
import { READING_GROUPS } from '../src/protocol/fields/fields.ts';
import { metricOf } from '../src/protocol/fields/metrics.ts';
import { SETTING_GROUPS } from '../src/protocol/fields/settings.ts';
import { shownAs } from '../src/protocol/fields/shown.ts';
import type { FieldGroup } from '../src/protocol/fields/table.ts';

export const COMMAND = 'npx --no-install node scripts/fields-doc.ts';
export const PAGE = new URL('../docs/fields.md', import.meta.url);

const COLUMNS = [
  'our name',
  'title',
  'on the wire',
  'messages',
  'unit',
  'can be',
  'sign',
  'certainty',
  'private',
  'shown',
  'metric',
  'note',
];

const INTRODUCTION = `# Fields

<!-- Generated from src/protocol/fields/fields.ts and settings.ts. Do not edit; run: ${COMMAND} -->

Every value that is known, by the name it has in this project (JSON, CSV, MQTT, SQL). Keys that are not here are kept
under the battery's own name.

- **On the wire**: the battery's name, without regard to case; “derived” is worked out from other fields.
- **Messages**: \`live\` 1,1,16 every 10 s; \`detail\` 1,1,5 every 5 minutes; \`history\` 1,1,12 one row a minute,
  on request; \`config\` 1,1,4 from the battery; \`config_reply\` 1,2,3 from a server.
- **Can be**: what a measured value is at least and at most; one outside is a mistake of whoever measured or sent it. Powers
  may be three times what a house is rated for, where that is more; one from 32768 to 65535 W is a negative number that
  was read as unsigned, in a house that is not known to move as much.
- **Certainty**: *confirmed* by two sources, or by one and arithmetic; *likely* by one good source or a strong
  inference; *unknown*: shown as it comes.
- **Private**: never in a log, an export or a page unless asked for by name.
- **Shown**: *main* among the first things seen, *detail* for who looks closer, *hidden* for who asks (on the page behind
  “More”, in Home Assistant as an entity that is not enabled); then the panel of the page.
- **Metric**: what it is in Prometheus, in base units.
`;

/** The whole page, as it must stand in docs/fields.md. */
export function fieldsPage(): string {
  return [
    INTRODUCTION,
    '## Readings\n',
    ...READING_GROUPS.map(section),
    '## Configuration\n',
    'The serial number (`SN`, above) is in both messages too.\n',
    ...SETTING_GROUPS.map(section),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function section(group: FieldGroup): string {
  return [`### ${group.title}\n`, line(COLUMNS), line(COLUMNS.map(() => '---')), ...group.fields.map(row), ''].join(
    '\n',
  );
}

function row(field: Field): string {
  return line([
    `\`${field.name}\``,
    field.title,
    field.wire.map((name) => `\`${name}\``).join(', ') || 'derived',
    field.in.join(', '),
    field.unit,
    field.range === undefined ? '' : `${signed(field.range.min)} to ${signed(field.range.max)}`,
    field.sign ?? '',
    field.certainty,
    field.private ? 'yes' : '',
    shownWhere(field),
    metric(field),
    field.note + codes(field),
  ]);
}

function signed(value: number): string {
  return value < 0 ? `−${-value}` : String(value);
}

/** A setting is in the list of all settings, whatever else; what is private is nowhere. */
function shownWhere(field: Field): string {
  const show = shownAs(field);
  if (show === null || field.kind === 'time') return '';
  return field.panel === 'configuration' ? show : `${show}, ${field.panel}`;
}

function metric(field: Field): string {
  const found = metricOf(field);
  if (found === null) return '';
  const label = found.label === null ? '' : `{${found.label[0]}="${found.label[1]}"}`;
  return `\`${found.name}${label}\``;
}

function codes(field: Field): string {
  if (!field.words) return '';
  const words = Object.entries(field.words).map(([code, word]) => `${code} ${word}`);
  return ` Codes: ${words.join(', ')}.`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

if (import.meta.main) writeFileSync(PAGE, fieldsPage());
