/** Bodies that cannot be read, or not whole. */
import { describe, expect, it } from 'vitest';
import {
  ALL_COMMANDS,
  ASK,
  CONFIG,
  DETAIL,
  EVENT,
  frame,
  HISTORY,
  kept,
  LIVE,
  LOGIN,
  PING,
  READABLE,
  read,
  readingsOf,
  UNREADABLE,
  unreadableOf,
} from '../../test/read-message.ts';
import { bytesOf, fixture } from '../../test/wire.ts';
import { FormBook } from './body/wire-form.ts';
import { FIELDS } from './fields/fields.ts';
import { MessageReader } from './messages.ts';

const DERIVED = FIELDS.filter((field) => field.read === 'derived').map((field) => field.name);

describe('a body that cannot be read', () => {
  it.each([
    ['a byte that no text has', bytesOf('7b 22 ff 22 7d')],
    ['a letter cut in two', bytesOf('7b 22 c3')],
    ['zero bytes', new Uint8Array(30)],
    ['nothing', ''],
    ['spaces', '   '],
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['a number', '16'],
    ['a text', '"SN"'],
    ['a brace', '{'],
    ['a key alone', '{"SN"'],
    ['endless nesting', '['.repeat(60_000)],
  ])('is unreadable in every command that has a body: %s', (_what, body) => {
    for (const command of READABLE) expect(read(command, body)).toEqual(UNREADABLE);
  });

  it('is none of length 0 but in the one command that has none', () => {
    for (const command of ALL_COMMANDS) {
      const expected = command === PING ? { type: 'ping' } : READABLE.includes(command) ? UNREADABLE : kept(command);
      expect(read(command, '')).toEqual(expected);
    }
  });

  it.each([
    ['a list', '[{"SN":"AL2002","SOC":"50.0","GridCharge":"1","MsgType":"System","MsgContent":"x"}]'],
    ['something before it', 'x{"SN":"AL2002","SOC":"50.0"}'],
    ['a quote too many', '[{"SN":""AL2002","SOC":"50.0"}]'],
    ['spaces', '[{"SN" : "AL2002"}]'],
    ['the name of a login', '[{"UserName":"AL2002"}]'],
    ['the name of a login in an object', '{"UserName":"AL2002"}'],
    ['no value that is known', '{"SN":"AL2002","New":"5"}'],
  ])('still says whose it is: %s', (_what, body) => {
    for (const command of [DETAIL, EVENT, HISTORY, LIVE]) expect(read(command, body)).toEqual(unreadableOf('AL2002'));
    for (const command of [1, 7, 8, 200]) expect(read(command, body)).toEqual(kept(command, 'AL2002'));
  });

  it.each([
    ['is no serial number', '[{"SN":" "}]'],
    ['is called missing', '[{"SN":"(null)"}]'],
    ['is endless', `[{"SN":"${'A'.repeat(65)}"}]`],
    ['is cut', '[{"SN":"AL20'],
    ['is another’s', '[{"InvSN":"AL2002"}]'],
    ['is that of a part', '{"Packs":[{"SN":"AL2002"}]}'],
  ])('says nothing of whose it is where the number %s', (_what, body) => {
    for (const command of READABLE.filter((one) => one !== ASK)) expect(read(command, body)).toEqual(UNREADABLE);
  });
});

describe('a body that ends early', () => {
  const files: [string, number, string][] = [
    ['login', LOGIN, '1-1-2.login.json'],
    ['the request for a configuration', ASK, '1-1-3.ask.json'],
    ['the configuration', CONFIG, '1-1-4.config.json'],
    ['detail', DETAIL, '1-1-5.detail.json'],
    ['events', EVENT, '1-1-9.eventlog.json'],
    ['live', LIVE, '1-1-16.live.json'],
  ];

  it.each(files)('is never read in full, wherever it is cut: %s', (_what, command, file) => {
    const body = fixture(file);
    for (let cut = 0; cut < body.length; cut++) {
      const message = read(command, body.slice(0, cut));
      if (message.type !== 'unreadable') expect(message).toMatchObject({ partly: true });
    }
    expect(read(command, body)).not.toMatchObject({ type: 'unreadable' });
  });

  it.each([
    ['live', LIVE, '1-1-16.live.json'],
    ['detail', DETAIL, '1-1-5.detail.json'],
  ])('gives each value that was whole and no other, and no sum: %s', (_what, command, file) => {
    const body = fixture(file);
    const [whole = {}] = readingsOf(read(command, body));
    let most = 0;
    for (let cut = 0; cut < body.length; cut++) {
      const message = read(command, body.slice(0, cut));
      const [values = {}] = message.type === 'readings' ? readingsOf(message) : [];
      const read_ = Object.entries(values).filter(([, value]) => value !== null);
      for (const [name, value] of read_) expect([name, value, cut]).toEqual([name, whole[name], cut]);
      expect(values.pv_power ?? null).toBeNull();
      expect(values.load_power ?? null).toBeNull();
      expect(read_.length).toBeGreaterThanOrEqual(most);
      most = read_.length;
    }
    // All of them but what is worked out.
    expect(most).toBe(
      Object.entries(whole).filter(([name, value]) => value !== null && !DERIVED.includes(name)).length,
    );
  });

  it('says whose it is once that is whole', () => {
    const body = '{"SN":"AL2002021010101"}';
    for (let cut = 0; cut < body.length; cut++) {
      const message = read(ASK, body.slice(0, cut));
      if (cut === body.length - 1) expect(message).toMatchObject({ serial: 'AL2002021010101', partly: true });
      else expect(message).toMatchObject({ serial: null });
    }
  });

  it('gives the entries of a log that are whole', () => {
    const body = fixture('1-1-9.eventlog.json');
    const [first, second] = ['24/06/12 12:03:41 41;', '24/06/12 11:40:25 29;'];
    const at = body.indexOf(second);
    expect(body.slice(at - first.length, at)).toBe(first);
    for (const cut of [at, at + 5, at + second.length - 1]) {
      const message = read(EVENT, body.slice(0, cut));
      expect(message).toMatchObject({ type: 'events', events: [{ code: 41 }], partly: true });
      expect(message).toHaveProperty('events.length', 1);
    }
    expect(read(EVENT, body.slice(0, at - 1))).toEqual(UNREADABLE);
  });

  it('is no refusal of an order', () => {
    const body = '{"Command":"Resume","CmdIndex":"7","Status":"Success"}';
    const answered = (text: string) => new MessageReader(new FormBook()).read(frame(8, text, 2));
    const reply = { command: 'Resume', index: '7', success: true };
    expect(answered(body.slice(0, -1))).toEqual({ type: 'order_reply', reply, partly: true });
    expect(answered(body.slice(0, -3))).toEqual({ type: 'unreadable', reason: 'RESPONSE_UNEXPECTED', serial: null });
  });
});

describe('a body that a C program wrote', () => {
  const BODY = fixture('1-1-16.live.json');
  const [WHOLE = {}] = readingsOf(read(LIVE, BODY));
  const spoilt = (wire: string, written: string) =>
    BODY.replace(new RegExp(`"${wire}":"[^"]*"`), `"${wire}":${written}`);

  it.each([
    ['NULs behind it', `${BODY}\0\0\0`],
    ['a byte order mark', `\ufeff${BODY}`],
    ['white space around it', `\r\n ${BODY} \r\n`],
    ['a comma too many at its end', BODY.replace('"}', '",}')],
    ['commas too many', BODY.replaceAll(',', ',,')],
    ['quotes too many', BODY.replace(/:"/g, ':""')],
  ])('is read in full with %s', (_what, body) => {
    expect(read(LIVE, body)).toEqual(read(LIVE, BODY));
  });

  it.each([
    'nan',
    '-nan',
    'NaN',
    'nan(ind)',
    '-nan(ind)',
    'inf',
    '-inf',
    'Infinity',
    '-1.#IND',
    '1.#QNAN',
    '(null)',
    '',
  ])('costs one value, and is kept as it came, with a number written %j', (written) => {
    const message = read(LIVE, spoilt('Pbat', written));
    expect(message).toMatchObject({ partly: true, readings: [{ rest: { Pbat: written === '' ? null : written } }] });
    expect(readingsOf(message)).toEqual([{ ...WHOLE, battery_power: null }]);
  });

  it.each([
    ['+5', 5],
    ['05', 5],
    ['.5', 0.5],
    ['5.', 5],
    ['-5', -5],
    ['5e1', 50],
  ])('has the number that %s means', (written, value) => {
    expect(readingsOf(read(LIVE, spoilt('Sva', written)))).toEqual([{ ...WHOLE, apparent_power: value }]);
  });

  it.each(['0x1F', '1,5', '5 W', '--', '"1.5', '1.5"'])('has no number where it says %s', (written) => {
    const message = read(LIVE, spoilt('Sva', written));
    expect(message).toMatchObject({ partly: true });
    expect(readingsOf(message)).toEqual([{ ...WHOLE, apparent_power: null }]);
  });

  it.each([
    ['live', LIVE, '1-1-16.live.json'],
    ['live of three phases', LIVE, '1-1-16.three-phase.json'],
    ['detail', DETAIL, '1-1-5.detail.json'],
  ])(
    'costs the value that is spoilt and what is worked out of it, whichever it is and however: %s',
    (_what, command, file) => {
      const body = fixture(file);
      const [whole = {}] = readingsOf(read(command, body));
      for (const key of Object.keys(JSON.parse(body) as object)) {
        const own = FIELDS.filter((field) => field.wire.includes(key)).map((field) => field.name);
        for (const written of [
          'nan',
          '-1.#IND',
          '',
          '1,5',
          '(null)',
          '"a "b" c"',
          '"\\"',
          '"x',
          'x"',
          '{',
          '"a\nb"',
          "'5",
        ]) {
          const message = read(command, body.replace(new RegExp(`"${key}":"[^"]*"`), `"${key}":${written}`));
          expect([key, written, message]).toMatchObject([key, written, { partly: true, type: 'readings' }]);
          const [values = {}] = readingsOf(message);
          for (const [name, value] of Object.entries(whole)) {
            if (own.includes(name) || DERIVED.includes(name)) continue;
            expect([key, written, name, values[name]]).toEqual([key, written, name, value]);
          }
          for (const name of ['pv_power', 'grid_power', 'inverter_power']) {
            if (values[name] !== null)
              expect([key, written, name, values[name]]).toEqual([key, written, name, whole[name]]);
          }
        }
      }
    },
  );

  it('has no sum of which a part cannot be read, and all others', () => {
    const withoutPv = { ...WHOLE, pv2_power: null, pv_power: null };
    expect(readingsOf(read(LIVE, spoilt('Ppv2', 'nan')))).toEqual([withoutPv]);
    expect(readingsOf(read(LIVE, spoilt('Ppv2', '')))).toEqual([withoutPv]);
    expect(readingsOf(read(LIVE, spoilt('PmeterL1', 'nan')))).toEqual([
      { ...WHOLE, grid_power_l1: null, grid_power: null, load_power: null, load_power_method: null },
    ]);
  });

  it('may be followed by what the buffer held before', () => {
    for (const behind of ['}', 'garbage', '0","SOC":"12.0"}', '\0"SOC":"12.0"}', BODY]) {
      const message = read(LIVE, BODY + behind);
      expect(message).toMatchObject({ partly: true });
      expect(readingsOf(message)).toEqual([WHOLE]);
    }
  });

  it.each([
    ['a missing value', '{"SN":,"SOC":"50.0"}'],
    ['a null pointer', '{"SN":"(null)","SOC":"50.0"}'],
    ['a bare null pointer', '{"SN":(null),"SOC":"50.0"}'],
    ['a float', '{"SN":nan,"SOC":"50.0"}'],
    ['a quote inside it', '{"SN":"AL"2002","SOC":"50.0"}'],
    ['no closing quote', '{"SN":"AL2002,"SOC":"50.0"}'],
    ['a letter that is no ASCII', '{"SN":"AL200\u00e4","SOC":"50.0"}'],
  ])('is of no battery by its own words where its serial number has %s', (_what, body) => {
    expect(read(LIVE, body)).toMatchObject({ type: 'readings', readings: [{ serial: null }] });
  });

  it.each([
    ['without quotes', '{"SN":AL2002,"SOC":"50.0"}'],
    ['filled up with NULs', '{"SN":"AL2002\0\0","SOC":"50.0"}'],
    ['in single quotes', "{'SN':'AL2002','SOC':'50.0'}"],
    ['under a bare key', '{SN:"AL2002",SOC:"50.0"}'],
  ])('names its battery %s', (_what, body) => {
    const message = read(LIVE, body);
    expect(message).toMatchObject({ partly: true, readings: [{ serial: 'AL2002' }] });
    expect(readingsOf(message)).toMatchObject([{ soc: 50 }]);
  });

  it('says nothing of a state where it says that there is none', () => {
    for (const said of ['"(null)"', '(null)', 'nan', '']) {
      const [values] = readingsOf(read(DETAIL, `{"SOC":"50.0","EmsStatus":${said}}`));
      expect(values).toMatchObject({ soc: 50, ems_status: null });
    }
  });

  it('has the text of an address in Latin-1, and the bytes', () => {
    const body = Uint8Array.from('{"SN":"AL2002","GridCharge":"1","Address":"Hauptstra\u00dfe 1"}', (letter) =>
      letter.charCodeAt(0),
    );
    expect(read(CONFIG, body)).toEqual({
      type: 'configuration',
      serial: 'AL2002',
      text: '{"SN":"AL2002","GridCharge":"1","Address":"Hauptstraße 1"}',
      bytes: body,
      partly: true,
    });
  });

  it('has what can be read of a configuration, and all of its text', () => {
    for (const text of [
      String.raw`{"SN":"AL2002","Address":"C:\Haus "A"","GridCharge":"1"}`,
      '{"SN":"AL2002","Popv":nan,"GridCharge":"1"}',
      '{"SN":"AL2002","GridCharge":"1","Address":"cu',
    ]) {
      expect(read(CONFIG, text)).toEqual({ type: 'configuration', serial: 'AL2002', text, bytes: null, partly: true });
    }
    const padded = '{"SN":"AL2002","GridCharge":"1"}\0';
    expect(read(CONFIG, padded)).toMatchObject({ text: padded, bytes: null, partly: false });
  });

  it('logs in, and nothing of its password is said, whatever it holds', () => {
    for (const password of ['a", b:"c', 'a"b', 'x\\', 'a","d":"e']) {
      const message = read(LOGIN, `{"UserName":"AL2002","Password":"${password}","CompanyName":"AlphaESS",}x`);
      expect(message).toMatchObject({ type: 'login', serial: 'AL2002', note: 'AlphaESS', partly: true });
    }
    expect(read(LOGIN, '{"UserName":"AL2002","Password":"p","CompanyName":"AlphaESS"}\0')).toMatchObject({
      partly: false,
    });
  });

  it('tells of an event in Latin-1', () => {
    const body = Uint8Array.from('{"MsgType":"System","MsgContent":"St\u00f6rung"}', (letter) => letter.charCodeAt(0));
    expect(read(EVENT, body)).toMatchObject({ events: [{ name: 'System', text: 'Störung' }], partly: true });
  });

  it('is kept beside a text that no store gives back: half of a surrogate pair', () => {
    const half = String.raw`\ud800`;
    expect(read(EVENT, `{"MsgType":"System","MsgContent":"${half}"}`)).toMatchObject({ partly: true });
    expect(read(EVENT, `{"MsgType":"${half}","MsgContent":"x"}`)).toMatchObject({ partly: true });
    expect(read(LOGIN, `{"UserName":"AL2002","CompanyName":"${half}"}`)).toMatchObject({ partly: true });
  });
});
