/**
 * A name server on this machine's loopback that answers as the test says; its packets are made by hand (RFC 1035, 4).
 */
import { createSocket, type Socket } from 'node:dgram';
import { onTestFinished } from 'vitest';

/** Of a name: its addresses of IPv4; `nothing` there, or no answer at all. */
export type Zone = Readonly<Record<string, readonly string[] | 'nothing' | 'silence'>>;

const TYPE_A = 1;
const NO_SUCH_NAME = 3;

export class NameServer {
  zone: Zone;
  ttl = 60;
  /** Names that were asked for, with the type. */
  readonly asked: string[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket, zone: Zone) {
    this.#socket = socket;
    this.zone = zone;
    socket.on('message', (packet, { port, address }) => {
      const answer = this.#answer(packet);
      if (answer !== null) socket.send(answer, port, address);
    });
    onTestFinished(() => void socket.close());
  }

  static async of(zone: Zone): Promise<NameServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new NameServer(socket, zone);
  }

  /** As a resolver is told. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  #answer(packet: Buffer): Buffer | null {
    const labels: string[] = [];
    let at = 12;
    for (let length = packet[at] ?? 0; length > 0; length = packet[at] ?? 0) {
      labels.push(packet.toString('latin1', at + 1, at + 1 + length));
      at += length + 1;
    }
    const name = labels.join('.').toLowerCase();
    const type = packet.readUInt16BE(at + 1);
    this.asked.push(`${name} ${type === TYPE_A ? 'A' : 'AAAA'}`);
    const found = this.zone[name] ?? 'nothing';
    if (found === 'silence') return null;
    const addresses = found === 'nothing' || type !== TYPE_A ? [] : found;
    const header = Buffer.alloc(12);
    packet.copy(header, 0, 0, 2);
    // An answer, recursion wanted and available.
    header.writeUInt16BE(0x8180 | (found === 'nothing' ? NO_SUCH_NAME : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    const question = packet.subarray(12, at + 5);
    return Buffer.concat([header, question, ...addresses.map((address) => this.#record(address))]);
  }

  /** The name as a pointer to the question, type A, class IN, TTL, four bytes. */
  #record(address: string): Buffer {
    const record = Buffer.alloc(16);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(TYPE_A, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(this.ttl, 6);
    record.writeUInt16BE(4, 10);
    address.split('.').forEach((part, index) => void record.writeUInt8(Number(part), 12 + index));
    return record;
  }
}
