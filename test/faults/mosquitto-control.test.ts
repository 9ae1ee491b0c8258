/**
 * Commands by a real broker, to a simulated battery on a real socket, and the state that it tells back.
 */
import { afterEach, expect, it } from 'vitest';
import { ControlledServer } from '../controlled-server.ts';
import { DISCOVERY } from '../home-assistant-rules.ts';
import { EXECUTABLE, Listener, Mosquitto } from '../outputs/mosquitto.ts';
import { needing } from '../outputs/required.ts';
import { endAll, until } from '../server.ts';

afterEach(endAll);

interface Told {
  readonly mode: string | null;
  readonly until: string | null;
  readonly charge_limit: number;
  readonly lowest_charge: number;
  readonly grid_charge: boolean;
  readonly last_change: { readonly change: number | null; readonly state: string; readonly reason: string; by: string };
}

const CONTROL = /\/control$/;

async function house() {
  const broker = await Mosquitto.start();
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const listener = await Listener.to({ url });
  const settings = { ALPHAESS_LOCAL_MQTT_URL: url, ALPHAESS_LOCAL_MQTT_CONTROL: 'true' };
  const controlled = await ControlledServer.start([], settings);
  const tells = async (fits: (told: Told) => boolean): Promise<Told> => {
    const { payload } = await listener.says(CONTROL, (text) => fits(JSON.parse(text) as Told));
    return JSON.parse(payload) as Told;
  };
  await listener.says(/\/control\/availability$/, (payload) => payload === 'online');
  const sends = (level: string, payload: string) => listener.publish(`alphaess/${controlled.id}/${level}`, payload);
  return { broker, url, listener, controlled, tells, sends };
}

needing(EXECUTABLE, 'mosquitto', 'Control with mosquitto', () => {
  it('from a command to the state that the battery told, and back', async () => {
    const { listener, controlled, tells, sends } = await house();
    const { payload } = await listener.says(/^homeassistant\/device\/.*\/config$/);
    const { components } = DISCOVERY.parse(JSON.parse(payload));
    const mode = components.mode as { command_topic: string; state_topic: string };
    expect(mode).toMatchObject({
      command_topic: `alphaess/${controlled.id}/set/mode`,
      state_topic: `alphaess/${controlled.id}/control`,
    });
    expect(await tells(() => true)).toMatchObject({ mode: 'normal', charge_limit: 100, lowest_charge: 13 });

    sends('set/mode', JSON.stringify({ value: 'hold', sent: new Date().toISOString() }));
    const held = await tells(({ mode: now }) => now === 'hold');
    expect(held).toMatchObject({ grid_charge: true, last_change: { change: 1, by: 'mqtt' } });
    expect(['echoed', 'observed', 'done']).toContain(held.last_change.state);
    expect(Date.parse(held.until ?? '')).toBeGreaterThan(Date.now());
    expect(controlled.setting('GridCharge')).toBe('true');
    // Nothing was said before the battery had told it.
    const before = listener.all(CONTROL).map((one) => JSON.parse(one.payload) as Told);
    for (const told of before.filter(({ last_change: last }) => ['asked', 'accepted', 'fetched'].includes(last.state)))
      expect([told.mode, told.grid_charge]).toEqual(['normal', false]);

    sends('set/mode', 'normal');
    expect(await tells(({ mode: now }) => now === 'normal')).toMatchObject({ until: null });
    await controlled.comesTo(2, 'done');
    expect(controlled.setting('GridCharge')).toBe('false');

    sends('set/lowest_charge', '20');
    await tells(({ lowest_charge: lowest }) => lowest === 20);
    await controlled.comesTo(3, 'done');
    sends('set', '{"undo": true}');
    await tells(({ lowest_charge: lowest, last_change: { change } }) => lowest === 13 && change === 4);
    expect(await controlled.tell('log')).toMatch(/hold until .*, by mqtt/);
  });

  it('what is not understood, refused or kept by the broker changes nothing, and is said', async () => {
    const { controlled, tells, sends, listener, url } = await house();
    for (const [level, payload, reason] of [
      ['set/mode', 'off', /expected hold, charge or normal/],
      ['set/charge_limit', '5', /5 % is below 10 %/],
      ['set/grid_charge', '{', /JSON/],
      ['set', '{"settings":{"Safe":0}}', /settings/],
      ['set', '{"verb":"hold","sent":"2020-01-01T00:00:00Z"}', /ago: it was queued/],
    ] as const) {
      sends(level, payload);
      const { last_change: last } = await tells(({ last_change: { reason: said } }) => reason.test(said));
      expect(['refused', 'ignored']).toContain(last.state);
      await until('it to be said in the log', () =>
        controlled.server.lines.find(({ code, msg = '' }) => code === 'OUTPUT_COMMAND' && reason.test(msg)),
      );
    }
    listener.publish(`alphaess/${controlled.id}/set/mode`, 'hold', true);
    await controlled.comesTo(1, 'echoed', 'observed', 'done');
    sends('set/mode', 'normal');
    await controlled.comesTo(2, 'done');
    // The broker hands it out to the next run.
    await controlled.diesAndRises();
    await tells(({ last_change: { state, reason } }) => state === 'ignored' && /retain/.test(reason));
    const later = await Listener.to({ url });
    await later.says(/\/control\/availability$/, (payload) => payload === 'online');
    expect(await controlled.changes()).toHaveLength(2);
  });

  it('what is sent while this server is away is not waiting for it', async () => {
    const { controlled, listener, tells, sends } = await house();
    await controlled.server.kill();
    await listener.says(/bridge\/state$/, (payload) => payload === 'offline');
    sends('set/mode', 'hold');
    await controlled.diesAndRises();
    await until('the server to be back', () => {
      const states = listener.all(/bridge\/state$/).map(({ payload }) => payload);
      return states.lastIndexOf('online') > states.indexOf('offline');
    });
    sends('set/charge_limit', 'x');
    await tells(({ last_change: { reason } }) => /not “x”/.test(reason));
    expect(await controlled.changes()).toEqual([]);
  });

  it('is unavailable while the battery is away', async () => {
    const { controlled, listener, tells, sends } = await house();
    await controlled.fleet.stop();
    await listener.says(/\/control\/availability$/, (payload) => payload === 'offline');
    sends('set/mode', 'hold');
    await tells(({ last_change: { reason } }) => reason === 'the battery is not connected');
    expect(await controlled.changes()).toEqual([]);
  });
});
