import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Broker } from '../../../test/broker.ts';
import { brokerAt } from '../../../test/sink-settings.ts';
import { type MqttBroker, MqttLink, type MqttMessage } from './link.ts';

const WILL: MqttMessage = { topic: 'alphaess/bridge/state', payload: 'offline', retain: true };
const message = (payload: string): MqttMessage => ({ topic: 'alphaess/x', payload, retain: false });

interface Told {
  readonly link: MqttLink;
  /** `up`, `down CODE detail`, `heard topic payload`. */
  readonly story: string[];
}

function linkTo(url: string, broker: Partial<MqttBroker> = {}, subscriptions: readonly string[] = []): Told {
  const story: string[] = [];
  const link = new MqttLink(
    {
      broker: { ...brokerAt(url), ...broker },
      will: WILL,
      subscriptions,
      random: () => 0,
    },
    {
      up: () => void story.push('up'),
      down: (code, detail) => void story.push(`down ${code} ${detail}`),
      heard: (topic, payload) => void story.push(`heard ${topic} ${payload}`),
      denied: (topic) => void story.push(`denied ${topic}`),
    },
  );
  onTestFinished(() => link.stop(WILL, 100));
  link.start();
  return { link, story };
}

const tells = (story: readonly string[], ...wanted: readonly string[]) =>
  vi.waitFor(() => expect(story).toEqual(wanted), { timeout: 5000 });

describe('a connection to a broker', () => {
  it('confirms what the broker has taken', async () => {
    const broker = await Broker.start();
    const { link, story } = linkTo(broker.url);
    await tells(story, 'up');
    await link.publish({ topic: 'alphaess/x', payload: '1', retain: true });
    await link.publish(message('2'));
    expect(broker.published).toEqual([
      { topic: 'alphaess/x', payload: '1', retain: true, qos: 1 },
      { topic: 'alphaess/x', payload: '2', retain: false, qos: 1 },
    ]);
    expect(broker.clients).toEqual(['test']);
  });

  it('takes nothing before it is made', async () => {
    const { link } = linkTo('mqtt://127.0.0.1:1');
    await expect(link.publish(message('1'))).rejects.toThrow('not connected');
  });

  it('is made again when it broke; what was not confirmed is its sender’s again', async () => {
    const broker = await Broker.start();
    const { link, story } = linkTo(broker.url);
    await tells(story, 'up');
    broker.hold();
    const unconfirmed = link.publish(message('1'));
    broker.cut();
    await expect(unconfirmed).rejects.toThrow('the connection broke');
    expect(link.isUp).toBe(false);
    broker.release();
    await tells(story, 'up', 'down OUTPUT_UNREACHABLE the connection broke', 'up');
    await link.publish(message('2'));
    expect(broker.said('alphaess/x').at(-1)).toBe('2');
  });

  it('says what it may not hear, and goes on', async () => {
    const broker = await Broker.start({ denied: 'alphaess/+/set' });
    const { link, story } = linkTo(broker.url, {}, ['alphaess/+/set', 'homeassistant/status']);
    await tells(story, 'up', 'denied alphaess/+/set');
    broker.publish('alphaess/b3f1c2/set', '{}');
    broker.publish('homeassistant/status', 'online');
    await tells(story, 'up', 'denied alphaess/+/set', 'heard homeassistant/status online');
    await link.publish(message('1'));
  });

  it('is tried again while there is no broker', async () => {
    const away = await Broker.start();
    await away.kill();
    const { story } = linkTo(away.url);
    await tells(story, 'down OUTPUT_UNREACHABLE ECONNREFUSED');
    await Broker.start({ port: away.port });
    await tells(story, 'down OUTPUT_UNREACHABLE ECONNREFUSED', 'up');
  });

  it('leaves a will: the broker says it when we are gone without a word', async () => {
    const broker = await Broker.start();
    const { story } = linkTo(broker.url);
    await tells(story, 'up');
    broker.cut();
    await vi.waitFor(() => expect(broker.retained.get(WILL.topic)).toBe('offline'));
  });

  it('says its last word itself, and nothing after it', async () => {
    const broker = await Broker.start();
    const { link, story } = linkTo(broker.url);
    await tells(story, 'up');
    await link.stop({ ...WILL, payload: 'gone' }, 1000);
    expect(broker.said(WILL.topic)).toEqual(['gone']);
    expect(story).toEqual(['up']);
    await expect(link.publish(message('1'))).rejects.toThrow();
  });

  it('ends in time though the broker does not answer', async () => {
    const broker = await Broker.start();
    const { link, story } = linkTo(broker.url);
    await tells(story, 'up');
    broker.hold();
    await link.stop(WILL, 50);
    expect(link.isUp).toBe(false);
  });

  it('hears what it asked for', async () => {
    const broker = await Broker.start();
    const { story } = linkTo(broker.url, {}, ['homeassistant/status']);
    await tells(story, 'up');
    await vi.waitFor(() => {
      broker.publish('homeassistant/status', 'online');
      expect(story).toContain('heard homeassistant/status online');
    });
  });
});

describe('who is refused', () => {
  it('is told so, and waits longer', async () => {
    const broker = await Broker.start({ password: 'right' });
    const { story } = linkTo(broker.url, { username: 'u', password: 'wrong' });
    await tells(story, 'down OUTPUT_REFUSED user or password is wrong');
  });

  it('comes in with the right password, also one in the address', async () => {
    const broker = await Broker.start({ password: 'right' });
    const given = linkTo(broker.url, { username: 'u', password: 'right' });
    await tells(given.story, 'up');
    const within = linkTo(broker.url.replace('//', '//u:right@'), { clientId: 'other' });
    await tells(within.story, 'up');
  });

  it('is not told its own password', async () => {
    const broker = await Broker.start({ password: 'right' });
    const { story } = linkTo(broker.url.replace('//', '//u:s3cret@'));
    await vi.waitFor(() => expect(story).toHaveLength(1));
    expect(story[0]).not.toContain('s3cret');
  });
});

describe('what is no broker', () => {
  async function port(answer: string | null): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      if (answer === null) socket.end();
      else socket.write(answer);
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return (server.address() as { port: number }).port;
  }

  it.each([
    ['hangs up', null],
    ['answers in another language', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['answers with noise', '\xff\xff\xff\xff\x00'],
  ])('%s: is unreachable, and tried again', async (_what, answer) => {
    const { story } = linkTo(`mqtt://127.0.0.1:${await port(answer)}`);
    await vi.waitFor(() => expect(story.length).toBeGreaterThanOrEqual(2), { timeout: 8000 });
    for (const line of story) expect(line).toMatch(/^down OUTPUT_UNREACHABLE /);
  });
});
