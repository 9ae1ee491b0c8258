/**
 * What is looked at before any request is answered: whose it is, and whether it came from our own page.
 */
import type { FastifyRequest } from 'fastify';
import { WebError } from '../problem.ts';
import type { Auth, Credentials } from './auth.ts';
import type { Hosts } from './hosts.ts';
import type { Role } from './secrets.ts';

const OWN_HEADER = 'x-requested-by';
/** The route of the page’s own files. */
export const PAGE = '/*';
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];
/** What any proxy may add that passes a request on. */
const VIA_PROXY = [...PROXY_HEADERS, 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-server', 'via'];
const LOOPBACK = /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i;

export class Guard {
  readonly #auth: Auth;
  readonly #hosts: Hosts;

  constructor(auth: Auth, hosts: Hosts) {
    this.#auth = auth;
    this.#hosts = hosts;
  }

  /** @throws WebError for a request that nothing of ours may have sent */
  check(request: FastifyRequest): void {
    // A page of another name, which no token of ours is given to, cannot show one.
    if (!this.#hosts.allows(request.host) && !this.#auth.hasToken(credentialsOf(request)))
      throw new WebError('HOST_NOT_OURS');
    if (!this.#auth.closed && PROXY_HEADERS.some((name) => request.headers[name] !== undefined)) {
      throw new WebError('PROXY_NOT_TRUSTED');
    }
    // By the route, not by the address, which can be written in many ways. Another site may link to the page.
    if (request.routeOptions.url === PAGE) return;
    if (isForeign(request)) throw new WebError('REQUEST_FOREIGN');
    if (!SAFE_METHODS.includes(request.method) && request.headers[OWN_HEADER] === undefined) {
      throw new WebError('REQUEST_FOREIGN', `the header ${OWN_HEADER} is missing`);
    }
  }

  /** @throws WebError where the one who asks may not */
  admit(needed: Role | 'anyone', request: FastifyRequest): void {
    if (needed === 'anyone') return;
    const role = this.#auth.roleOf(credentialsOf(request));
    if (role === null) throw new WebError('LOGIN_NEEDED', '', { 'www-authenticate': 'Bearer' });
    if (needed === 'control' && role !== 'control') throw new WebError('ROLE_TOO_LOW');
  }
}

/** Whether a proxy says that it passed the request on. */
export function isViaProxy(headers: FastifyRequest['headers']): boolean {
  return VIA_PROXY.some((name) => headers[name] !== undefined);
}

export function credentialsOf(request: FastifyRequest): Credentials {
  const { authorization, cookie } = request.headers;
  return { address: request.ip, authorization, cookie, fromHere: isFromHere(request) };
}

/**
 * Whether it came from this machine and from nobody behind it. By the connection, whatever a trusted proxy says; its own
 * address is this machine's, too, where the port is open on that address alone.
 */
function isFromHere({ headers, raw }: FastifyRequest): boolean {
  if (isViaProxy(headers)) return false;
  const { remoteAddress = '', localAddress } = raw.socket;
  return LOOPBACK.test(remoteAddress) || (remoteAddress !== '' && remoteAddress === localAddress);
}

/**
 * Whether the browser says that another site's page sent it. What a person opens himself, or follows a link to, is no
 * page's doing, as long as it changes nothing.
 */
function isForeign({ method, headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  const opened = headers['sec-fetch-mode'] === 'navigate' && SAFE_METHODS.includes(method);
  if ((site === 'cross-site' || site === 'same-site') && !opened) return true;
  const { origin } = headers;
  if (origin === undefined || SAFE_METHODS.includes(method)) return false;
  return !URL.canParse(origin) || new URL(origin).host !== hostOf(host);
}

/** Without the port that every browser leaves out. */
function hostOf(host: string): string {
  return host.toLowerCase().replace(/:(?:80|443)$/, '');
}
