/**
 * A password or a token in a file of its own, as container platforms hand them over.
 */
import { readFileSync } from 'node:fs';
import { OwnerError } from '../errors.ts';

/**
 * What stands in the file, without the line break that editors put at its end.
 * @param setting that names it, such as `influx.token_file`
 * @throws OwnerError FILE_UNREADABLE
 */
export function readSecret(file: string, setting: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as Error).message.split(',')[0];
    throw new OwnerError('FILE_UNREADABLE', `${setting}: ${file} cannot be read: ${reason}`, error);
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new OwnerError('FILE_UNREADABLE', `${setting}: ${file} is empty`);
  return secret;
}
