import { describe, expect, it, onTestFinished } from 'vitest';
import { configOf } from '../../test/config.ts';
import { run } from '../../test/io.ts';
import { Client } from '../../test/port.ts';
import { temporaryFolder } from '../../test/records.ts';
import { App } from '../app/app.ts';

const HERE = { host: '127.0.0.1', port: 0 };

async function serving(folder: string, allow: readonly string[] = ['private']): Promise<App> {
  const config = configOf({ data: folder, time_zone: 'UTC' });
  const app = new App(
    {
      ...config,
      battery: { ...config.battery, listen: HERE, allow: [...allow] },
      web: { ...config.web, listen: HERE },
    },
    { wantsLive: false, live: () => {}, note: () => {} },
  );
  await app.start();
  onTestFinished(() => app.stop());
  return app;
}

const doctor = (folder: string, ...flags: string[]) => run(['doctor', '--data', folder, ...flags]);
const lines = (text: string) => text.trimEnd().split('\n');

describe('the doctor', () => {
  it('asks a Wi-Fi module by its address alone', async () => {
    for (const bad of ['dongle.lan', '192.168.1', '192.168.1.5:80', 'http://192.168.1.5', '']) {
      const { code, err } = await run(['doctor', '--dongle', bad]);
      expect([code, err]).toEqual([2, expect.stringContaining('Expected an address such as 192.168.1.51.')]);
    }
  });

  it('shows how it is asked', async () => {
    const { code, out } = await run(['doctor', '--help']);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('alphaess-local doctor --data /var/lib/alphaess-local --json'),
    ]);
  });

  it('looks by itself where no server runs: a line a finding, what to do below, within 80 columns', async () => {
    const { code, out, err } = await doctor(temporaryFolder());
    expect([code, err]).toEqual([1, '']);
    expect(out).toContain(
      [
        'FAULT    no server runs: nobody listens for batteries on port 7777',
        '         Start it: npm start, or alphaess-local serve.',
        '         README.md#start [PORT_NOT_LISTENING]',
        '',
      ].join('\n'),
    );
    expect(lines(out).filter((line) => line.length > 80)).toEqual([]);
    expect(lines(out).at(-1)).toMatch(/^\d faults?(, \d warnings?)?\. What each means: docs\/doctor\.md\.$/);
    for (const line of lines(out).slice(0, -2)) expect(line).toMatch(/^(ok {7}|warning {2}|FAULT {4}| {9})\S/);
  });

  it('asks the server that runs, which tells what it has seen', async () => {
    const folder = temporaryFolder();
    const app = await serving(folder, ['10.99.99.99']);
    const client = await Client.to(app.batteryPort);
    await expect.poll(() => client.closed || client.ended).toBe(true);
    const { code, out } = await doctor(folder, '--json');
    const { worst, findings } = JSON.parse(out);
    expect([code, worst]).toEqual([1, 'fault']);
    const found = new Map(findings.map((one: { code: string }) => [one.code, one]));
    expect(found.get('PORT_LOCAL_ONLY')).toMatchObject({ level: 'fault', link: 'docs/redirect.md#before-you-start' });
    expect(found.get('VISIT_REFUSED')).toMatchObject({
      level: 'fault',
      sentence: expect.stringMatching(
        /^once somebody was refused, since its address is not in battery.allow \(last \d+ s ago\)$/,
      ),
    });
    expect(found.get('DATABASE_SOUND')).toMatchObject({ level: 'ok', advice: null, link: null });
  });

  it('never says that nobody has connected where somebody came by TLS', async () => {
    const folder = temporaryFolder();
    const app = await serving(folder);
    const client = await Client.to(app.batteryPort);
    // A TLS record with the beginning of a ClientHello.
    client.socket.write(Buffer.from('1603010200010001fc0303', 'hex'));
    await expect.poll(() => client.closed || client.ended).toBe(true);
    const { code, out } = await doctor(folder);
    const text = out.replaceAll(/\s+/g, ' ');
    expect(code).toBe(1);
    expect(text).toMatch(
      /FAULT once somebody came by TLS: this firmware does not speak the cleartext protocol \(last \d+ s ago\)/,
    );
    expect(text).not.toMatch(/nobody/i);
  });

  it('names who connected only when it is asked to', async () => {
    const folder = temporaryFolder();
    const app = await serving(folder, ['10.99.99.99']);
    const client = await Client.to(app.batteryPort);
    await expect.poll(() => client.closed || client.ended).toBe(true);
    const { out } = await doctor(folder, '--private');
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(/\(last \d+ s ago, from 127\.0\.0\.1\)/);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('add 127.0.0.1 to battery.allow');
  });
});
