import { expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { sinksOf } from './from-config.ts';

const kept = new Map<string, string>();
const TOOLS = {
  reports: { up: () => {}, trouble: () => {} },
  wallMs: () => 0,
  memory: {
    recall: (name: string) => kept.get(name) ?? null,
    remember: (entries: ReadonlyMap<string, string>) => {
      for (const [name, text] of entries) kept.set(name, text);
    },
  },
  version: '1.2.3',
};

it('makes no output unless one is configured', () => {
  expect(sinksOf(configOf({}), TOOLS)).toEqual([]);
});

it('makes the outputs that are configured', () => {
  const config = configOf({ mqtt: { url: 'mqtt://127.0.0.1:1' } });
  expect(sinksOf(config, TOOLS).map(({ name }) => name)).toEqual(['mqtt']);
});

it('keeps the name it has for the broker', () => {
  kept.clear();
  const config = configOf({ mqtt: { url: 'mqtt://127.0.0.1:1' } });
  sinksOf(config, TOOLS);
  const name = kept.get('mqtt client');
  expect(name).toMatch(/^alphaess-local-[0-9a-f]{8}$/);
  sinksOf(config, TOOLS);
  expect(kept.get('mqtt client')).toBe(name);
});

it('says which file cannot be read', () => {
  const config = configOf({ mqtt: { url: 'mqtt://127.0.0.1:1', ca: '/nowhere' } });
  expect(() => sinksOf(config, TOOLS)).toThrow('mqtt.ca: /nowhere cannot be read');
});
