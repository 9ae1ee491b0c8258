/**
 * What a setting says by naming a file: a password, a token, a certificate.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { OwnerError } from '../problems/errors.ts';

/**
 * @param file null where the setting is not set
 * @param setting its name, for the error
 * @throws OwnerError FILE_UNREADABLE
 */
export function textFrom(file: string | null, setting: string): string | null {
  if (file === null) return null;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as Error).message.split(',')[0];
    throw new OwnerError('FILE_UNREADABLE', `${setting}: ${file} cannot be read: ${reason}`, error);
  }
}

/**
 * A secret that is given as it is, or in a file, without the end of its line.
 * @throws OwnerError FILE_UNREADABLE also where there is nothing in it
 */
export function secretFrom(value: string | null, file: string | null, setting: string): string | null {
  const secret = value ?? textFrom(file, setting)?.replace(/\r?\n$/, '') ?? null;
  if (secret === '') throw new OwnerError('FILE_UNREADABLE', `${setting}: ${file} is empty`);
  return secret;
}

const PEM = {
  certificate: (text: string) => void new X509Certificate(text),
  'private key': (text: string) => void createPrivateKey(text),
} as const;

/**
 * A certificate or a key, which is one.
 * @throws OwnerError FILE_UNREADABLE
 */
export function pemFrom(file: string | null, setting: string, what: keyof typeof PEM): string | null {
  const text = textFrom(file, setting);
  if (text === null) return null;
  try {
    PEM[what](text);
    return text;
  } catch (error) {
    // Not what it says: it may say what stands there.
    throw new OwnerError(
      'FILE_UNREADABLE',
      `${setting}: ${file} is no ${what} in PEM form without a passphrase`,
      error,
    );
  }
}
