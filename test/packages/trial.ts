/**
 * What every artefact must live through: a battery, a kill, a restart with its data, a stop.
 */
import { expect } from 'vitest';
import { exported, Program, type Server, serve, until } from '../server.ts';

/** The promise is three seconds; a busy machine may be asked to wait a little before it lets a process run. */
const STOP_MS = 5000;

/** A battery of the artefact's own, until it is no longer needed. */
function battery(command: string, { port }: Server): Program {
  return new Program(command, ['simulate', '--to', `127.0.0.1:${port}`, '--interval', '1', '--for', '10m']);
}

/** @returns how long the stop took, ms */
export async function livesThrough(command: string, data: string): Promise<number> {
  const start = () => serve({ command: [command], data });
  const first = await start();
  expect(await (await fetch(`http://127.0.0.1:${first.webPort}/`)).text()).toContain('<meta name="build"');
  const speaking = battery(command, first);
  await until('three readings', () => first.said('live').length >= 3);
  await speaking.kill();
  const [known] = await until('the battery', () => batteriesOf(first));
  await first.kill();
  const kept = (await exported(data, 'live')).length;
  expect(kept).toBeGreaterThanOrEqual(3);
  const second = await start();
  expect((await batteriesOf(second))?.[0]?.id).toBe(known?.id);
  const again = battery(command, second);
  await until('another reading', () => second.said('live').length > 0);
  await again.kill();
  const { code, ms } = await second.stop();
  expect([code, ms < STOP_MS]).toEqual([0, true]);
  expect((await exported(data, 'live')).length).toBeGreaterThan(kept);
  return ms;
}

async function batteriesOf({ webPort }: Server): Promise<{ id: string }[] | null> {
  const found = (await (await fetch(`http://127.0.0.1:${webPort}/api/batteries`)).json()) as { id: string }[];
  return found.length > 0 ? found : null;
}
