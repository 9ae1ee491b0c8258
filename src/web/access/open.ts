/**
 * Whether the page may be shown to more than this machine.
 */
import { isIP } from 'node:net';
import { OwnerError } from '../../problems/errors.ts';
import { shellWord } from '../../system/shell-word.ts';
import { readSecrets, type Secrets } from './secrets.ts';

interface OpenSettings {
  readonly data: string;
  readonly web: {
    readonly listen: { readonly host: string };
    readonly trusted_proxies: readonly string[];
    readonly hosts: readonly string[];
    readonly setup: boolean;
  };
}

/** Of the folder that was asked for: a password in another one would not help. */
const how = (data: string) => `set a password with: alphaess-local password --data ${shellWord(data)}`;

/**
 * Without a password or a token the page is for this machine alone: no other address, no other name, no proxy. Unless its owner
 * wants to set one on the page: until then nobody sees anything there.
 * @param given whether the configuration has a password or a token
 * @throws OwnerError WEB_NEEDS_PASSWORD, WEB_PASSWORD_UNREADABLE
 */
export function refuseOpenWeb({ data, web }: OpenSettings, given: boolean): void {
  const { passwords, tokens } = secretsOf(data);
  if (web.setup || given || passwords.view !== undefined || passwords.control !== undefined || tokens.length > 0)
    return;
  if (!isLoopback(web.listen.host)) {
    throw new OwnerError(
      'WEB_NEEDS_PASSWORD',
      `the web port may not listen on ${web.listen.host} without a password: ${how(data)}`,
    );
  }
  if (web.trusted_proxies.length > 0 || web.hosts.length > 0) {
    const key = web.hosts.length > 0 ? 'web.hosts' : 'web.trusted_proxies';
    throw new OwnerError('WEB_NEEDS_PASSWORD', `${key} lets others see the page, which needs a password: ${how(data)}`);
  }
}

/** Whether only this machine reaches the page: no other address, no other name, no proxy. */
export function isForThisMachine({ listen, trusted_proxies: proxies, hosts }: OpenSettings['web']): boolean {
  return isLoopback(listen.host) && proxies.length === 0 && hosts.length === 0;
}

function secretsOf(folder: string): Secrets {
  try {
    return readSecrets(folder);
  } catch (error) {
    throw new OwnerError('WEB_PASSWORD_UNREADABLE', (error as Error).message, error);
  }
}

/** Whether only this machine reaches what is listened on there. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
