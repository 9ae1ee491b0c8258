import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { configOf } from '../../test/config.ts';
import { temporaryFolder } from '../../test/records.ts';
import type { Note } from '../log/log.ts';
import { SelfKeepingStore } from '../store/sqlite/self-keeping-store.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { priceKeeperOf } from './prices.ts';

function keeperOf(settings: unknown) {
  const store = new SelfKeepingStore(SqliteStore.open({ folder: temporaryFolder(), timeZone: 'UTC' }));
  onTestFinished(() => store.stop());
  const notes: Note[] = [];
  const parts = {
    store,
    calendar: { offsetSeconds: () => 3600 },
    reporter: { said: (note: Note) => void notes.push(note) },
  };
  return { store, notes, keeper: priceKeeperOf(configOf(settings), parts) };
}

it('prices are fetched from the address that its owner gave, and kept on disk', async () => {
  const hour = Math.floor(Date.now() / 3_600_000) * 3600;
  const list = { data: [{ start_timestamp: hour * 1000, end_timestamp: (hour + 7200) * 1000, marketprice: 85.5 }] };
  const server = createServer((_, response) => response.end(JSON.stringify(list)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/marketdata`;
  const { keeper, store } = keeperOf({ prices: { url, unit: 'MWh' } });
  await keeper.start();
  await vi.waitFor(() => expect(keeper.view.now).toMatchObject({ price: 0.0855 }));
  await keeper.stop();
  expect(await store.prices.between(hour, hour + 1)).toMatchObject([{ from: hour, to: hour + 7200, price: 0.0855 }]);
});

it('what is wrong is said by its code, once, and never the address', async () => {
  const { keeper, notes } = keeperOf({ prices: { url: 'http://127.0.0.1:1/?key=s3cret' } });
  await keeper.start();
  await vi.waitFor(() => expect(notes).toHaveLength(1));
  await keeper.stop();
  expect(notes).toEqual([
    {
      ...{ level: 'warn', code: 'PRICES_UNREACHABLE' },
      text: 'the server that has prices cannot be reached, or is too busy to answer: ECONNREFUSED',
    },
  ]);
  expect(keeper.view.source).toEqual({ kind: 'http', where: '127.0.0.1:1' });
});

it('a topic needs a broker, and without either nothing is configured', () => {
  expect(() => keeperOf({ prices: { topic: 'house/prices' } })).toThrow('prices.topic: expected mqtt.url');
  const { keeper } = keeperOf({ prices: { topic: 'house/prices' }, mqtt: { url: 'mqtt://127.0.0.1:1' } });
  expect(keeper.view.source).toEqual({ kind: 'mqtt', where: 'house/prices' });
  expect(keeperOf({}).keeper.isConfigured).toBe(false);
  expect(() => keeperOf({ prices: { url: 'http://a.example/', token_file: '/nowhere/token' } })).toThrow(
    'prices.token_file: /nowhere/token cannot be read',
  );
});
