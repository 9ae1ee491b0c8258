/**
 * The yardstick: a Node server that looks at nothing and answers every read with a reply of a reply's length.
 */
import { createServer } from 'node:net';

const REPLY = Buffer.alloc(29, 1);

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(REPLY));
  socket.on('error', () => {});
});
server.listen(Number(process.argv[2]), '127.0.0.1');
