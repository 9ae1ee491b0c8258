import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, fixture, frameByHand, hexOf, sessionFrames } from '../../test/wire.ts';
import { FIELDS } from '../protocol/fields/fields.ts';
import { isPrivateKey, redactBytes, redactText, shownText } from './redact.ts';

const SERIAL = 'AL2002021010101';

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const redacted = (text: string, secrets: readonly string[] = []) =>
  Buffer.from(redactBytes(Buffer.from(text), secrets)).toString();
const stars = (count: number) => '*'.repeat(count);

describe('a key', () => {
  it.each(FIELDS.flatMap((field) => field.wire.map((wire) => [wire, field.private === true])))(
    '%s of the table is private as the table says: %s',
    (wire, isPrivate) => {
      expect(isPrivateKey(wire as string)).toBe(isPrivate);
    },
  );

  it.each(['Password', 'UserName', 'WifiMAC', 'EmsIP', 'ssid', 'OwnerPhone2', 'BatterySN19'])(
    'that no table knows is private by its look: %s',
    (key) => {
      expect(isPrivateKey(key)).toBe(true);
    },
  );

  it.each(['InventedKey', 'Ppv9', 'MsgContent', 'CompanyName', 'Status', ''])('is not private: %j', (key) => {
    expect(isPrivateKey(key)).toBe(false);
  });
});

describe('a text', () => {
  it.each([
    ['a MAC address', 'reason:1 0!MAC:00:00:5E:00:53:2A!', 'reason:1 0!MAC:[private]!'],
    ['a MAC address with hyphens', 'at 00-00-5e-00-53-2a.', 'at [private].'],
    ['a MAC address with dots', 'at 0011.2233.44aB.', 'at [private].'],
    ['a bare MAC address that is called one', 'MAC:00005E00532A!', 'MAC:[private]!'],
    ['an IPv4 address', 'peer 192.168.1.20:7777', 'peer [private]:7777'],
    ['an IPv6 address', 'from 2001:db8:0:1:2:3:4:5 port 1', 'from [private] port 1'],
    ['a short IPv6 address', 'from fe80::1 and 2001:db8::5', 'from [private] and [private]'],
    ['a serial number of the form that was captured', 'unit AL2002021019999 said', 'unit [private] said'],
    [
      'what is called SN',
      'my SN is lost, SN 918273645546372, sn=abc123.',
      'my SN is lost, SN [private], sn=[private].',
    ],
    ['what is called S/N, side by side', 'S/N918273645546372', 'S/N[private]'],
    ['what is called S/N', 'S/N: "ABCDEF" (s/n #12345678)', 'S/N: "[private]" (s/n #[private])'],
    ['what is called serial', 'Serial 918273645546372!', 'Serial [private]!'],
    [
      'what is called serial number',
      'serial number: x918273 or Serial No. y918273',
      'serial number: [private] or Serial No. [private]',
    ],
  ])('loses %s', (_what, text, expected) => {
    expect(redactText(text, [])).toBe(expected);
  });

  it('loses serial numbers that are known and look like some, wherever they stand', () => {
    const known = ['b0020034', 'ab-0034-0056', 'AL2002021019999', '918273645546372'];
    expect(redactText('(b0020034), xab-0034-0056x 918273645546372', known)).toBe('([private]), x[private]x [private]');
  });

  it.each(['False', 'connection', 'true', 'Success', '0', '1890', '2024/06/12', 'Alpha'])(
    'keeps its words where somebody has logged in as %j',
    (name) => {
      for (const text of ['False, connection 7', 'true Success 0', '1890 W on 2024/06/12', 'AlphaESS', '{"a":"False"}'])
        expect(redactText(text, [name, SERIAL])).toBe(text);
    },
  );

  it('loses private values of an object that is in it', () => {
    const text = '{"Password":"x, y","InventedKey":"fe80::1","Ppv1":"5"}';
    expect(redactText(text, [])).toBe('{"Password":"****","InventedKey":"*******","Ppv1":"5"}');
  });

  it.each([
    '24/06/12 12:03:41 41',
    'System is restart, reason:1 0 1 0 0 0!',
    'V1.01.08 and 4.6.2',
    '2024/06/12 12:04:10',
    'connection 1',
    'AlphaESS',
    '-2099.6920',
    '1234.5678 and 2099.69',
    'SN missing, serial connection lost, serial number unknown',
    'Snapshot12, serialised, SN 12345, version 1234567',
    '',
  ])('that holds nothing private is not touched: %j', (text) => {
    expect(redactText(text, [SERIAL])).toBe(text);
  });
});

describe('a text for people', () => {
  it('loses what is private, and what steers', () => {
    expect(shownText('at 192.168.1.20 \u202eexe\u001b[2J', [])).toBe('at [private] \ufffdexe\ufffd[2J');
  });
});

describe('bytes', () => {
  it.each([
    ['with a comma in it', '{"Address":"3 Example Lane, Bally","Country":"Ireland"}', 28],
    ['with a brace in it', '{"Address":"{a}, 3 Example Lane, Ball","Country":"Ireland"}', 32],
  ])('lose a whole private value %s', (_what, text) => {
    const value = /"Address":"([^"]*)"/.exec(text)?.[1] ?? '';
    expect(redacted(text)).toBe(text.replace(value, stars(value.length)));
  });

  it.each([
    ['with spaces around', '{ "ZipCode" : "X99 ZZ99" , "a":"1"}', '{ "ZipCode" : "********" , "a":"1"}'],
    ['without quotes', '{"PhoneNumber":209100123,"a":"1"}', '{"PhoneNumber":*********,"a":"1"}'],
    ['without quotes at the end', '{"a":"1","PhoneNumber": 209100123}', '{"a":"1","PhoneNumber": *********}'],
    ['after a quote too many', '{"SN":""secret","a":"1"}', '{"SN":""******","a":"1"}'],
    ['before a quote too many', '{"SN":"secret"","a":"1"}', '{"SN":"******"","a":"1"}'],
    ['with a quote in it', String.raw`{"Password":"a\"b\\","a":"1"}`, '{"Password":"******","a":"1"}'],
    ['that has not even begun', '{"a":"1","Password":', '{"a":"1","Password":'],
    ['within another value', '{"a":{"SN":"x","b":[{"Password":"y"}]}}', '{"a":{"SN":"*","b":[{"Password":"*"}]}}'],
    ['that is cut off', '{"a":"1","Password":"invent', '{"a":"1","Password":"******'],
    ['in a list', '{"SN":["x","y"],"a":"1"}', '{"SN":*********,"a":"1"}'],
    ['in an object', '{"Address":{"b":"x"},"a":"1"}', '{"Address":*********,"a":"1"}'],
    ['among empty ones', '{"SCBSN":"","BatterySN2":"0","a":"1"}', '{"SCBSN":"","BatterySN2":"*","a":"1"}'],
  ])('lose a private value %s', (_what, text, expected) => {
    expect(redacted(text)).toBe(expected);
  });

  it.each([
    ['with quotes inside', '{"Address":"Haus "A" 5","a":"1"}', '{"Address":"**********","a":"1"}'],
    ['with a quote inside', '{"Address":"19" Haus","a":"1"}', '{"Address":"********","a":"1"}'],
    ['with a backslash at its end', '{"Address":"C:\\Haus\\","a":"1"}', '{"Address":"********","a":"1"}'],
    ['in single quotes', "{'Password':'it's mine','a':'1'}", "{'Password':'*********','a':'1'}"],
    ['under a bare key', '{a:"1",Password:"x, y",b:"2"}', '{a:"1",Password:"****",b:"2"}'],
    ['under a key with one quote', '{Password":"x","ZipCode:"y","b":"2"}', '{Password":"**************","b":"2"}'],
    ['without quotes and with spaces', '{"Address":Haus A 5,"a":"1"}', '{"Address":********,"a":"1"}'],
    [
      'with a quote at one end',
      '{"Address":Haus A","ZipCode":"x y,"a":"1"}',
      '{"Address":******","ZipCode":"***,"a":"1"}',
    ],
    ['after a quote too many, with a space', '{"Address":"" Haus A","a":"1"}', '{"Address":""*******","a":"1"}'],
    ['that does not end', '{"Address":"Haus "A", "a', '{"Address":"************'],
    ['in a list that does not end', '{"SN":["x","y","a":"1"}', '{"SN":*****************'],
  ])('lose a private value that a C program wrote %s', (_what, text, expected) => {
    const after = redacted(text);
    expect(after).toHaveLength(text.length);
    expect(after).toBe(expected);
  });

  it('lose addresses and serial numbers under harmless names', () => {
    expect(redacted('{"InventedKey":"AL2002021019999 at 192.168.1.20"}')).toBe(
      `{"InventedKey":"${stars(15)} at ${stars(12)}"}`,
    );
    expect(redacted('1,2,ownserial01234,ownserial01234\n', ['ownserial01234'])).toBe(`1,2,${stars(14)},${stars(14)}\n`);
    expect(redacted('{"InventedKey":"False","GridCharge":"False"}', ['False', 'GridCharge'])).toBe(
      '{"InventedKey":"False","GridCharge":"False"}',
    );
  });

  it('of the live body lose the serial number and nothing else', () => {
    const frame = frameByHand(1, 16, fixture('1-1-16.live.json'));
    expect(latin1(redactBytes(frame, []))).toBe(latin1(frame).replace(SERIAL, stars(15)));
  });

  it('of the detail body and of history lose the serial number and nothing else', () => {
    for (const name of ['1-1-5.detail.json', '1-1-12.history.csv', '1-1-16.malformed-serial.json']) {
      const body = fixture(name);
      expect(redacted(body, [SERIAL])).toBe(body.replaceAll(SERIAL, stars(15)));
    }
  });

  const HISTORY = 'Date,Time,SN,Ppv1,InvSN,SOC\n';
  const ROW = ',11:14:22,918273645546372,1722,x y,54.0\n';
  const ROW_AFTER = `,11:14:22,${stars(15)},1722,***,54.0\n`;
  const rows = (row: string) => `${HISTORY}2024/06/12${row}2024/06/13${row}`;

  it.each([
    ['whole', frameByHand(1, 12, rows(ROW))],
    ['with a wrong checksum', Buffer.concat([frameByHand(1, 12, rows(ROW)).subarray(0, -2), Buffer.from('ab')])],
    ['cut within a serial number', frameByHand(1, 12, rows(ROW)).subarray(0, 7 + HISTORY.length + 30)],
    ['whose length holds a comma', bytesOf('01010c0000012c'), Buffer.from(rows(ROW))],
    ['whose length holds a line break', bytesOf('01010c00000a2c'), Buffer.from(rows(ROW))],
    ['behind another', frameByHand(1, 0, ''), bytesOf('01010c0000012c'), Buffer.from(rows(ROW))],
  ] as [string, ...Uint8Array[]][])('of a history frame %s lose every column that is private', (_what, ...parts) => {
    const before = Buffer.concat(parts);
    const after = latin1(redactBytes(before, []));
    const expected = latin1(before).replaceAll(ROW, ROW_AFTER);
    // What is left of a row that is cut.
    expect(after).toBe(expected.replace(/,9\d+$/, (cut) => `,${stars(cut.length - 1)}`));
    expect(after).toContain(HISTORY);
  });

  it.each([
    ['with line ends of two bytes', 'Date,Time,SN\r\na,b,abc\r\n', 'Date,Time,SN\r\na,b,***\r\n'],
    ['with line ends of CR', 'Date,Time,SN\ra,b,abc\r', 'Date,Time,SN\ra,b,***\r'],
    ['with NULs for line ends', 'Date,Time,SN\0a,b,abc\0', 'Date,Time,SN\0a,b,***\0'],
    ['with quotes and spaces', '"Date", "Time" ,"SN"\n"a","b", "abc"\n', '"Date", "Time" ,"SN"\n"a","b",******\n'],
    ['with other quoted columns first', '"Time", "SN" ,"SOC"\nb,abc,5\n', '"Time", "SN" ,"SOC"\nb,***,5\n'],
    ['with other columns first', 'Time,SN,SOC\nb,abc,5\n', 'Time,SN,SOC\nb,***,5\n'],
    ['with a serial number first', 'SN,Date,Time,SOC\nabc,a,b,5\n', 'SN,Date,Time,SOC\n***,a,b,5\n'],
    ['with short and empty rows', 'Date,Time,SN,SOC\na,b\n\na,b,,5\n', 'Date,Time,SN,SOC\na,b\n\na,b,,5\n'],
    ['with a comma at the end', 'Date,Time,SN,SOC\na,b,abc,5,\n', 'Date,Time,SN,SOC\na,b,***,5,\n'],
    ['with a comma in a value', 'Date,Time,Address,SOC\na,b,c, de,5\n', 'Date,Time,Address,SOC\na,b,*******\n'],
    ['of two kinds', 'Date,Time,SN\na,b,abc\nDate,Time,SOC\na,b,5\n', 'Date,Time,SN\na,b,***\nDate,Time,SOC\na,b,5\n'],
    ['without a header', 'a,b,abc\n', 'a,b,abc\n'],
  ])('of a table %s lose what is private', (_what, text, expected) => {
    expect(redacted(text)).toBe(expected);
  });

  it('of a table as long as can be are done in time', () => {
    for (const text of ['Date,Time,', ',SN,', 'Date,Time,SN\n', 'SN ']) {
      const before = text.repeat(400_000 / text.length);
      expect(redacted(`Date,Time,SN\n${before}`)).toHaveLength(before.length + 13);
    }
  });

  it('of the configuration keep every value that is not private', () => {
    const body = fixture('1-1-4.config.json');
    const before = JSON.parse(body) as Record<string, string>;
    const after = JSON.parse(redacted(body, [SERIAL])) as Record<string, string>;
    const hidden = Object.keys(before).filter((key) => before[key] !== after[key]);
    expect(hidden).toEqual([
      'SN',
      'Address',
      'ZipCode',
      'PhoneNumber',
      'License',
      ...[1, 2, 3, 4, 5, 6].map((n) => `BatterySN${n}`),
      'InvSN',
      'BakBoxSN',
      'WifiSN',
    ]);
    for (const key of hidden) expect(after[key]).toBe(stars(before[key]?.length ?? 0));
  });

  it('that hold nothing private are not touched, and the caller’s own never', () => {
    const frame = bytesOf('01010700000000ffee');
    expect(hexOf(redactBytes(frame, []))).toBe('01010700000000ffee');
    for (const frame of sessionFrames()) {
      const before = hexOf(frame);
      expect(redactBytes(frame, [SERIAL])).toHaveLength(frame.length);
      expect(hexOf(frame)).toBe(before);
    }
  });

  it('are read where they lie in a larger buffer', () => {
    const whole = Buffer.from('xx{"SN":"abc"}');
    expect(latin1(redactBytes(whole.subarray(2), []))).toBe('{"SN":"***"}');
  });

  const PRIVATE_KEYS = ['SN', 'UserName', 'Password', 'Address', 'ZipCode', 'InvSN', 'BatterySN7', 'EmsMac'];
  const HARMLESS_KEYS = ['Ppv1', 'SOC', 'EmsStatus', 'InventedKey', 'GridCharge'];

  it('hold no private value of any message afterwards, are as long, and say the rest as before', () => {
    const entry = fc.oneof(
      fc.tuple(fc.constantFrom(...PRIVATE_KEYS), fc.string({ unit: 'binary', minLength: 1, maxLength: 30 })),
      fc.tuple(fc.constantFrom(...HARMLESS_KEYS), fc.stringMatching(/^-?\d{0,5}(\.\d{1,4})?$/)),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), fc.constantFrom(0, 1, 4, '\t'), (entries, indent) => {
        const message = Object.fromEntries(entries);
        const before = Buffer.from(JSON.stringify(message, null, indent));
        const after = redactBytes(before, []);
        expect(after).toHaveLength(before.length);
        const said = JSON.parse(Buffer.from(after).toString()) as Record<string, string>;
        for (const [key, value] of Object.entries(said)) {
          if (PRIVATE_KEYS.includes(key)) expect(value).toMatch(/^\*+$/);
          else expect(value).toBe(message[key]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('hold no known secret afterwards, wherever it stood, and are as long', () => {
    const secret = fc.stringMatching(/^[A-Z]{0,3}[0-9]{10}[A-Z0-9]{0,8}$/).filter((text) => !/^0+$/.test(text));
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 3 }), fc.array(fc.uint8Array()), (secrets, noise) => {
        const parts = noise.flatMap((bytes, index) => [bytes, Buffer.from(secrets[index % secrets.length] ?? '')]);
        const before = Buffer.concat(parts);
        const after = redactBytes(before, secrets);
        expect(after).toHaveLength(before.length);
        for (const one of secrets) expect(latin1(after)).not.toContain(one);
        after.forEach((byte, index) => {
          if (byte !== before[index]) expect(byte).toBe(0x2a);
        });
      }),
    );
  });
});
