/**
 * A battery's configuration as it last reported it, setting by setting, without what is private.
 */
import type * as z from 'zod';
import { isPrivateKey, shownText } from '../../privacy/redact.ts';
import { parseObject, textOfValue } from '../../protocol/body/json.ts';
import type { Field } from '../../protocol/fields/field.ts';
import { fieldsOnWire } from '../../protocol/fields/fields.ts';
import type { StoreReader } from '../../store/reader.ts';
import type { configuration } from '../schema.ts';
import { listOf } from './list.ts';

type AnsweredConfiguration = z.infer<typeof configuration>;
type AnsweredSetting = AnsweredConfiguration['settings'][number];

/** null where it never reported one. */
export async function configurationOf(reader: StoreReader, battery: string): Promise<AnsweredConfiguration | null> {
  const [newest] = await listOf(reader.configurations({ battery, newest: 1 }));
  if (newest === undefined) return null;
  const secrets = [newest.owner.serial.reveal()];
  const members = Object.entries(parseObject(newest.text) ?? {});
  return {
    received_at: new Date(newest.receivedMs).toISOString(),
    last_received_at: new Date(newest.lastReceivedMs).toISOString(),
    settings: members.map(([key, value]) => settingOf(key, textOfValue(value), secrets)),
  };
}

function settingOf(key: string, text: string | null, secrets: readonly string[]): AnsweredSetting {
  const field = fieldsOnWire(key).find((one) => one.in.includes('config'));
  const isPrivate = isPrivateKey(key);
  const wire = shownText(key, secrets);
  return {
    name: field?.name ?? wire,
    title: field?.title ?? wire,
    unit: field?.unit ?? '',
    value: isPrivate || text === null ? null : shownValue(text, field, secrets),
    private: isPrivate,
    certainty: field?.certainty ?? 'unknown',
  };
}

function shownValue(text: string, field: Field | undefined, secrets: readonly string[]): AnsweredSetting['value'] {
  if (field?.read === 'flag' && /^(?:true|false|[01])$/i.test(text)) return /^(?:true|1)$/i.test(text);
  if (field?.read === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return shownText(text, secrets);
}
