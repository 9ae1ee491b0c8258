/**
 * Prices that are fetched: one request for each day, or for all that there is. Redirects are not followed, since they would take the token along.
 */
import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import { PriceTrouble } from './price-source.ts';

export interface PriceAddress {
  /** May have `{date}` in it, as `post` may. */
  readonly url: string;
  /** What is posted, as JSON; null: it is asked for with GET. */
  readonly post: string | null;
  /** In which the token is sent. */
  readonly header: string;
  readonly token: string | null;
  /** PEM; null: those that Node trusts. */
  readonly ca: string | null;
}

const DATE = '{date}';
const LARGEST_BYTES = 1_000_000;
const PATIENCE_MS = 20_000;
const UNTRUSTED = /CERT|SELF_SIGNED|ALTNAME|ISSUER|UNABLE_TO_VERIFY|UNABLE_TO_GET/;

/** Whether a request is for one day. */
export function isByDate({ url, post }: PriceAddress): boolean {
  return url.includes(DATE) || post?.includes(DATE) === true;
}

/**
 * @param date of the house, such as 2026-11-27
 * @returns what the server says
 * @throws PriceTrouble
 */
export async function fetchPrices(
  address: PriceAddress,
  date: string,
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<string> {
  const patience = AbortSignal.timeout(patienceMs);
  try {
    return await ask(address, date, AbortSignal.any([signal, patience]));
  } catch (error) {
    if (error instanceof PriceTrouble) throw error;
    const { code = 'the connection broke' } = error as { code?: string };
    if (patience.aborted) throw new PriceTrouble('PRICES_UNREACHABLE', `no answer within ${patienceMs / 1000} s`);
    throw new PriceTrouble(UNTRUSTED.test(code) ? 'PRICES_UNTRUSTED' : 'PRICES_UNREACHABLE', code);
  }
}

function ask(address: PriceAddress, date: string, signal: AbortSignal): Promise<string> {
  const url = new URL(address.url.replaceAll(DATE, date));
  const body = address.post?.replaceAll(DATE, date) ?? null;
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const asked = send(url, optionsOf(address, body, signal), (answer) => {
      answerOf(answer)
        .then(resolve, reject)
        .finally(() => asked.destroy());
    });
    asked.on('error', reject);
    asked.end(body ?? undefined);
  });
}

function optionsOf({ header, token, ca }: PriceAddress, body: string | null, signal: AbortSignal): RequestOptions {
  const proof = token === null ? {} : { [header]: /^authorization$/i.test(header) ? `Bearer ${token}` : token };
  const content =
    body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return {
    method: body === null ? 'GET' : 'POST',
    headers: { accept: 'application/json', 'user-agent': 'alphaess-local', ...content, ...proof },
    agent: false,
    signal,
    ...(ca === null ? {} : { ca }),
  };
}

async function answerOf(answer: IncomingMessage): Promise<string> {
  const { statusCode: status = 0 } = answer;
  if (status === 204) throw new PriceTrouble('PRICES_UNREADABLE', 'an empty answer');
  if (status !== 200) throw troubleOf(status);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer) {
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    if (length > LARGEST_BYTES)
      throw new PriceTrouble('PRICES_UNREADABLE', `the answer is larger than ${LARGEST_BYTES / 1e6} MB`);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Never the server’s words: they may hold what was sent. */
function troubleOf(status: number): PriceTrouble {
  if (status === 408 || status === 429 || status >= 500)
    return new PriceTrouble('PRICES_UNREACHABLE', `HTTP ${status}`);
  const isMoved = status >= 300 && status < 400;
  return new PriceTrouble(
    'PRICES_REFUSED',
    isMoved ? `HTTP ${status}: it sends us to another address; give that one` : `HTTP ${status}`,
  );
}
