/**
 * Control from the command line to the battery: a real server, a simulated battery on a real socket.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { ControlledServer } from './controlled-server.ts';
import { endAll, until } from './server.ts';

afterEach(endAll);

describe('a battery', () => {
  it('is held, as it was before in the end, and its owner sees each step', async () => {
    const house = await ControlledServer.start();
    expect(await house.tell('hold', '--dry-run')).toMatch(/will not discharge until .*\n {2}grid_charge: off -> on\n/);
    expect(await house.changes()).toEqual([]);
    const live = await house.listens();
    expect(await house.tell('hold')).toMatch(/change 1: (?:proposed|asked)/);
    const { steps, holds } = await house.comesTo(1, 'echoed');
    expect(steps.map(({ state }) => state)).toEqual(['proposed', 'asked', 'accepted', 'fetched', 'echoed']);
    const told = { battery: house.id, change: 1, state: 'echoed' };
    await until('the page to be told', () => live().includes(`event: control\ndata: ${JSON.stringify(told)}\n`));
    expect([holds, house.setting('GridCharge')]).toEqual([true, 'true']);
    expect(await house.tell('status')).toMatch(/^hold until /);
    expect(await house.tell('normal')).toContain('change 2: ');
    await house.comesTo(2, 'done');
    expect(['GridCharge', 'BatHighCap', 'TimeChaF1', 'BatUseCap'].map((key) => house.setting(key))).toEqual([
      'false',
      '100',
      '0',
      '13',
    ]);
    expect(await house.tell('log')).toMatch(
      /^2 {2}.* normal, by local: done.*\n[\s\S]*\n1 {2}.* hold until .*, by local: undone, by change 2\n/,
    );
  });

  it('is put back first where its owner leaves, or switches control off: both are said, and neither is called done before', async () => {
    const house = await ControlledServer.start();
    await house.tell('hold');
    await house.comesTo(1, 'echoed');
    const left = await house.leave();
    // Nobody says here where the vendor's name leads, or it is public: the battery is connected all the same.
    expect([left.code, left.out]).toEqual([1, expect.stringMatching(/ seen +no hold or charge is active.*\n.* todo /)]);
    expect(house.setting('GridCharge')).toBe('false');
    expect(await house.tell('hold')).toContain('CONTROL_DISABLED');
    await house.diesAndRises();
    expect(await house.tell('hold')).toContain('its owner is about to leave this server');
    expect((await house.leave('--cancel')).code).toBe(0);
    let held = '';
    await until('the battery to have told its charge since the start', async () => {
      held = await house.tell('hold');
      return !held.includes('has not told its charge yet');
    });
    expect(held).toMatch(/change \d+: /);
    await house.comesTo(3, 'echoed');

    const ended = house.server;
    await ended.stop();
    expect(ended.said('CONTROL_STAYS')).toMatchObject([
      { level: 'warn', msg: expect.stringContaining('a hold is active') },
    ]);
    await house.rises({ ALPHAESS_LOCAL_CONTROL_ENABLED: 'false' });
    expect((await house.server.says('CONTROL_ENDING')).msg).toContain('a hold that the battery has is undone first');
    await house.comesTo(3, 'undone');
    expect([house.setting('GridCharge'), house.setting('BatHighCap')]).toEqual(['false', '100']);
    expect(await house.tell('status')).toMatch(/^normal\nnothing can be changed now: control is not enabled/);
  });

  it('is set, and that is undone', async () => {
    const house = await ControlledServer.start();
    expect(await house.tell('set', 'lowest_charge=20', 'charge_windows=02:00-05:00')).toContain('change 1');
    await house.comesTo(1, 'done');
    expect([house.setting('BatUseCap'), house.setting('TimeChaF1'), house.setting('TimeChaE1')]).toEqual([
      '20',
      '2',
      '5',
    ]);
    expect(await house.tell('set', 'Safe=0')).toMatch(/there is no Safe \[CONTROL_REFUSED\]/);
    expect(await house.tell('set', 'lowest_charge=5')).toContain('lowest_charge: 5 % is below 10 %');
    const said = await house.tell('log', '1');
    expect(said).toMatch(/ {5}\S+Z {2}asked\n/);
    const [, given = ''] = /server 1,2,3, private values replaced\n([0-9a-f]+)\n/.exec(said) ?? [];
    expect(Buffer.from(given, 'hex').toString('latin1')).toMatch(/"BatUseCap":"20.00"/);
    expect(Buffer.from(given, 'hex').toString('latin1')).not.toContain('ALSIM0000001');
    expect(await house.tell('undo', '1')).toContain('change 2');
    await house.comesTo(2, 'done');
    expect([house.setting('BatUseCap'), house.setting('TimeChaF1')]).toEqual(['13', '0']);
  });
});
