import { expect, it } from 'vitest';
import { stored } from '../../test/filled.ts';
import { readerOf } from '../../test/promised-reader.ts';
import { configuration, identity, T } from '../../test/records.ts';
import { redactText } from '../privacy/redact.ts';
import { PrivateOfHouse } from './private-of-house.ts';

const serialOf = (number: number) => `AL20020210${10_000 + number}`;

/** Each battery in a street of its own. */
async function houses(batteries: number) {
  const { folder, store } = stored(
    ...Array.from({ length: batteries }, (_, number) => identity(serialOf(number))),
    ...Array.from({ length: batteries }, (_, number) =>
      configuration(`{"Address":"Street of ${number} Trees"}`, T * 1000, serialOf(number)),
    ),
  );
  const house = new PrivateOfHouse(await readerOf(folder));
  const shown = async (battery: number | null, text: string) =>
    redactText(text, await house.knownOf(battery === null ? null : (store.idOf(serialOf(battery)) ?? null)));
  return { shown };
}

it('of one house is what any of its batteries told, whoever speaks', async () => {
  const { shown } = await houses(2);
  for (const battery of [0, 1, null])
    expect(await shown(battery, 'Street of 0 Trees, Street of 1 Trees')).toBe('[private], [private]');
});

it('of many houses is what the battery told that speaks, and all serial numbers', async () => {
  const { shown } = await houses(11);
  const text = `Street of 0 Trees, Street of 1 Trees, ${serialOf(5)}`;
  expect(await shown(0, text)).toBe('[private], Street of 1 Trees, [private]');
  expect(await shown(1, text)).toBe('Street of 0 Trees, [private], [private]');
  expect(await shown(null, text)).toBe('Street of 0 Trees, Street of 1 Trees, [private]');
});

it('is hidden as JSON wrote it and as it is meant', async () => {
  const { folder } = stored(identity(), configuration('{"Address":"Lange Stra\\u00dfe 7"}'));
  const known = await new PrivateOfHouse(await readerOf(folder)).knownOf(null);
  expect(redactText('Lange Straße 7; Lange Stra\\u00dfe 7', known)).toBe('[private]; [private]');
});

it('takes no word out that a battery has for its name', async () => {
  const { folder } = stored(identity('inverter'), configuration('{"SN":"inverter"}', T * 1000, 'inverter'));
  const known = await new PrivateOfHouse(await readerOf(folder)).knownOf(null);
  expect(redactText('the inverter stopped', known)).toBe('the inverter stopped');
});
