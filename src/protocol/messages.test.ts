import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, fixture, HAVE_SAMPLES, joined, sample, sessionFrames } from '../../test/wire.ts';
import type { Value } from '../model.ts';
import { Private } from '../model.ts';
import { FormBook } from './body/wire-form.ts';
import { columnsOf, FIELDS } from './fields/fields.ts';
import { type Frame, FrameDecoder } from './frame.ts';
import { type Message, MessageReader } from './messages.ts';

const unreadableOf = (serial: string | null) => ({ type: 'unreadable', reason: 'BODY_UNREADABLE', serial });
const UNREADABLE = unreadableOf(null);
/** Only the server sends 8; the others nobody has documented. */
const kept = (command: number, serial: string | null = null) => ({
  type: 'unreadable',
  reason: command === 8 ? 'COMMAND_UNEXPECTED' : 'COMMAND_UNKNOWN',
  serial,
});
const DERIVED = FIELDS.filter((field) => field.read === 'derived').map((field) => field.name);
const [PING, LOGIN, ASK, CONFIG, DETAIL, EVENT, HISTORY, LIVE] = [0, 2, 3, 4, 5, 9, 12, 16];
const READABLE = [LOGIN, ASK, CONFIG, DETAIL, EVENT, HISTORY, LIVE];
const ALL_COMMANDS = Array.from({ length: 256 }, (_, command) => command);

const frame = (command: number, body: string | Uint8Array, type: 1 | 2 = 1): Frame => ({
  ...{ kind: 'frame', type, command, offset: 0 },
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
});
const read = (command: number, body: string | Uint8Array): Message =>
  new MessageReader(new FormBook()).read(frame(command, body));

/** The readings of a message, each as its values under our names. */
function readingsOf(message: Message): Record<string, Value>[] {
  if (message.type !== 'readings') expect.unreachable(`is ${message.type}`);
  return message.readings.map(({ kind, values }) =>
    Object.fromEntries(columnsOf(kind).map((field, index) => [field.name, values[index] ?? null])),
  );
}

const utc = (...parts: [number, number, number, number, number, number]) => Date.UTC(...parts) / 1000;

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

describe('a command', () => {
  it('that nobody has documented is unknown, whatever its body looks like', () => {
    const unknown = ALL_COMMANDS.filter((command) => command !== PING && !READABLE.includes(command));
    expect(unknown).toHaveLength(248);
    for (const command of unknown) {
      expect(read(command, fixture('1-1-16.live.json'))).toEqual(kept(command, 'AL2002021010101'));
      expect(read(command, '{"Request":"x"}')).toEqual(kept(command));
    }
  });

  it('in an answer to an order says which one it answers, and whether the battery will do it', () => {
    const reader = new MessageReader(new FormBook());
    const body = '{"Command":"Resume","CmdIndex":"35967905","Status":"Success"}';
    const reply = { command: 'Resume', index: '35967905', success: true };
    expect(reader.read(frame(8, body, 2))).toEqual({ type: 'order_reply', reply, partly: false });
    // Only 1,2,8 answers an order.
    const other = { type: 'unreadable', reason: 'RESPONSE_UNEXPECTED', serial: null };
    for (const command of ALL_COMMANDS.filter((one) => one !== 8)) {
      expect(reader.read(frame(command, body, 2))).toEqual(other);
    }
  });

  it('in a response was not asked for, even if it could not be read', () => {
    const reader = new MessageReader(new FormBook());
    for (const command of ALL_COMMANDS) {
      for (const body of ['', fixture('1-1-16.live.json'), new Uint8Array([0xff])]) {
        expect(reader.read(frame(command, body, 2))).toEqual({
          ...{ type: 'unreadable', reason: 'RESPONSE_UNEXPECTED', serial: null },
        });
      }
    }
  });

  it('decides alone what a message is: a live body is no login', () => {
    const known = unreadableOf('AL2002021010101');
    expect(read(LOGIN, fixture('1-1-16.live.json'))).toEqual(known);
    expect(read(EVENT, fixture('1-1-16.live.json'))).toEqual(known);
    expect(read(HISTORY, fixture('1-1-16.live.json'))).toEqual(known);
    expect(read(LIVE, fixture('1-1-12.history.csv'))).toEqual(UNREADABLE);
    expect(read(LIVE, fixture('1-1-4.config.json'))).toEqual(known);
    expect(read(CONFIG, fixture('1-1-16.live.json'))).toEqual(known);
  });

  it('of the fixture session is what it says, with frames as they come off the wire', () => {
    const reader = new MessageReader(new FormBook());
    const decoder = new FrameDecoder();
    decoder.receive(joined(sessionFrames()));
    const types: string[] = [];
    for (let next = decoder.next(); next?.kind === 'frame'; next = decoder.next()) types.push(reader.read(next).type);
    expect(types).toEqual(['login', 'ping', 'events', 'readings', 'readings', 'readings']);
  });
});

describe('the empty request', () => {
  it.each([' ', '\n', '{}', '{"Status":"Success"}', '\u0000'])('is unreadable with the body %j', (body) => {
    expect(read(PING, body)).toEqual(UNREADABLE);
  });
});

describe('a login', () => {
  const login = (serial: string | null, note: string) => ({
    type: 'login',
    serial,
    note,
    partly: false,
    login: expect.any(Private),
  });

  it.each([
    ['{"UserName":"AL2002","Password":"p","CompanyName":"c","Version":"V1"}', '["AL2002","p","c"]'],
    ['{"CompanyName":"c","password":"p","UserName":"AL2002"}', '["AL2002","p","c"]'],
    ['{"UserName":"AL2002"}', '["AL2002",null,null]'],
  ])('can be compared with another, and is shown to nobody: %s', (body, text) => {
    const message = read(LOGIN, body);
    expect(message.type === 'login' && message.login.reveal()).toBe(text);
    expect(JSON.stringify(message)).not.toContain('"p"');
  });

  it('keeps what else it holds, but not the password', () => {
    const body = '{"UserName":"AL2002","Password":"p","password":"q","CompanyName":"x","Version":"V1"}';
    expect(read(LOGIN, body)).toEqual(login('AL2002', 'x {"Version":"V1"}'));
  });

  it('names the battery and its company, and says nothing of the password', () => {
    const message = read(LOGIN, fixture('1-1-2.login.json'));
    expect(message).toEqual(login('AL2002021010101', 'AlphaESS'));
  });

  it.skipIf(!HAVE_SAMPLES)('was captured so (skipped without ../shared/samples)', () => {
    expect(read(LOGIN, sample('1-1-2.json'))).toEqual(login('serialnumber', 'AlphaESS'));
  });

  it.each([
    ['a lower-case password', '{"UserName":"AL2002","password":"x","CompanyName":"Neovolt"}', 'AL2002', 'Neovolt'],
    ['no password and no company', '{"UserName":"AL2002"}', 'AL2002', ''],
    ['the company null', '{"UserName":"AL2002","CompanyName":null}', 'AL2002', ''],
    ['a number for a name', '{"UserName":20021,"CompanyName":5}', '20021', '5'],
    ['the name twice', '{"UserName":"AL1","UserName":"AL2"}', 'AL2', ''],
    ['a malformed name', '{"UserName":""AL2002","Password":"x"}', 'AL2002', ''],
    ['a name of 64 letters', `{"UserName":"${'A'.repeat(64)}"}`, 'A'.repeat(64), ''],
  ])('is taken with %s', (_what, body, serial, note) => {
    expect(read(LOGIN, body)).toEqual(login(serial, note));
  });

  it.each([
    ['null', 'null'],
    ['empty', '""'],
    ['blank', '"  "'],
    ['longer than any serial number', `"${'A'.repeat(65)}"`],
    ['unprintable', '"AL\\u00002002"'],
    ['two lines', '"AL\\n2002"'],
    ['not ASCII', '"ÄL2002"'],
    ['padded', '" AL2002"'],
  ])('without a battery is one whose name is %s', (_what, name) => {
    expect(read(LOGIN, `{"UserName":${name},"CompanyName":"x"}`)).toEqual(login(null, 'x'));
  });

  it.each(['{}', '{"Password":"x"}', '{"__proto__":{"UserName":"AL2002"}}', '{"username":"AL2002"}'])(
    'is unreadable without a name: %s',
    (body) => {
      expect(read(LOGIN, body)).toEqual(UNREADABLE);
    },
  );
});

describe('a request for the configuration', () => {
  it.each([
    ['{"SN":"AL2002021010101"}', 'AL2002021010101'],
    ['{ "SN" : "AL2002" }', 'AL2002'],
    ['{"SN":""AL2002""}', 'AL2002'],
    ['{"SN":2002}', '2002'],
    ['{"SN":"A1","SN":"B1"}', 'B1'],
    ['{"SN":null}', null],
    ['{"SN":""}', null],
    ['{"SN":" "}', null],
    ['{}', null],
    ['{"Other":"x"}', null],
  ])('%s comes from %j', (body, serial) => {
    expect(read(ASK, body)).toEqual({ type: 'configuration_request', serial, partly: body.includes('Other') });
  });

  it('does not take a nested or endless serial number', () => {
    expect(read(ASK, `{"SN":"${'A'.repeat(65)}"}`)).toEqual({
      type: 'configuration_request',
      serial: null,
      partly: false,
    });
    expect(read(ASK, `{"SN":{"a":"${'A'.repeat(65)}"}}`)).toEqual({
      type: 'configuration_request',
      serial: null,
      partly: false,
    });
  });
});

describe('a configuration', () => {
  it('is kept letter by letter, the key that comes twice included', () => {
    const text = fixture('1-1-4.config.json');
    expect(text.match(/"Generator":/g)).toHaveLength(2);
    expect(read(CONFIG, text)).toEqual({
      ...{ type: 'configuration', serial: 'AL2002021010101', text, bytes: null, partly: false },
    });
  });

  it.skipIf(!HAVE_SAMPLES)('was captured so (skipped without ../shared/samples)', () => {
    expect(read(CONFIG, sample('1-1-4.json'))).toMatchObject({ type: 'configuration', text: sample('1-1-4.json') });
  });

  it('needs no serial number', () => {
    const text = '{"GridCharge":"true"}';
    expect(read(CONFIG, text)).toMatchObject({ type: 'configuration', serial: null, text });
    expect(read(CONFIG, '{"SN":" ","gridcharge":null}')).toMatchObject({ type: 'configuration', serial: null });
  });

  it.each(['{}', '{"SN":"AL2002"}', '{"SN":"AL2002","Status":"Success"}', '{"SOC":"50.0"}', '{"MaxGridCharge":"0"}'])(
    'is unreadable where the battery says nothing of its settings: %s',
    (text) => {
      expect(read(CONFIG, text)).toEqual(unreadableOf(text.includes('AL2002') ? 'AL2002' : null));
    },
  );
});

describe('a live message', () => {
  it('is one reading, read in full', () => {
    const message = read(LIVE, fixture('1-1-16.live.json'));
    expect(message).toMatchObject({ type: 'readings', partly: false });
    expect(readingsOf(message)).toMatchObject([{ load_power: 418, soc: 71.2 }]);
  });

  it('with a malformed serial number is read all the same', () => {
    expect(read(LIVE, fixture('1-1-16.malformed-serial.json'))).toEqual(read(LIVE, fixture('1-1-16.live.json')));
  });

  it('may carry numbers and booleans for texts, nulls, and nested values, which are kept', () => {
    const message = read(LIVE, '{"SN":"AL1","SOC":50.4,"Ppv1":null,"Ppv2":true,"Pbat":-5,"A":[1,{"b":"c"}],"B":{}}');
    expect(readingsOf(message)).toMatchObject([{ soc: 50.4, pv1_power: null, pv2_power: null, battery_power: -5 }]);
    expect(message).toMatchObject({
      readings: [{ serial: 'AL1', rest: { Ppv1: null, Ppv2: 'true', A: '[1,{"b":"c"}]', B: '{}' } }],
    });
  });

  it('counts the last of a key given twice', () => {
    expect(readingsOf(read(LIVE, '{"SOC":"50.0","SOC":"60.0"}'))).toMatchObject([{ soc: 60 }]);
  });

  it('without a serial number or a time is a reading still', () => {
    expect(read(LIVE, '{"SOC":"50.0"}')).toMatchObject({ readings: [{ serial: null, batteryTime: null }] });
  });

  it.each([
    '{}',
    '{"SN":"AL2002","Time":"2021/03/24 10:01:52"}',
    '{"New":"5"}',
    '{"SOC":"x"}',
    '{"SOC":null}',
    '{"__proto__":{"SOC":"50.0"}}',
    '{"SN":"AL2002","BatV":"50.0"}',
  ])('is unreadable without one value: %s', (body) => {
    expect(read(LIVE, body)).toEqual(unreadableOf(body.includes('AL2002') ? 'AL2002' : null));
  });

  it('is read in part where a value nests too deeply to be a text: only the message as it came has that', () => {
    const nested = (depth: number) => `{"SOC":"50.0","Deep":${'['.repeat(depth)}${']'.repeat(depth)},"New":null}`;
    expect(read(LIVE, nested(10))).toMatchObject({
      partly: false,
      readings: [{ rest: { Deep: '[[[[[[[[[[]]]]]]]]]]' } }],
    });
    const message = read(LIVE, nested(200_000));
    expect(message).toMatchObject({ partly: true, readings: [{ rest: { Deep: null, New: null } }] });
    expect(readingsOf(message)).toMatchObject([{ soc: 50 }]);
  });
});

describe('a detail message', () => {
  it('is one reading, read in full', () => {
    expect(readingsOf(read(DETAIL, fixture('1-1-5.detail.json')))).toMatchObject([
      { load_power: 421, pv_energy: 9127.4 },
    ]);
  });

  it('knows fields that the live one does not', () => {
    expect(readingsOf(read(DETAIL, '{"BatV":"49.92"}'))).toMatchObject([{ battery_voltage: 49.92 }]);
  });
});

describe('a packet of history', () => {
  const HEADER = 'Date,Time,SN,SOC,Pbat';
  const ROW = '2021/03/24,10:01:52,AL2002,93.6,333.6600';
  const rows = (count: number) => Array.from({ length: count }, (_, index) => ROW.replace('93.6', `${index % 100}.0`));
  const packet = (...lines: string[]) => read(HISTORY, lines.join('\n'));

  it('is a reading a row, oldest first as it came', () => {
    const message = read(HISTORY, fixture('1-1-12.history.csv'));
    expect(message).toMatchObject({ type: 'readings', partly: false });
    expect(readingsOf(message).map((row) => [row.load_power, row.soc])).toEqual([
      [396, 54],
      [390, 54.4],
      [419, 54.4],
    ]);
  });

  it.skipIf(!HAVE_SAMPLES)('was captured so, without a line end behind (skipped without ../shared/samples)', () => {
    const message = read(HISTORY, sample('1-1-12.csv'));
    expect(message).toMatchObject({ partly: false });
    expect(readingsOf(message).map((row) => row.load_power)).toEqual([347, 380, 366]);
  });

  it('gives no reading it should not when it is cut at any place', () => {
    const text = `${HEADER}\n${ROW}\n${ROW}\n`;
    for (let cut = 0; cut < text.length; cut++) {
      const message = read(HISTORY, text.slice(0, cut));
      if (cut <= HEADER.length + 1 + ROW.lastIndexOf(',')) expect(message.type).toBe('unreadable');
      else expect(readingsOf(message).every((row) => row.soc === 93.6)).toBe(true);
    }
  });

  it.each([
    ['CRLF', `${HEADER}\r\n${ROW}\r\n${ROW}\r\n`, 2],
    ['CR', `${HEADER}\r${ROW}`, 1],
    ['NULs behind it', `${HEADER}\n${ROW}\0\0`, 1],
    ['a NUL behind each line', `${HEADER}\n\0${ROW}\n\0${ROW}\n\0`, 2],
    ['a byte order mark', `\ufeff${HEADER}\n${ROW}`, 1],
    ['no line end behind', `${HEADER}\n${ROW}`, 1],
    ['empty lines between', `\n${HEADER}\n\n${ROW}\n \n\n${ROW}\n`, 2],
    ['spaces in the header', `${HEADER.replaceAll(',', ' , ')}\n${ROW}`, 1],
    ['spaces in the rows', `${HEADER}\n ${ROW.replaceAll(',', ' , ')} `, 1],
    ['quotes', `"${HEADER.replaceAll(',', '","')}"\n"${ROW.replaceAll(',', '" , "')}"`, 1],
    ['another order of columns', `Pbat,SOC,Time,Date,SN\n333.6600,93.6,10:01:52,2021/03/24,AL2002`, 1],
    ['an unknown column', `${HEADER},New\n${ROW},x`, 1],
    ['columns without a name', `${HEADER},,\n${ROW},,`, 1],
    ['a comma at the end of the header only', `${HEADER},\n${ROW}`, 1],
    ['commas at the end of the row only', `${HEADER}\n${ROW},,`, 1],
    ['a column twice, of one value', `${HEADER},SOC\n${ROW},93.6`, 1],
    ['a signal of two numbers', `${HEADER},CSQ\n${ROW},99,99`, 1],
    ['a signal of two numbers and a comma', `${HEADER},CSQ,\n${ROW},99,99,`, 1],
    ['a signal of two numbers before others', `Date,Time,SN,CSQ,SOC,Pbat\n${ROW.replace(',93', ',21,0,93')}`, 1],
    ['no serial number', `Date,Time,SOC,Pbat\n2021/03/24,10:01:52,93.6,333.6600`, 1],
    ['the whole time in one column', `Time,SOC,Pbat\n2021/03/24 10:01:52,93.6,333.6600`, 1],
  ])('is read in full with %s', (_what, body, count) => {
    const message = read(HISTORY, body);
    expect(message).toMatchObject({ type: 'readings', partly: false });
    expect(readingsOf(message)).toHaveLength(count);
    for (const row of readingsOf(message)) expect(row).toMatchObject({ soc: 93.6, battery_power: 333.66 });
  });

  it('takes a signal of two numbers for one value', () => {
    const message = read(HISTORY, `${HEADER},CSQ\n${ROW},99,99`);
    const [reading] = message.type === 'readings' ? message.readings : [];
    expect(reading).toMatchObject({ serial: 'AL2002', rest: null });
    expect(reading?.values).toContain('99,99');
  });

  it.each([
    ['only a header', HEADER, null],
    ['only a header and its line end', `${HEADER}\n`, null],
    ['no header', ROW, null],
    ['two rows without a header', `${ROW}\n${ROW}`, null],
    ['only rows with a cell missing', `${HEADER}\n${ROW.replace(',93.6', '')}\n`, 'AL2002'],
    ['only rows with a cell too many', `${HEADER}\n${ROW},5`, 'AL2002'],
    ['only rows with many cells too many', `${HEADER}\n${ROW},1,2,3,4,5`, null],
    ['only rows without a time', `${HEADER}\n,,AL2002,93.6,333.6600`, 'AL2002'],
    ['only the time of day', `Time,SN,SOC\n10:01:52,AL2002,93.6`, 'AL2002'],
    ['only rows without a value', `${HEADER}\n2021/03/24,10:01:52,AL2002,,`, 'AL2002'],
    ['no column that is known', 'Date,Time,sn,New\n2021/03/24,10:01:52,AL2002,5', 'AL2002'],
    ['a serial number that is none', 'Date,Time,SN,New\n2021/03/24,10:01:52,(null),5', null],
    ['semicolons', `${HEADER}\n${ROW}`.replaceAll(',', ';'), null],
    ['white space', ' \r\n ', null],
    ['nothing', '', null],
  ])('is unreadable with %s', (_what, body, serial) => {
    expect(read(HISTORY, body)).toEqual(unreadableOf(serial));
  });

  it.each([
    ['has a bad date', ROW.replace('03/24', '02/30')],
    ['has no date', ROW.replace('2021/03/24', '')],
    ['misses a cell', ROW.replace(',93.6', '')],
    ['has a cell too many', `${ROW},5`],
    ['says nothing', '2021/03/24,10:01:52,AL2002,,'],
    ['is a header once more', HEADER],
    ['is no row', 'x'],
  ])('is read in part where one row of three %s', (_what, bad) => {
    for (const lines of [
      [bad, ROW, ROW],
      [ROW, bad, ROW],
      [ROW, ROW, bad],
    ]) {
      const message = packet(HEADER, ...lines, '');
      expect(message).toMatchObject({ type: 'readings', partly: true });
      expect(readingsOf(message)).toHaveLength(2);
    }
  });

  it('is kept beside what is read where a column stands twice with two values, or has a value and no name', () => {
    const twice = read(HISTORY, `${HEADER},SOC\n${ROW},50.0`);
    expect(twice).toMatchObject({ partly: true });
    expect(readingsOf(twice)).toMatchObject([{ soc: null, battery_power: 333.66 }]);
    const nameless = read(HISTORY, `${HEADER},,New\n${ROW},x,y`);
    expect(nameless).toMatchObject({ partly: true, readings: [{ rest: { New: 'y' } }] });
    expect(readingsOf(nameless)).toMatchObject([{ soc: 93.6, battery_power: 333.66 }]);
  });

  it('has no sum of which a part cannot be read', () => {
    const header = 'Date,Time,SN,Ppv1,Ppv2,PmeterL1,PrealL1';
    const row = '2021/03/24,10:01:52,AL2002,100,20,-3,90';
    expect(readingsOf(packet(header, row))).toMatchObject([{ pv_power: 120, load_power: 87 }]);
    expect(readingsOf(packet(header, row.replace('20,-3', 'nan,-3')))).toMatchObject([
      { pv1_power: 100, pv2_power: null, pv_power: null, load_power: 87 },
    ]);
  });

  it('is read up to a day’s minutes, and says when there was more', () => {
    const day = packet(HEADER, ...rows(1440));
    expect(day).toMatchObject({ partly: false });
    expect(readingsOf(day)).toHaveLength(1440);
    const more = packet(HEADER, ...rows(2000));
    expect(more).toMatchObject({ partly: true });
    expect(readingsOf(more)).toHaveLength(1440);
    expect(readingsOf(more).at(-1)).toMatchObject({ soc: 39 });
  });

  it('keeps cells as they came where they are odd', () => {
    const message = packet(HEADER, '2021/03/24,10:01:52,AL2002 x,93.60000000000000001,5"');
    expect(message).toMatchObject({
      partly: false,
      readings: [{ serial: 'AL2002 x', rest: { SOC: '93.60000000000000001', Pbat: '5"' } }],
    });
  });
});

describe('a packet of history whose rows have other cells than its names', () => {
  /** The first row of fixtures/, whose state of the controller, a word, is the 69th of 82 cells. */
  const [header = '', row = ''] = fixture('1-1-12.history.csv').split('\n');
  const cells = row.split(',');
  const names = header.split(',');
  const [WHOLE = {}] = readingsOf(read(HISTORY, `${header}\n${row}\n`));
  const rowOf = (change: (cells: string[]) => void, end = '\n') => {
    const copy = [...cells];
    change(copy);
    const message = read(HISTORY, `${header}\n${copy.join()}${end}`);
    const [values] = message.type === 'readings' ? readingsOf(message) : [];
    return { message, values };
  };

  it('has the word where it is said to be', () => {
    expect(names).toHaveLength(82);
    expect(names.indexOf('EmsStatus')).toBe(71);
    expect(cells[71]).toBe('Normal');
  });

  it('is read as far as a cell too many behind the word does not matter', () => {
    for (const at of [72, 75, 82]) {
      const { message, values } = rowOf((copy) => copy.splice(at, 0, '7'));
      expect(message).toMatchObject({ partly: true, readings: [{ serial: 'AL2002021010101' }] });
      expect(values).toMatchObject({ soc: WHOLE.soc, pv_power: WHOLE.pv_power, load_power: WHOLE.load_power });
      // The word itself may be one with a comma in it.
      expect(values).toMatchObject({ ems_status: null, inverter_battery_voltage: null });
    }
  });

  it('is read behind the word where a cell before it is missing, and not where it could be another', () => {
    const { message, values } = rowOf((copy) => copy.splice(3, 1));
    expect(message).toMatchObject({ partly: true, readings: [{ serial: 'AL2002021010101' }] });
    expect(values).toMatchObject({ ems_status: 'Normal', pv1_power: null, pv2_power: null, pv_power: null });
    expect(values?.load_power).toBeNull();
  });

  it('gives no value that the row does not have, wherever a cell is missing or too many', () => {
    for (let at = 3; at <= cells.length; at++) {
      for (const change of [
        (copy: string[]) => copy.splice(at, 0, '4711'),
        (copy: string[]) => copy.splice(at, 0, ''),
        (copy: string[]) => copy.splice(at, 0, '1', '2'),
        (copy: string[]) => copy.splice(at - 1, 1),
        (copy: string[]) => copy.splice(at - 1, 2),
      ]) {
        const { message, values = {} } = rowOf((copy) => change(copy));
        // A comma too many at the end says nothing.
        if (at === cells.length && message.type === 'readings' && !message.partly) expect(values).toEqual(WHOLE);
        for (const [name, value] of Object.entries(values)) {
          if (value !== null) expect([name, value, at]).toEqual([name, WHOLE[name], at]);
        }
      }
    }
  });

  it('gives the values that are whole, and their sums, where its last row ends early', () => {
    const text = `${header}\n${row}`;
    let most = 0;
    for (let cut = header.length + 1; cut < text.length; cut++) {
      const message = read(HISTORY, text.slice(0, cut));
      const isLast = cut > text.lastIndexOf(',');
      const [values = {}] = message.type === 'readings' ? readingsOf(message) : [];
      if (isLast) continue;
      for (const [name, value] of Object.entries(values)) {
        if (value !== null) expect([name, value, cut]).toEqual([name, WHOLE[name], cut]);
      }
      if (message.type === 'readings') expect(message.partly).toBe(true);
      most = Math.max(most, Object.values(values).filter((value) => value !== null).length);
    }
    expect(most).toBeGreaterThan(70);
  });

  it('is of no battery by its own words where its number could be another cell', () => {
    const { message } = rowOf((copy) => copy.splice(2, 1));
    expect(message).toMatchObject({ readings: [{ serial: null }], partly: true });
  });
});

describe('events', () => {
  const log = (content: string) => read(EVENT, JSON.stringify({ MsgType: 'EventLog', MsgContent: content }));
  const entry = (text: string, batteryTime: number | null, code: number | null, occurrence = 0) => ({
    ...{ name: 'EventLog', text, batteryTime, code, occurrence },
  });

  it('of the fixture log are sixteen, newest first', () => {
    const message = read(EVENT, fixture('1-1-9.eventlog.json'));
    if (message.type !== 'events') expect.unreachable();
    expect(message.events).toHaveLength(16);
    expect(message.events[0]).toEqual(entry('24/06/12 12:03:41 41', utc(2024, 5, 12, 12, 3, 41), 41));
    expect(message.events[15]).toEqual(entry('24/06/12 08:39:41 42', utc(2024, 5, 12, 8, 39, 41), 42));
    expect(message.events.filter((event) => event.code === 30)).toHaveLength(7);
  });

  it.skipIf(!HAVE_SAMPLES)('were captured so (skipped without ../shared/samples)', () => {
    const message = read(EVENT, sample('1-1-9.json'));
    if (message.type !== 'events') expect.unreachable();
    expect(message.events).toHaveLength(16);
    expect(message.events[1]).toEqual(entry('21/03/24 20:55:21 29', utc(2021, 2, 24, 20, 55, 21), 29));
  });

  it('of the fixture restart are one, with the whole text', () => {
    const text = 'System is restart, reason:1 0 1 0 0 0!MAC:00:00:5E:00:53:2A!';
    expect(read(EVENT, fixture('1-1-9.system.json'))).toEqual({
      type: 'events',
      partly: false,
      events: [{ name: 'System', batteryTime: null, code: null, text, occurrence: 0 }],
    });
  });

  it.each([
    ['Socket', 'reset;by peer;'],
    ['Invented', ''],
    ['', '21/03/24 20:59:10 41;'],
    ['eventlog', '21/03/24 20:59:10 41;'],
  ])('of the type %j are one, not taken apart', (name, text) => {
    expect(read(EVENT, JSON.stringify({ MsgType: name, MsgContent: text }))).toEqual({
      type: 'events',
      partly: false,
      events: [{ name, batteryTime: null, code: null, text, occurrence: 0 }],
    });
  });

  it.each([
    ['garbage', 'hello'],
    ['a code of letters', '21/03/24 20:59:10 4x'],
    ['a code below zero', '21/03/24 20:59:10 -1'],
    ['a code of seven digits', '21/03/24 20:59:10 1234567'],
    ['no code', '21/03/24 20:59:10'],
    ['no date', '20:59:10 41'],
    ['a date on no calendar', '21/02/30 20:59:10 41'],
    ['an hour on no clock', '21/03/24 24:00:00 41'],
    ['two spaces', '21/03/24  20:59:10 41'],
    ['something behind', '21/03/24 20:59:10 41 x'],
    ['a comma', '21/03/24 20:59:10,41'],
  ])('with %s among them keep that entry as text', (_what, bad) => {
    const good = '21/03/24 20:59:10 41';
    expect(log(`${good};${bad};${good.replace('41', '42')};`)).toEqual({
      type: 'events',
      partly: false,
      events: [
        entry(good, utc(2021, 2, 24, 20, 59, 10), 41),
        entry(bad, null, null),
        entry('21/03/24 20:59:10 42', utc(2021, 2, 24, 20, 59, 10), 42),
      ],
    });
  });

  it.each([0, 7, 999_999])('may have the code %i', (code) => {
    expect(log(`21/03/24 20:59:10 ${code};`)).toMatchObject({ events: [{ code }] });
  });

  it('that are equal are told apart by their occurrence', () => {
    const [a, b] = ['21/03/24 20:59:10 41', 'x'];
    const message = log(`${a};${b};${a}; ${b} ;${a};__proto__;__proto__;`);
    if (message.type !== 'events') expect.unreachable();
    expect(message.events.map(({ text, occurrence }) => [text, occurrence])).toEqual([
      ...[[a, 0] as const, [b, 0] as const, [a, 1] as const, [b, 1] as const, [a, 2] as const],
      ...[['__proto__', 0] as const, ['__proto__', 1] as const],
    ]);
  });

  it('may be none', () => {
    for (const content of ['', ';', ' ; ;; '])
      expect(log(content)).toEqual({ type: 'events', events: [], partly: false });
  });

  it('need no semicolon behind the last, and may come on lines', () => {
    const message = log('21/03/24 20:59:10 41;\n21/03/24 20:55:21 29');
    expect(message).toMatchObject({ events: [{ code: 41 }, { code: 29 }] });
  });

  it('are taken to a thousand, and not beyond: that is no log', () => {
    const thousand = '21/03/24 20:59:10 41;'.repeat(1000);
    const message = log(thousand);
    if (message.type !== 'events') expect.unreachable();
    expect(message.events.at(-1)).toMatchObject({ occurrence: 999 });
    expect(log(`${thousand}x`)).toEqual(UNREADABLE);
  });

  it('may be written with numbers', () => {
    expect(read(EVENT, '{"MsgType":5,"MsgContent":7}')).toMatchObject({ events: [{ name: '5', text: '7' }] });
  });

  it.each([
    '{}',
    '{"MsgType":"System"}',
    '{"MsgContent":"x"}',
    '{"MsgType":null,"MsgContent":"x"}',
    '{"MsgType":"EventLog","MsgContent":null}',
  ])('are unreadable without type and content: %s', (body) => {
    expect(read(EVENT, body)).toEqual(UNREADABLE);
  });
});

describe('MessageReader', () => {
  const wires = FIELDS.flatMap((field) => field.wire);
  const key = fc.oneof(
    fc.constantFrom(...wires),
    fc.constantFrom('UserName', 'CompanyName', 'MsgType', 'MsgContent', '__proto__', 'constructor', ''),
    fc.string(),
  );
  const value = fc.oneof(
    fc.constantFrom(
      '0',
      '-0',
      '0.0',
      '1e999',
      '99,99',
      'true',
      '2021/03/24 10:01:52',
      '21/03/24 10:01:52 41;',
      'EventLog',
    ),
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: fc.constantFrom(...'0123456789.-+eE /:;') }),
  );
  const json = fc.dictionary(key, value, { maxKeys: 30 }).map((object) => JSON.stringify(object));
  const cell = fc.oneof(
    fc.constantFrom('2021/03/24', '10:01:52', '5', '93.6', '', 'AL2002', '17042704', 'x'),
    fc.string(),
  );
  const line = fc.array(cell, { maxLength: 6 }).map((cells) => cells.join(','));
  const header = fc.uniqueArray(fc.constantFrom('Date', 'Time', 'SN', 'SOC', 'Pbat', 'VcellLow', 'New', ''), {
    maxLength: 6,
  });
  const csv = fc
    .tuple(header, fc.array(line, { maxLength: 6 }), fc.constantFrom('\n', '\r\n'))
    .map(([keys, lines, end]) => [keys.join(','), ...lines].join(end));
  const bytes = fc.uint8Array({ maxLength: 100 });
  const command = fc.oneof(fc.constantFrom(...READABLE), fc.nat(255));
  const types = ['ping', 'login', 'configuration_request', 'configuration', 'readings', 'events', 'unreadable'];

  it('never throws, whatever the command and the body, and says what it is in one of its words', () => {
    const reader = new MessageReader(new FormBook());
    fc.assert(
      fc.property(
        command,
        fc.oneof(json, csv, bytes, fc.string(), fc.json()),
        fc.constantFrom(1, 2),
        (number, body, type) => {
          const message = reader.read(frame(number, body, type));
          expect(types).toContain(message.type);
          if (message.type !== 'readings') return;
          expect(message.readings.length).toBeGreaterThan(0);
          for (const { values, serial } of message.readings) {
            expect(serial).not.toBe('');
            for (const read of values)
              expect(read === null || typeof read === 'string' || Number.isFinite(read)).toBe(true);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('reads a message the same whatever it read before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(command, fc.oneof(json, csv)), { maxLength: 6 }), (messages) => {
        const reader = new MessageReader(new FormBook());
        for (const [number, body] of messages) {
          expect(reader.read(frame(number, body))).toEqual(read(number, body));
        }
      }),
    );
  });

  it('gives every row of history that has a time and a value, and no more, whatever stands between', () => {
    const good = fc.constantFrom('2021/03/24,10:01:52,93.6', '2021/03/24,10:02:52,50.0');
    const bad = fc.constantFrom(
      '',
      'x',
      '2021/03/24,10:01:52',
      '2021/02/30,10:01:52,93.6',
      ',,',
      '2021/03/24,10:01:52,',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(good, bad), { maxLength: 12 }), (lines) => {
        const message = read(HISTORY, ['Date,Time,SOC', ...lines].join('\n'));
        const rows = lines.filter((text) => /^2021\/03\/24,.*\d\.\d$/.test(text)).length;
        if (rows === 0) expect(message).toEqual(UNREADABLE);
        else expect(readingsOf(message)).toHaveLength(rows);
        if (message.type === 'readings')
          expect(message.partly).toBe(
            lines.some((text) => (text !== '' && !/\.\d$/.test(text)) || text.includes('02/30')),
          );
      }),
    );
  });

  it('is done with 64 KiB of anything in no time', () => {
    const pieces = [
      '{"a":',
      '":"",',
      ',',
      '\n',
      '1',
      ';',
      ' ',
      '21/03/24 10:01:52 41;',
      'Date,Time\n',
      '2021/03/24,',
      '""',
    ];
    for (const number of READABLE) {
      for (const piece of pieces) {
        const filling = piece.repeat(65_000 / piece.length);
        for (const body of [
          filling,
          `{"SOC":${JSON.stringify(filling)},"SN":${JSON.stringify(filling)}}`,
          `Date,Time,SOC\n${filling}`,
        ]) {
          read(number, body);
        }
      }
    }
    const digits = '9'.repeat(65_000);
    for (let i = 0; i < 20; i++) expect(read(LIVE, `{"SOC":"${digits}x"}`)).toEqual(UNREADABLE);
  });
});

describe('unknown fields', () => {
  const TIME = '2024/06/12 12:04:10';
  const status = (text: string) => JSON.stringify({ Time: TIME, SN: 'AL2002', Ppv1: '1', Odd: text });

  it('of 8,000 letters, names included, are kept with the reading; of more only the message as it came', () => {
    for (const command of [LIVE, DETAIL]) {
      const most = read(command, status('x'.repeat(7997)));
      expect(most).toMatchObject({ partly: false, readings: [{ serial: 'AL2002', rest: { Odd: 'x'.repeat(7997) } }] });
      const more = read(command, status('x'.repeat(7998)));
      expect(more).toMatchObject({ partly: true, readings: [{ serial: 'AL2002', rest: null, form: null }] });
      expect(readingsOf(more)).toEqual(readingsOf(most));
    }
  });

  it('are counted by their names, and where they have no value', () => {
    const body = JSON.stringify({ Time: TIME, SN: 'AL2002', Ppv1: '1', ['x'.repeat(8001)]: null });
    expect(read(LIVE, body)).toMatchObject({ partly: true, readings: [{ rest: null, form: null }] });
  });

  it('are counted in each row of history', () => {
    const [long, short] = ['x'.repeat(7998), 'x'.repeat(7997)];
    const rows = [long, short].map((odd) => `2024/06/12,12:04:10,AL2002,1,${odd}`);
    const message = read(HISTORY, ['Date,Time,SN,Ppv1,Odd', ...rows].join('\n'));
    expect(message).toMatchObject({ partly: true, readings: [{ rest: null, form: null }, { rest: { Odd: short } }] });
  });
});
