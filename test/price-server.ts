/**
 * A service that has prices of electricity, on this machine’s loopback, in the form of aWATTar. Ended by `ending`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const HOUR_MS = 3_600_000;

export class PriceServer {
  readonly url: string;
  /** How often it was asked. */
  asked = 0;
  /** By the hour, from the present one on, for a MWh; null: it has none to give. */
  prices: readonly number[] | null;

  private constructor(url: string, prices: readonly number[] | null) {
    this.url = url;
    this.prices = prices;
  }

  static async start(prices: readonly number[] | null, ending: (end: () => void) => void): Promise<PriceServer> {
    const server = createServer((_, response) => {
      service.asked++;
      if (service.prices === null) response.writeHead(503);
      response.end(service.prices === null ? 'closed' : JSON.stringify({ data: listed(service.prices) }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ending(() => {
      server.closeAllConnections();
      server.close();
    });
    const service = new PriceServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/marketdata`, prices);
    return service;
  }
}

function listed(prices: readonly number[]) {
  const first = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  return prices.map((marketprice, hour) => ({
    ...{ start_timestamp: first + hour * HOUR_MS, end_timestamp: first + (hour + 1) * HOUR_MS, marketprice },
    unit: 'Eur/MWh',
  }));
}
