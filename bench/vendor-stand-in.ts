/**
 * A vendor's server that is none, in a process of its own: `PORT hanging` never reads, `PORT flooding` sends all the time, as fast as it is read.
 */
import { createServer, type Socket } from 'node:net';
import { encodeFrame, RESPONSE } from '../src/protocol/frame.ts';

const [port, how] = process.argv.slice(2);
const FRAME = encodeFrame(RESPONSE, 16, Buffer.from('{"Status":"Success"}'));
const MANY = Buffer.concat(Array.from({ length: 1000 }, () => FRAME));

createServer((socket) => {
  socket.on('error', () => {});
  if (how === 'hanging') socket.pause();
  else flood(socket.resume());
}).listen(Number(port), '127.0.0.1');

function flood(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.write(MANY)) setImmediate(flood, socket);
  else socket.once('drain', () => flood(socket));
}
