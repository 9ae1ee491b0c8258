/**
 * The settings of prices: where they come from, and what of them is paid.
 */
import * as z from 'zod';
import { about, decimal, duration, optional, secret, topicName, url } from './kinds.ts';

export const PRICES = z
  .strictObject({
    url: about(
      'where they are fetched, as JSON; {date} is today, and tomorrow; without: nothing is fetched',
      url('https?', 'https://api.awattar.de/v1/marketdata'),
      { example: 'https://api.awattar.de/v1/marketdata' },
    ),
    topic: about('a topic of the broker of mqtt.url', optional(topicName), {
      example: 'prices/electricity',
      isAlternative: true,
    }),
    post: about('what is posted there as JSON, where GET does not do', optional(), {
      example: '\'{"query": "…"}\'',
    }),
    ...secret('token', 'where the server wants one', '/run/secrets/prices'),
    header: about(
      'in which it is sent',
      z
        .string()
        .regex(/^[\w-]+$/, 'expected the name of a header')
        .default('Authorization'),
    ),
    ca: about('a file: the certificate of the authority that signed the server’s', optional(), {
      example: './ca.crt',
      isPath: true,
    }),
    interval: about('how often', duration('1h', 60)),
    currency: about(
      'in which they are',
      z
        .string()
        .regex(/^[A-Z]{3}$/, 'expected a currency such as EUR')
        .default('EUR'),
    ),
    unit: about('what one is of: kWh, MWh, or cent/kWh', z.enum(['kWh', 'MWh', 'cent/kWh']).default('kWh')),
    factor: about('each is multiplied by this: 1.19 for a tax of 19 %', decimal('1', 0, 1000)),
    add: about('what comes on top then, in the currency for a kWh', decimal('0', -1000, 1000)),
  })
  .refine(({ url: address, topic: name }) => address === null || name === null, {
    error: 'expected an address or a topic, not both',
    path: ['topic'],
  })
  .prefault({});
