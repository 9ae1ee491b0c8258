/**
 * Prices of electricity, from where the owner has configured; from nowhere where he has not.
 */
import { createHash } from 'node:crypto';
import type { Config } from '../config/load.ts';
import { fetchPrices, isByDate } from '../prices/http-source.ts';
import { PriceKeeper } from '../prices/price-keeper.ts';
import type { PriceSource } from '../prices/price-source.ts';
import { OwnerError } from '../problems/errors.ts';
import { PRICE_PROBLEMS } from '../problems/prices.ts';
import { pemFrom, secretFrom } from '../sinks/secret-file.ts';
import type { Calendar } from '../store/energy/calendar.ts';
import type { Store } from '../store/store.ts';
import { wallMs } from './context.ts';
import type { Reporter } from './reporter.ts';

export interface BuiltOfPrices {
  readonly store: Pick<Store, 'prices' | 'recall' | 'remember'>;
  readonly calendar: Pick<Calendar, 'offsetSeconds'>;
  readonly reporter: Pick<Reporter, 'said'>;
}

/** @throws OwnerError where a file that it needs cannot be read, or there is no broker for its topic */
export function priceKeeperOf(config: Config, { store, calendar, reporter }: BuiltOfPrices): PriceKeeper {
  const { currency, unit, factor, add } = config.prices;
  return new PriceKeeper({
    source: priceSourceOf(config),
    terms: { currency, unit, factor, add },
    memory: {
      replace: (from, to, prices) => store.prices.replace(from, to, prices),
      between: (from, to) => store.prices.between(from, to),
      recall: (name) => store.recall(name),
      remember: (entries) => store.remember(entries),
    },
    houseOffset: (time) => calendar.offsetSeconds(time),
    said: (code, detail) => {
      const { culprit, sentence } = PRICE_PROBLEMS[code];
      const text = detail === '' ? sentence : `${sentence}: ${detail}`;
      reporter.said({ level: culprit === 'nobody' ? 'info' : 'warn', code, text });
    },
    wallMs,
    random: Math.random,
  });
}

function priceSourceOf({ prices, mqtt }: Config): PriceSource | null {
  const { url, post, header, topic, interval } = prices;
  if (topic !== null) {
    if (mqtt.url === null)
      throw new OwnerError('CONFIG_INVALID', 'prices.topic: expected mqtt.url, the broker that has it');
    return { kind: 'mqtt', where: topic, key: `mqtt ${topic}`, fetched: null };
  }
  if (url === null) return null;
  const token = secretFrom(prices.token, prices.token_file, 'prices.token_file');
  const address = { url, post, header, token, ca: pemFrom(prices.ca, 'prices.ca', 'certificate') };
  return {
    kind: 'http',
    where: new URL(url).host,
    // Addresses may have secrets in them.
    key: createHash('sha256').update(`${url} ${post}`).digest('hex'),
    fetched: {
      everyMs: interval * 1000,
      isByDate: isByDate(address),
      fetch: (date, signal) => fetchPrices(address, date, signal),
    },
  };
}
