import { expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { readerOf } from '../../../test/promised-reader.ts';
import { configuration, SERIAL, T } from '../../../test/records.ts';
import { configurationOf } from './configuration.ts';

async function told(...texts: string[]) {
  const { folder, store } = stored(...texts.map((text, index) => configuration(text, (T + index) * 1000)));
  return configurationOf(await readerOf(folder), store.idOf(SERIAL) ?? '');
}

it('is told setting by setting, the newest, without what is private', async () => {
  const text = `{"SN":"${SERIAL}","Address":"3 Example Lane","GridCharge":"1","PoinvNote":"of ${SERIAL}","Odd":null,"BatHighCap":"98","UPSReserve":"x"}`;
  const found = await told('{"GridCharge":"0"}', text);
  const values = Object.fromEntries((found?.settings ?? []).map(({ name, value }) => [name, value]));
  expect(JSON.stringify(found)).not.toMatch(/AL2002|Example Lane/);
  expect(found?.settings.map((one) => one.private)).toEqual([true, true, false, false, false, false, false]);
  expect(Object.values(values)).toEqual([null, null, true, 'of [private]', null, 98, expect.anything()]);
});

it('is none where it never came, and has no settings where it cannot be read', async () => {
  expect(await told()).toBeNull();
  expect(await told('no JSON')).toMatchObject({ settings: [] });
});
