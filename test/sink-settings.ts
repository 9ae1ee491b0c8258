/**
 * What outputs are made with where a test says nothing else.
 */
import type { HouseSetting } from '../src/sinks/mqtt/house.ts';
import type { MqttBroker } from '../src/sinks/mqtt/link.ts';
import type { Figures } from '../src/sinks/prometheus/server-metrics.ts';

/** A broker that wants to know nothing of us. */
export function brokerAt(url: string): MqttBroker {
  return { url, username: null, password: null, ca: null, certificate: null, key: null, clientId: 'test' };
}

export const HOUSE: HouseSetting = {
  base: 'alphaess',
  prefix: 'homeassistant',
  discovery: true,
  values: false,
  version: '1.2.3',
  pageUrl: null,
  staleSeconds: 90,
  leftOut: [],
  control: false,
};

/** Of a server that has done nothing yet. */
export const NO_FIGURES: Figures = {
  version: '1.2.3',
  frames: () => ({ received: 0, sent: 0 }),
  problems: () => ({}),
  storing: () => true,
  waitingRows: () => 0,
  connections: () => 0,
  pages: () => 0,
  relayed: () => null,
  outputs: () => [],
};
