import { describe, expect, it } from 'vitest';
import { BEGUN_MS } from '../../test/captures/dialogues.ts';
import { pcap } from '../../test/captures/files.ts';
import { ENDS, recorded, type Said, talk } from '../../test/captures/network.ts';
import { toldOf } from '../../test/dialogue.ts';
import { fixture, frameByHand } from '../../test/wire.ts';
import { type CaptureItem, readerOf } from '../capture/capture-reader.ts';
import { recognise } from '../capture/recognise.ts';
import type { StoreRecord } from '../model.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { Batteries } from '../session/batteries.ts';
import { Session } from '../session/session.ts';
import { OverheardConnections, type OverheardOutput } from './overheard-connections.ts';

const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));
const LOGIN = frameByHand(1, 2, fixture('1-1-2.login.json'));
const SUCCESS = frameByHand(2, 16, '{"Status":"Success"}');
const ORDER = frameByHand(1, 8, '{"Command":"SyncTime","CmdIndex":"1"}');

const battery = (bytes: Uint8Array, seconds: number): Said => ({ way: 'from_battery', bytes, ms: at(seconds) });
const server = (bytes: Uint8Array, seconds: number): Said => ({ way: 'to_battery', bytes, ms: at(seconds) });
const at = (seconds: number) => BEGUN_MS + seconds * 1000;
const instant = (ms: number) => ({ wallMs: ms, monoMs: ms - BEGUN_MS });

function itemsOf(input: Uint8Array): CaptureItem[] {
  const reader = readerOf(recognise(input.subarray(0, 4096)), 7777);
  return reader === null ? [] : [...reader.read(input), ...reader.end()];
}

class Heard {
  readonly outputs: (readonly [number, OverheardOutput])[] = [];
  readonly loaded: string[] = [];
  readonly ended: number[] = [];
  readonly connections: OverheardConnections;
  readonly #batteries: Batteries;
  #opened = 0;

  constructor(kept = 0) {
    const batteries = new Batteries(10, { kept });
    this.#batteries = batteries;
    const forms = new FormBook();
    this.connections = new OverheardConnections({
      open: (_connection, now) => {
        const number = 100 + ++this.#opened;
        return { number, session: new Session({ connection: number, batteries, forms, isOverheard: true }, now) };
      },
      take: (outputs, connection) => this.outputs.push(...outputs.map((output) => [connection, output] as const)),
      ended: (connection) => this.ended.push(connection),
      load: async (serial) => {
        expect(this.#batteries.get(serial)).toBeNull();
        this.loaded.push(serial);
      },
    });
  }

  async hear(items: readonly CaptureItem[]): Promise<this> {
    let last = BEGUN_MS;
    for (const item of items) {
      last = item.ms ?? last;
      await this.connections.hear(item, instant(last));
    }
    this.connections.end(instant(last));
    return this;
  }

  /** What was kept, in a word each, and on which connection. */
  get kept(): string[] {
    return this.outputs.flatMap(([connection, output]) =>
      output.type === 'record' ? [`${connection} ${nameOf(output.record)}`] : [],
    );
  }
}

function nameOf(record: StoreRecord): string {
  if (record.type === 'bytes') return `${record.kept} ${record.direction}`;
  return record.type === 'event' ? record.name : record.type;
}

const withoutPeers = (kept: readonly string[]) => kept.filter((one) => !/ (peer|clock|identity)$/.test(one));

describe('a connection that is overheard', () => {
  it('is a session: its readings are kept, and what the other server orders', async () => {
    const said = [battery(LOGIN, 0), battery(LIVE, 10), server(SUCCESS, 10), server(ORDER, 11)];
    const heard = await new Heard().hear(itemsOf(pcap(recorded(talk(said)))));
    expect(withoutPeers(heard.kept)).toEqual([
      ...['101 connected', '101 login', '101 reading', '101 conversation to_battery', '101 disconnected'],
    ]);
    expect(heard.ended).toEqual([101]);
    expect(heard.connections.count).toBe(0);
  });

  it('never answers, asks or closes: nothing of that is handed on', async () => {
    const said = [battery(LOGIN, 0), battery(frameByHand(1, 3, '{"SN":"AL2002021010101"}'), 1)];
    const { outputs } = await new Heard().hear(itemsOf(pcap(recorded(talk(said)))));
    expect(new Set(outputs.map(([, { type }]) => type))).toEqual(new Set(['record']));
  });

  it('is another where the battery connects again', async () => {
    const first = talk([battery(LIVE, 0)]);
    const second = recorded(talk([battery(LIVE, 60)]), 'ethernet', { ...ENDS, batteryPort: 40_313 });
    const heard = await new Heard().hear(itemsOf(pcap([...recorded(first), ...second])));
    expect(heard.kept.filter((one) => one.endsWith('reading'))).toEqual(['101 reading', '102 reading']);
    expect(heard.ended).toEqual([101, 102]);
  });

  it('goes on behind bytes that are no frame, a wrong checksum and a frame that was cut', async () => {
    const wrong = Uint8Array.from(LIVE);
    wrong[20] = 0x23;
    const [first, ...rest] = talk([battery(LIVE, 0), battery(wrong, 10), battery(LIVE, 20), server(ORDER, 21)]);
    const noise = talk([
      battery(LIVE, 30),
      battery(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 31),
      battery(LIVE, 40),
    ]);
    const cut = talk([battery(LIVE.subarray(0, 100), 50)], { end: 'none' });
    const ends = (port: number) => ({ ...ENDS, batteryPort: port });
    const packets = [
      ...recorded(first === undefined ? [] : [first, ...rest]),
      ...recorded(noise, 'ethernet', ends(40_400)),
      ...recorded(cut, 'ethernet', ends(40_500)),
    ];
    const heard = await new Heard().hear(itemsOf(pcap(packets)));
    const codes = heard.outputs.flatMap(([number, output]) =>
      output.type === 'problem' ? [`${number} ${output.code}`] : [],
    );
    expect(codes).toEqual(['101 FRAME_CHECKSUM', '102 FRAME_HEADER', '103 FRAME_INCOMPLETE']);
    expect(heard.kept.filter((one) => one.endsWith('reading'))).toHaveLength(4);
    const bytes = heard.outputs.map(([, output]) => toldOf(output.type === 'record' ? output.record : output));
    expect(bytes.filter((one) => one.kept === 'discarded').map((one) => one.reason)).toEqual([
      ...['FRAME_CHECKSUM', 'FRAME_HEADER', 'FRAME_INCOMPLETE'],
    ]);
  });

  it.each([
    ['FRAME_TLS', Uint8Array.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc])],
    ['FRAME_HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['FRAME_INCOMPLETE', Uint8Array.from([1, 1, 16])],
  ])('may be no battery: %s', async (code, bytes) => {
    const heard = await new Heard().hear(itemsOf(pcap(recorded(talk([battery(bytes, 0)])))));
    expect(heard.outputs).toMatchObject([
      [101, { record: { reason: code } }],
      [101, { code }],
    ]);
  });

  it('that was recorded from its middle has the rest of a frame first', async () => {
    const said = [battery(LIVE.subarray(100), 0), battery(LIVE, 10)];
    const heard = await new Heard().hear(itemsOf(pcap(recorded(talk(said, { handshake: false, end: 'none' })))));
    expect(heard.outputs.find(([, { type }]) => type === 'problem')?.[1]).toMatchObject({ code: 'FRAME_INCOMPLETE' });
    expect(heard.kept.filter((one) => one.endsWith('reading'))).toHaveLength(1);
  });

  it('becomes stale at its moment, though nothing is recorded then', async () => {
    const heard = await new Heard().hear(itemsOf(pcap(recorded(talk([battery(LIVE, 0), server(ORDER, 500)])))));
    const stale = heard.outputs.map(([, output]) => toldOf(output.type === 'record' ? output.record : output));
    expect(stale.find((one) => one.name === 'stale')).toMatchObject({ receivedMs: at(90) });
  });

  it('has what is kept of its battery loaded before it is heard', async () => {
    const heard = await new Heard(1).hear(itemsOf(pcap(recorded(talk([battery(LIVE, 0), battery(LIVE, 10)])))));
    expect(heard.loaded).toEqual(['AL2002021010101']);
    expect(heard.kept.filter((one) => one.endsWith('reading'))).toHaveLength(2);
  });

  it('may be one that the recording does not tell: raw bytes', async () => {
    const raw = Buffer.concat([LOGIN, ORDER, LIVE, SUCCESS]);
    const heard = await new Heard().hear(itemsOf(raw));
    expect(withoutPeers(heard.kept)).toEqual([
      ...['101 connected', '101 login', '101 conversation to_battery', '101 reading', '101 disconnected'],
    ]);
  });
});
