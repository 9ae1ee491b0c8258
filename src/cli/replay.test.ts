import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeIo, run } from '../../test/io.ts';
import { temporaryFolder } from '../../test/records.ts';
import { bytesOf, fixture, frameByHand, hexOf, joined } from '../../test/wire.ts';

const SUCCESS = '{"Status":"Success"}';
const of = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));

afterEach(() => {
  vi.useRealTimers();
});

/** A server that does with each chunk as it is told. @returns its address and all it received */
async function server(reply: (chunk: Buffer, socket: Socket) => void) {
  const heard: Buffer[] = [];
  const listening = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heard.push(chunk as Buffer);
      reply(chunk as Buffer, socket);
    });
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void listening.close());
  const { port } = listening.address() as { port: number };
  return { to: `127.0.0.1:${port}`, heard: () => hexOf(Buffer.concat(heard)) };
}

const succeeding = () => server((chunk, socket) => void socket.write(frameByHand(2, chunk[2] ?? 0, SUCCESS)));

/** A message in a file of that name. */
function fileNamed(name: string, body: string | Uint8Array = '{}'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, body);
  return file;
}

describe('messages', () => {
  it('are sent in their order, each after the answer to the one before, which is shown', async () => {
    const { to, heard } = await succeeding();
    const files = ['1-1-2.login.json', '1-1-16.live.json', '1-1-12.history.csv'];
    expect(await run(['replay', '--to', to, ...files.map(of)])).toEqual({
      code: 0,
      out: [
        '1-1-2.login.json → 1,2,2 {"Status":"Success"}\n',
        '1-1-16.live.json → 1,2,16 {"Status":"Success"}\n',
        '1-1-12.history.csv → 1,2,12 {"Status":"Success"}\n',
      ].join(''),
      err: '',
    });
    expect(heard()).toBe(
      hexOf(joined([2, 16, 12].map((command, index) => frameByHand(1, command, fixture(files[index] ?? ''))))),
    );
  });

  it('are answered with whatever a server likes, which steers no terminal', async () => {
    const { to } = await server((chunk, socket) => {
      socket.write(frameByHand(2, chunk[2] ?? 0, '{"Status":"\u202e\u001b[2J\u009b"}\n'));
    });
    const { out } = await run(['replay', '--to', to, of('1-1-2.login.json')]);
    expect(out).toBe('1-1-2.login.json → 1,2,2 {"Status":"\ufffd\ufffd[2J\ufffd"} \n');
  });

  it('may be far from what a battery sends: any header will do', async () => {
    const { to, heard } = await succeeding();
    const { out } = await run(['replay', '--to', to, fileNamed('7-1-200.json', 'x')]);
    expect(out).toBe('7-1-200.json → 1,2,200 {"Status":"Success"}\n');
    expect(heard()).toMatch(/^0701c80000000178[0-9a-f]{4}$/);
  });

  it('that are responses are sent, and no answer is waited for', async () => {
    const { to, heard } = await server(() => {});
    const file = fileNamed('1-2-8.order.json', SUCCESS);
    expect(await run(['replay', '--to', to, file])).toEqual({
      code: 0,
      out: '1-2-8.order.json → sent; a response is not answered\n',
      err: '',
    });
    await vi.waitFor(() => expect(heard()).toBe(hexOf(frameByHand(2, 8, SUCCESS))));
  });

  it('wait for the pause that was asked for', async () => {
    const { to } = await succeeding();
    const file = of('1-1-16.live.json');
    const { code, out } = await run(['replay', '--to', to, '--delay', '0.01s', file, file]);
    expect([code, out.split('\n').length]).toEqual([0, 3]);
  });
});

describe('an answer', () => {
  it('is the one to the message, whatever else comes, in whatever pieces', async () => {
    const frame = frameByHand(2, 16, SUCCESS);
    const { to } = await server((_chunk, socket) => {
      socket.write(frameByHand(1, 8, '{"Command":"Resume"}'));
      socket.write(frame.subarray(0, 9));
      setTimeout(() => socket.write(frame.subarray(9)), 20);
    });
    const { code, out } = await run(['replay', '--to', to, of('1-1-16.live.json')]);
    expect([code, out]).toEqual([0, '1-1-16.live.json → 1,2,16 {"Status":"Success"}\n']);
  });

  it('that is no text is shown in hexadecimal', async () => {
    const { to } = await server((_chunk, socket) => void socket.write(frameByHand(2, 16, bytesOf('ff00'))));
    expect((await run(['replay', '--to', to, of('1-1-16.live.json')])).out).toBe('1-1-16.live.json → 1,2,16 ff00\n');
  });

  it('that never comes because the server hangs up is a failure', async () => {
    const { to } = await server((_chunk, socket) => void socket.destroy());
    const files = ['1-1-2.login.json', '1-1-16.live.json'];
    expect(await run(['replay', '--to', to, ...files.map(of)])).toEqual({
      code: 1,
      out: files.map((file) => `${file} → no answer\n`).join(''),
      err: '',
    });
  });

  it('is not waited for for ever', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    let asked = false;
    const { to } = await server(() => {
      asked = true;
    });
    const io = new FakeIo();
    const ended = io.run('replay', '--to', to, of('1-1-16.live.json'));
    while (!asked) await new Promise(setImmediate);
    vi.advanceTimersByTime(4999);
    await new Promise(setImmediate);
    expect(io.out).toBe('');
    vi.advanceTimersByTime(1);
    expect(await ended).toBe(1);
    expect(io.out).toBe('1-1-16.live.json → no answer\n');
  });
});

describe('what cannot be sent is said in one sentence', () => {
  it.each(['live.json', '1-1.json', '1-1-16.txt', '1-1-256.json', 'x1-1-16.json', '1-1-16'])(
    'where its name tells no header: %s',
    async (name) => {
      expect(await run(['replay', fileNamed(name)])).toEqual({
        code: 1,
        out: '',
        err: `alphaess-local: ${name} is not named by its header: expected such as 1-1-16.json or 1-1-12.noon.csv [FILE_UNREADABLE]\n`,
      });
    },
  );

  it('where there is no such file', async () => {
    const file = join(temporaryFolder(), '1-1-16.none.json');
    expect(await run(['replay', file])).toEqual({
      code: 1,
      out: '',
      err: `alphaess-local: there is no file ${file}: check its path [FILE_UNREADABLE]\n`,
    });
  });

  it('where no server answers', async () => {
    expect(await run(['replay', '--to', '127.0.0.1:1', of('1-1-16.live.json')])).toEqual({
      code: 1,
      out: '',
      err: 'alphaess-local: no server answers at 127.0.0.1:1 (ECONNREFUSED): start one, or give --to [SERVER_UNREACHABLE]\n',
    });
  });
});
