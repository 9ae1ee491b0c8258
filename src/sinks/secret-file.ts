/**
 * A secret that the configuration gives, or the file that it names instead.
 */
import { readFileSync } from 'node:fs';
import { OwnerError } from '../errors.ts';

/**
 * @param setting what names the file, such as `mqtt.password_file`
 * @returns the secret, without the line end that editors put behind it; null where neither is given
 * @throws OwnerError FILE_UNREADABLE that names the setting
 */
export function secretFrom(value: string | null, file: string | null, setting: string): string | null {
  if (value !== null || file === null) return value;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new OwnerError(
      'FILE_UNREADABLE',
      `the file of ${setting} cannot be read: check its name and permissions`,
      error,
    );
  }
}
