import { describe, expect, it } from 'vitest';
import { stored } from '../../test/filled.ts';
import { bytes, configuration, event, identity, OTHER, reading, SERIAL, settle, T } from '../../test/records.ts';
import { frameByHand } from '../../test/wire.ts';
import type { StoreRecord } from '../model.ts';
import { PromisedReader } from '../store/sqlite/reading/promised-reader.ts';
import { SqliteReader } from '../store/sqlite/reading/reader.ts';
import { learnSecrets, sharedFrames } from './kept.ts';
import { HouseSecrets } from './secrets.ts';

const NOW = (T + 3600) * 1000;

async function shared(...records: StoreRecord[]) {
  const { folder, store } = stored(identity(), ...records);
  settle(store);
  const reader = new PromisedReader(new SqliteReader(folder));
  const secrets = new HouseSecrets();
  await learnSecrets(reader, secrets);
  const frames = await sharedFrames(reader, secrets, NOW);
  await reader.close();
  return { frames, secrets };
}

const unknown = (command: number, body: string, receivedMs = T * 1000): StoreRecord => ({
  ...bytes({ kept: 'unknown', reason: 'COMMAND_UNKNOWN', command, frameType: 1, receivedMs }),
  bytes: frameByHand(1, command, body),
});

describe('the messages of a bundle', () => {
  it('are those first that were not understood, the newest twenty of a kind', async () => {
    const many = Array.from({ length: 25 }, (_, index) => unknown(7, `{"n":"${index}"}`, (T + index) * 1000));
    const { frames } = await shared(reading('live', T, { soc: 50 }), ...many, unknown(11, '{}'));
    const kinds = frames.map(({ kept, bytes: sent }) => `${kept} ${sent[2]}`);
    expect(kinds).toEqual([...Array.from({ length: 20 }, () => 'unknown 7'), 'unknown 11', 'rebuilt 16']);
    expect(Buffer.from(frames[0]?.bytes ?? []).toString('latin1')).toContain('"n":"5"');
  });

  it('are written anew from what is kept: readings in the form that the battery gave them, configurations as told', async () => {
    const form = { keys: ['Time', 'SN', 'Soc'], shapes: [-2, -5, 1] };
    const { frames } = await shared(
      reading('live', T, { soc: 50 }, { form, batteryTime: T + 3600 }),
      reading('history', T - 600, { soc: 49 }, { form, batteryTime: T + 3000 }),
      reading('detail', T, {}, { form: { keys: ['SN', 'Extra'], shapes: [-5, -1] }, rest: { Extra: '{"a":[1]}' } }),
      configuration('{"SN":"AL2002021010101","Address":"10 Example Lane"}'),
    );
    const texts = frames.map(({ bytes: sent }) => Buffer.from(sent).toString('latin1').slice(7, -2));
    expect(texts).toEqual([
      '{"SN":"AL2002021010101","Address":"10 Example Lane"}',
      `{"Time":"2024/06/12 12:04:00","SN":"${SERIAL}","Soc":"50.0"}`,
      `{"SN":"${SERIAL}","Extra":{"a":[1]}}`,
      `Time,SN,Soc\n2024/06/12 11:54:00,${SERIAL},49.0\n`,
    ]);
    expect(frames[1]?.bytes).toEqual(new Uint8Array(frameByHand(1, 16, texts[1] as string)));
  });
});

it('every private value that is kept is known, wherever it stands', async () => {
  const { secrets } = await shared(
    configuration('{"Address":"10 Example Lane","ZipCode":"D01","License":"L1C-2345"}'),
    event({ code: null, batteryTime: null, name: 'System', text: '{"MAC":"02:00:5e:00:53:01"}' }),
    event({ code: null, batteryTime: null, name: 'Socket', text: 'lost 192.0.2.77', receivedMs: T * 1000 + 1 }),
    unknown(7, `{"SN":"${OTHER}","Password":"hunter22","WifiSSID":"FritzNetz7590"}`),
  );
  expect(secrets.serials).toEqual([SERIAL, OTHER]);
  expect(secrets.all).toEqual(
    expect.arrayContaining([
      '10 Example Lane',
      'L1C-2345',
      '02:00:5e:00:53:01',
      '192.0.2.77',
      'hunter22',
      'FritzNetz7590',
    ]),
  );
});
