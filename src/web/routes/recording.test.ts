import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity } from '../../../test/records.ts';
import { LOCAL_TOKEN, webOn } from '../../../test/web.ts';
import type { RecordingControl, RecordingView } from './recording.ts';

const T = 1_718_190_240_000;
const ISO = '2024-06-12T11:04:00.000Z';
const PAGE = { host: 'localhost', 'x-requested-by': 'a test', 'content-type': 'application/json' };
const COMMAND = { ...PAGE, authorization: `Local ${LOCAL_TOKEN}` };
const VIEW: RecordingView = {
  ...{ isRecording: true, isPrivate: false, sinceMs: T, untilMs: T + 600_000, frames: 3, dropped: 1 },
  files: [{ name: 'recording-1.pcapng', bytes: 400, sinceMs: T, isPrivate: false }],
};

async function web(recording: Partial<RecordingControl> = {}) {
  const { folder, store } = stored(identity());
  const asked: string[] = [];
  const made = await webOn(folder, store, {
    recording: {
      status: () => VIEW,
      start: async (minutes, isPrivate) => void asked.push(`${minutes} ${isPrivate}`),
      stop: async () => void asked.push('stop'),
      file: (name) => (name === 'recording-1.pcapng' ? Uint8Array.of(1, 2, 3) : null),
      ...recording,
    },
  });
  const order = (body: object, headers = PAGE) => made.ask('POST', '/api/recordings', headers, JSON.stringify(body));
  return { ...made, asked, order };
}

describe('recordings on the interface', () => {
  it('are listed', async () => {
    const { get } = await web();
    expect((await get('/api/recordings', PAGE)).json).toEqual({
      ...{ recording: true, private: false, since: ISO, until: '2024-06-12T11:14:00.000Z', frames: 3, dropped: 1 },
      files: [{ name: 'recording-1.pcapng', bytes: 400, since: ISO, private: false }],
    });
  });

  it('are begun and ended', async () => {
    const { order, asked } = await web();
    expect((await order({ action: 'start', minutes: 10 })).status).toBe(200);
    expect((await order({ action: 'stop' })).status).toBe(200);
    expect(asked).toEqual(['10 false', 'stop']);
  });

  it('have private values for a command on this machine alone, never for the page', async () => {
    const { order, asked } = await web();
    const body = { action: 'start', minutes: 10, private: true };
    expect((await order(body)).json).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(asked).toEqual([]);
    expect((await order(body, COMMAND)).status).toBe(200);
    expect(asked).toEqual(['10 true']);
  });

  it.each([
    {},
    { action: 'start' },
    { action: 'start', minutes: 0 },
    { action: 'start', minutes: 1441 },
    { action: 'start', minutes: 1, command: ['sh'] },
  ])('are not begun by %j', async (body) => {
    const { order, asked } = await web();
    expect([(await order(body)).status, asked]).toEqual([400, []]);
  });

  it('are given away, but for those that are not to be', async () => {
    const { get } = await web();
    const { status, headers, text } = await get('/api/recordings/recording-1.pcapng', PAGE);
    expect([status, headers['content-type'], text.length]).toEqual([200, 'application/x-pcapng', 3]);
    expect(headers['content-disposition']).toBe('attachment; filename="recording-1.pcapng"');
    expect((await get('/api/recordings/private-1.pcapng', PAGE)).status).toBe(404);
    expect((await get('/api/recordings/..%2Fserver.json', PAGE)).status).toBe(404);
  });
});
