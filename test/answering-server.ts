/**
 * What a command takes for the running server of a data folder: it answers as a test says, and remembers what it was asked.
 */
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { ServerFile } from '../src/app/server-file.ts';
import { temporaryFolder } from './records.ts';

/** Each request gets the next of these, the last again and again. @returns its data folder, and what it was asked */
export async function answering(...answers: readonly object[]): Promise<{ data: string; asked: string[] }> {
  const asked: string[] = [];
  const left = [...answers];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      const isSession = request.url === '/api/session';
      if (!isSession) asked.push(`${request.method} ${request.url} ${body}`);
      const answer = isSession ? { role: 'control' } : left.length > 1 ? left.shift() : left[0];
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const data = temporaryFolder();
  const { port } = server.address() as { port: number };
  new ServerFile(data).write({ host: '127.0.0.1', port, basePath: '/' });
  return { data, asked };
}
