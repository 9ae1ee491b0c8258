import { describe, expect, it } from 'vitest';
import { frameByHand } from '../../test/wire.ts';
import { Cleaner } from './cleaner.ts';
import { HouseSecrets } from './secrets.ts';

const SERIAL = 'AL2002021010101';
const FALSE = 'XX0000000000001';

function cleaner(shiftDays = 0): Cleaner {
  const secrets = new HouseSecrets();
  secrets.addSerial(SERIAL);
  for (const value of ['10 Example Lane', 'FritzNetz7590', '$pec(ial]']) secrets.add(value);
  return new Cleaner(secrets, shiftDays);
}

const cleaned = (bytes: Uint8Array, shiftDays = 0, isFragment = false) => {
  const { bytes: clean, isResealed } = cleaner(shiftDays).frame(bytes, isFragment);
  return { clean, isResealed, text: Buffer.from(clean).toString('latin1') };
};

describe('a text', () => {
  it('has false serial numbers, and other private values taken out, whatever their case', () => {
    const text = `${SERIAL} at 10 example LANE, 192.0.2.7 and $pec(ial], on fritznetz7590, ALB002021010199`;
    expect(cleaner().text(text)).toBe(`${FALSE} at [private], [private] and [private], on [private], [private]`);
    expect(cleaner().text(SERIAL.toLowerCase())).toBe('[private]');
  });

  it('keeps addresses that are anybody’s', () => {
    expect(cleaner().text('on 0.0.0.0:7777, 127.0.0.1, not 10.0.0.0.1')).toBe(
      'on 0.0.0.0:7777, 127.0.0.1, not [private].1',
    );
  });

  it('may be anywhere in JSON', () => {
    const value = { [SERIAL]: [SERIAL, 1, null, true], at: { street: '10 Example Lane' } };
    expect(cleaner().json(value)).toEqual({ [FALSE]: [FALSE, 1, null, true], at: { street: '[private]' } });
  });

  it('is left as it is where nothing is private', () => {
    expect(new Cleaner(new HouseSecrets(), 0).text('connected, connection 1')).toBe('connected, connection 1');
  });
});

describe('dates', () => {
  it('are moved back, each by the same days, in every form that messages have', () => {
    const text =
      'on 2024-06-12T11:04:10Z, 2024/06/12 12:04, 24/06/12 08:39:41 30, 2024/03/01; version 24/06/12, 12024-06-12';
    expect(cleaner(14).text(text)).toBe(
      'on 2024-05-29T11:04:10Z, 2024/05/29 12:04, 24/05/29 08:39:41 30, 2024/02/16; version 24/06/12, 12024-06-12',
    );
    expect(cleaner(7).time(Date.UTC(2024, 0, 1, 5))).toBe('2023-12-25T05:00:00.000Z');
    expect(cleaner(7).time(null)).toBeNull();
  });
});

describe('a message', () => {
  const LIVE = `{"Time":"2024/06/12 12:04:10","SN":"${SERIAL}","Ppv1":"1890","WifiSSID":"FritzNetz7590","Note":"10 Example Lane"}`;

  it('is as long as it was, with a checksum that fits', () => {
    const { clean, isResealed, text } = cleaned(frameByHand(1, 16, LIVE));
    const expected = LIVE.replace(SERIAL, FALSE)
      .replace('FritzNetz7590', '*'.repeat(13))
      .replace('10 Example Lane', '*'.repeat(15));
    expect(text.slice(7, -2)).toBe(expected);
    expect(clean).toEqual(frameByHand(1, 16, expected));
    expect(isResealed).toBe(true);
  });

  it('has its dates moved as well', () => {
    const { clean } = cleaned(frameByHand(1, 9, '{"Msg":"24/06/12 08:39:41 30;"}'), 7);
    expect(clean).toEqual(frameByHand(1, 9, '{"Msg":"24/06/05 08:39:41 30;"}'));
  });

  it('in which nothing is private stays as it was, a wrong checksum too', () => {
    const frame = frameByHand(1, 16, '{"Ppv1":"1"}');
    frame[frame.length - 1] = (frame.at(-1) as number) ^ 1;
    expect(cleaned(frame)).toMatchObject({ clean: new Uint8Array(frame), isResealed: false });
  });

  it('that begins in its middle hides what nobody can tell', () => {
    const { text } = cleaned(Buffer.from('ample Lane","SN":"AL2002021010101"}'), 0, true);
    expect(text).toBe(`${'*'.repeat(10)}**"SN":"${FALSE}"}`.replace('**"', '*,"').replace('*,', '**'));
  });
});
