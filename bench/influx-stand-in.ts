/**
 * Takes what an InfluxDB takes, and keeps nothing: `node influx-stand-in.ts PORT`.
 */
import { createServer } from 'node:http';

createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(204).end());
}).listen(Number(process.argv[2]), '127.0.0.1');
