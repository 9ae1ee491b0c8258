import { describe, expect, it, onTestFinished } from 'vitest';
import { configOf } from '../../test/config.ts';
import { CommittedRecords } from '../../test/port.ts';
import { until } from '../../test/server.ts';
import { chatter, chunksOf, recordingOf } from '../../test/tapped.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { Committer } from '../server/committer.ts';
import { Batteries } from '../session/batteries.ts';
import { Session } from '../session/session.ts';
import { shownTap, type TapTools, tapOf } from './tap.ts';

function tapped(setting: object, tools: Partial<TapTools> = {}) {
  const troubles: string[] = [];
  const store = new CommittedRecords();
  const silent = { committed: () => {}, failing: () => {}, recovered: () => {}, refused: () => {} };
  const committer = new Committer(store, silent, () => performance.now());
  const [batteries, forms] = [new Batteries(10), new FormBook()];
  const tap = tapOf(configOf(setting), {
    committer,
    now: () => ({ wallMs: Date.now(), monoMs: performance.now() }),
    nextConnection: () => store.nextConnection(),
    newSession: (connection, moment) => new Session({ connection, batteries, forms, isOverheard: true }, moment),
    watcher: { opened: () => {}, closed: () => {}, problem: () => {} },
    load: async () => {},
    frames: { received: () => {}, sent: () => {} },
    reports: { tapTrouble: (code, detail) => void troubles.push(`${code} ${detail}`) },
    ownPort: () => 7777,
    input: null,
    environment: process.env,
    ...tools,
  });
  onTestFinished(async () => {
    await tap?.stop();
    await committer.stop();
  });
  return { tap, troubles, store };
}

/** A recording between two addresses of the house of the tests, with that of this machine in place of one of them. */
function recordedWith(place: 'battery' | 'server'): Uint8Array {
  const [battery, server] = [Buffer.from([192, 0, 2, 23]), Buffer.from([198, 51, 100, 7])];
  const bytes = Buffer.from(recordingOf(chatter(1)));
  const replaced = place === 'battery' ? battery : server;
  for (let at = bytes.indexOf(replaced); at >= 0; at = bytes.indexOf(replaced, at)) bytes.set([127, 0, 0, 1], at);
  return bytes;
}

describe('the tap of a configuration', () => {
  it('is none where no command is configured', () => {
    const { tap } = tapped({});
    expect([tap, shownTap(tap)]).toEqual([null, null]);
  });

  it('starts the command with its words as they are, and without what this server is configured with', async () => {
    const script = 'echo "$1 [$ALPHAESS_LOCAL_MQTT_PASSWORD] [$KEPT]" >&2';
    const environment = { ALPHAESS_LOCAL_MQTT_PASSWORD: 'secret', KEPT: 'kept', PATH: process.env.PATH };
    const { tap, troubles } = tapped(
      { tap: { command: ['/bin/sh', '-c', script, 'sh', 'a; b $(c)'] } },
      { environment },
    );
    tap?.start();
    await until('its end', () => troubles[0]);
    expect(troubles[0]).toBe('TAP_ENDED exit code 0: a; b $(c) [] [kept]');
  });

  it('shows what a command says without addresses', async () => {
    const script = 'echo "ssh: connect to host 192.168.1.1 port 22: No route to host" >&2; exit 255';
    const { tap, troubles } = tapped({ tap: { command: ['/bin/sh', '-c', script] } });
    tap?.start();
    await until('its end', () => troubles[0]);
    expect(shownTap(tap)?.problem?.detail).toMatch(/^exit code 255: ssh: connect to host \S+ port 22: No route/);
    expect(shownTap(tap)?.problem?.detail).not.toContain('192.168');
  });

  it.each([
    ['to this server', 'server', {}, 7777, 4],
    ['to another server on this machine', 'server', {}, 7778, 0],
    ['of this machine to the vendor, which a router has, too', 'battery', {}, 7777, 0],
    ['of the relay', 'battery', { relay: { upstream: 'vendor.example:7777' } }, 7777, 4],
  ] as const)('knows a connection %s', async (_what, place, setting, ownPort, own) => {
    const { tap } = tapped(setting, { input: chunksOf(recordedWith(place)), ownPort: () => ownPort });
    tap?.start();
    await tap?.ended;
    expect(tap?.status.counts.ownFrames).toBe(own);
    expect(tap?.status.counts.framesFromBattery).toBe(own === 0 ? 2 : 0);
  });
});
