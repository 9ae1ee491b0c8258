/**
 * A real server that is told to forget a battery, by its command and by programs.
 */
import { afterEach, expect, it } from 'vitest';
import { FakeIo, run } from './io.ts';
import { endAll, exported, folder, liveBody, Peer, type Server, serve, successTo, until, Witness } from './server.ts';
import { fixture, frameByHand } from './wire.ts';

afterEach(endAll);

const SERIAL = 'AL2002021010101';
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Logs in and says so many seconds. */
async function speaks(server: Server, rows: number): Promise<Peer> {
  const peer = await Peer.connect(server.port, '127.0.0.2');
  const bodies = Array.from({ length: rows }, (_, n) => liveBody(SERIAL, nowSeconds() - rows + n));
  peer.send(frameByHand(1, 2, fixture('1-1-2.login.json')), ...bodies.map((body) => frameByHand(1, 16, body)));
  await peer.receives(successTo(2), ...bodies.map(() => successTo(16)));
  return peer;
}

/** As the interface tells it. */
interface Shown {
  readonly id: string;
  readonly connected: boolean;
  readonly first_seen: string;
}

async function batteriesOf(server: Server): Promise<Shown[]> {
  return (await (await fetch(`http://127.0.0.1:${server.webPort}/api/batteries`)).json()) as Shown[];
}

it('a battery that is connected is forgotten and cut off; others are answered; it comes back as a new one', async () => {
  const data = folder();
  const server = await serve({ data });
  const witness = await Witness.start(server.port);
  const peer = await speaks(server, 30);
  const id = (await exported(data, 'event')).find(({ name }) => name === 'login')?.battery;
  const [before] = (await batteriesOf(server)).filter((one) => one.id === id);
  expect(before?.connected).toBe(true);

  const io = new FakeIo({ stdin: 'yes\n' });
  Object.assign(io.stdin, { isTTY: true });
  const code = await io.run('forget', String(id), '--data', data);
  expect(io.err).toContain('It is connected now: its connection is closed, and it will come back as a new battery.\n');
  expect(io.err).toContain('  30 live readings, from ');
  expect({ code, out: io.out }).toEqual({
    code: 0,
    out: expect.stringMatching(/removed: 30 live readings, .*\nits connection was closed/),
  });
  await peer.hungUp();
  // The line comes through a pipe, the answers through others.
  await until('it to be said', () => server.said('forgotten').length > 0);
  expect(server.said('forgotten')).toMatchObject([{ level: 'info', battery: id }]);
  expect((await batteriesOf(server)).map((one) => one.id)).not.toContain(id);
  for (const kind of ['live', 'event', 'clock']) expect(JSON.stringify(await exported(data, kind))).not.toContain(id);
  const metrics = await (await fetch(`http://127.0.0.1:${server.webPort}/metrics`)).text();
  expect(metrics).not.toContain(String(id));
  await witness.isAnswered();

  const again = await run(['forget', String(id), '--yes', '--data', data]);
  expect([again.code, again.err]).toEqual([2, expect.stringContaining(`there is no battery ${id}`)]);
  await speaks(server, 3);
  const [after] = (await batteriesOf(server)).filter((one) => one.id === id);
  expect(Date.parse(String(after?.first_seen))).toBeGreaterThan(Date.parse(String(before?.first_seen)));
  const rows = (await exported(data, 'live')).filter(({ battery }) => battery === id);
  expect(rows).toHaveLength(3);
  expect((await server.stop()).code).toBe(0);
  expect((await exported(data, 'live')).filter(({ battery }) => battery === id)).toHaveLength(3);
});
