import { describe, expect, it } from 'vitest';
import { fixture, frameByHand } from '../../../test/wire.ts';
import { Private, type VendorConfiguration } from '../../model.ts';
import { VendorSettings } from './vendor-settings.ts';

/** A 1,1,4. */
function reply(text: string): Uint8Array {
  return frameByHand(1, 4, text);
}

/** As the vendor gives it. */
function given(settings: Readonly<Record<string, string>> | string, receivedMs = 1): VendorConfiguration {
  const text = typeof settings === 'string' ? settings : JSON.stringify({ Status: 'Success', ...settings });
  return { receivedMs, source: 'relay', body: new Private(new TextEncoder().encode(text)), isConfirmed: false };
}

/** Of a battery that has told these. */
function told(settings: Readonly<Record<string, string>>): VendorSettings {
  const memory = new VendorSettings();
  memory.report(reply(JSON.stringify(settings)));
  return memory;
}

function changes(memory: VendorSettings): [string, number | null][] {
  return memory.takeChanges().map(({ role, configuration }) => [role, configuration?.receivedMs ?? null]);
}

describe('the settings of a battery', () => {
  it('are those that it told last, though one key comes twice', () => {
    const memory = new VendorSettings();
    const frame = reply(fixture('1-1-4.config.json'));
    memory.report(frame);
    expect(memory.reported?.get('Generator')).toBe('0');
    expect(memory.reportedFrame).toBe(frame);
  });

  it.each(['', 'no object', '{"Safe":"2","BatUse'])('are not taken from what is not whole: %s', (text) => {
    const memory = new VendorSettings();
    memory.report(reply(text));
    expect([memory.reported, memory.reportedFrame]).toEqual([null, null]);
  });
});

describe('a configuration of the vendor’s', () => {
  it.each([
    ['same', { SetFeed: '100', BatUseCap: '13.0' }, 'same', true],
    ['the owner’s settings', { SetFeed: '100', BatUseCap: '20' }, 'pass', true],
    ['something else', { SetFeed: '0', BatUseCap: '20' }, 'hold', false],
    ['what nobody knows', { SetFeed: '100', BatUseCap: '20', OddWE: '1' }, 'hold', true],
    ['less than the battery has', { BatUseCap: '20' }, 'hold', false],
  ] as const)(
    'that changes %s: what becomes of it, and whether it may be a base',
    (_what, settings, verdict, isBase) => {
      const memory = told({ SetFeed: '100', BatUseCap: '13' });
      const one = given(settings, 7);
      expect(memory.consider(one, 'owner').verdict).toBe(verdict);
      expect(memory.newest).toBe(isBase ? one : null);
      expect(changes(memory)).toEqual(isBase ? [['newest', 7]] : []);
    },
  );

  it('that cannot be read in one way only is none', () => {
    const memory = told({ SetFeed: '100' });
    expect(memory.consider(given('{"SetFeed":"100","SetFeed":"0"}'), 'pass')).toMatchObject({
      verdict: 'unreadable',
      comparison: null,
    });
    expect(memory.newest).toBeNull();
  });

  it('waits while the battery has told nothing', () => {
    const memory = new VendorSettings();
    expect(memory.consider(given({ SetFeed: '0' }), 'pass')).toMatchObject({ verdict: 'hold', comparison: null });
    memory.hold(given({ SetFeed: '0' }));
    expect([memory.held, memory.allowHeld(true)]).toEqual([{ sinceMs: 1, comparison: null }, 'untold']);
  });

  it('that the battery was given by the file’s word may be a base, whatever it changed', () => {
    const memory = told({ SetFeed: '100' });
    expect(memory.consider(given({ SetFeed: '0' }, 3), 'pass').verdict).toBe('pass');
    expect(memory.newest?.receivedMs).toBe(3);
    expect(memory.consider(given({ SetFeed: '0', Safe: '1' }, 4), 'pass').verdict).toBe('pass');
    const guarded = told({ Safe: '2' });
    expect(guarded.consider(given({ Safe: '1' }, 4), 'pass').verdict).toBe('hold');
  });

  it('is compared with what was passed before, in what the battery does not tell', () => {
    const memory = told({ SetFeed: '100' });
    memory.pass(given({ SetFeed: '100', OddWE: '1' }));
    expect(changes(memory)).toEqual([['passed', 1]]);
    expect(memory.consider(given({ SetFeed: '100', OddWE: '1' }), 'owner').verdict).toBe('same');
    expect(memory.consider(given({ SetFeed: '100', OddWE: '2' }), 'owner').verdict).toBe('hold');
  });
});

describe('a configuration of the vendor’s that was overheard', () => {
  const all = { SetFeed: '100', BatUseCap: '20', OddWE: '1' };

  it('is known once the battery tells the same, whatever it had before', () => {
    const memory = told({ SetFeed: '50', BatUseCap: '13' });
    const one = given(all, 5);
    memory.overhear(one);
    expect([memory.newest, changes(memory)]).toEqual([null, []]);
    memory.report(reply('{"SetFeed":"100","BatUseCap":"20"}'));
    expect([memory.newest, memory.passed?.get('OddWE')]).toEqual([one, '1']);
    expect(changes(memory)).toEqual([
      ['newest', 5],
      ['passed', 5],
    ]);
    memory.report(reply('{"SetFeed":"100","BatUseCap":"21"}'));
    expect(changes(memory)).toEqual([]);
  });

  it('is known at once where the battery has told before', () => {
    const memory = told({ SetFeed: '100', BatUseCap: '13' });
    memory.overhear(given(all, 5));
    expect(memory.newest?.receivedMs).toBe(5);
  });

  it('is not, where it is older than what is known, cannot be read, or the battery does not take it', () => {
    const memory = told({ SetFeed: '100', BatUseCap: '13' });
    memory.overhear(given(all, 5));
    changes(memory);
    memory.overhear(given(all, 4));
    memory.overhear(given('{"Status":"Success"}', 6));
    memory.report(reply('{"SetFeed":"100","BatUseCap":"13"}'));
    memory.overhear(given('no object', 7));
    memory.report(reply('{"SetFeed":"100","BatUseCap":"13"}'));
    expect(changes(memory)).toEqual([]);
  });
});

describe('a configuration of the vendor’s that does not say that it is one', () => {
  const [WHOLE, BARE] = [given({ SetFeed: '100', OddWE: '1' }, 5), given('{"SetFeed":"100","OddWE":"1"}', 6)];

  /** Of a battery that has that. */
  function having(one: VendorConfiguration): VendorSettings {
    const memory = told({ SetFeed: '100' });
    memory.overhear(one);
    changes(memory);
    return memory;
  }

  it('is no base, however it comes', () => {
    const memory = told({ SetFeed: '100' });
    expect(memory.consider(BARE, 'owner').verdict).toBe('hold');
    expect(memory.wouldTake(BARE)).toBe(false);
    memory.overhear(BARE);
    memory.give(BARE);
    expect(memory.newest).toBeNull();
    expect(memory.passed?.get('OddWE')).toBe('1');
    expect(changes(memory)).toEqual([['passed', 6]]);
  });

  it('takes no place of one that is', () => {
    const memory = having(WHOLE);
    expect(memory.consider(BARE, 'owner').verdict).toBe('same');
    memory.give(BARE);
    memory.pass(BARE);
    expect(memory.newest).toBe(WHOLE);
  });

  it('makes the base out of date where the battery was given something else by it', () => {
    const memory = having(WHOLE);
    const other = given('{"SetFeed":"100","OddWE":"0"}', 7);
    memory.pass(other);
    expect(memory.newest).toBeNull();
    expect(changes(memory)).toEqual([
      ['passed', 7],
      ['newest', null],
    ]);
    memory.pass(other);
    expect(changes(memory)).toEqual([['passed', 7]]);
  });
});

describe('what is held', () => {
  it('is allowed once: that, and nothing else', () => {
    const memory = told({ SetFeed: '100' });
    expect(memory.allowHeld(true)).toBe('nothing');
    expect(memory.hold(given({ SetFeed: '0' }))).toBe(true);
    expect(memory.held?.comparison?.finding).toBe('other');
    expect(memory.allowHeld(false)).toBe('allowed');
    expect(changes(memory)).toEqual([
      ['held', null],
      ['allowed', 1],
    ]);
    expect(memory.held).toBeNull();
    expect(memory.consider(given({ SetFeed: '1' }), 'owner').verdict).toBe('hold');
    expect(memory.consider(given({ SetFeed: '0', OddWE: '1' }), 'owner').verdict).toBe('hold');
    expect(memory.consider(given({ SetFeed: '0.0' }, 9), 'owner').verdict).toBe('pass');
    expect(changes(memory)).toEqual([
      ['allowed', null],
      ['newest', 9],
    ]);
    expect(memory.consider(given({ SetFeed: '0' }), 'owner').verdict).toBe('hold');
  });

  it('is not allowed by the way where it is dangerous, nor where it has become so since', () => {
    const memory = told({ Safe: '2', SetFeed: '100' });
    memory.hold(given({ Safe: '0', SetFeed: '100' }));
    expect(memory.allowHeld(false)).toBe('dangerous');
    expect(memory.allowHeld(true)).toBe('allowed');
    expect(memory.consider(given({ Safe: '0', SetFeed: '100' }), 'owner').verdict).toBe('pass');
    memory.hold(given({ Safe: '2', SetFeed: '0' }));
    expect(memory.allowHeld(false)).toBe('allowed');
    memory.report(reply('{"Safe":"3","SetFeed":"100"}'));
    expect(memory.consider(given({ Safe: '2', SetFeed: '0' }), 'owner').verdict).toBe('hold');
  });

  it('is confirmed at once where the battery tells of nothing that would change', () => {
    const memory = told({ SetFeed: '100', BatUseCap: '13' });
    const all = { SetFeed: '100', BatUseCap: '20', OddWE: '1' };
    memory.hold(given(all));
    expect(memory.allowHeld(false)).toBe('confirmed');
    expect(changes(memory)).toEqual([
      ['held', null],
      ['passed', 1],
    ]);
    expect(memory.consider(given(all), 'owner').verdict).toBe('pass');
    expect(memory.consider(given(all), 'hold').verdict).toBe('hold');
  });

  it('is news once, and not once it was refused', () => {
    const memory = told({ SetFeed: '100' });
    expect(memory.refuseHeld()).toBe(false);
    expect(memory.hold(given({ SetFeed: '0', CheckTime: '1' }))).toBe(true);
    expect(memory.hold(given({ SetFeed: '0', CheckTime: '2' }, 2))).toBe(false);
    expect(memory.refuseHeld()).toBe(true);
    expect([memory.held, memory.allowHeld(true)]).toEqual([null, 'nothing']);
    expect(memory.hold(given({ SetFeed: '0', CheckTime: '3' }, 3))).toBe(false);
    expect(memory.hold(given({ SetFeed: '1', CheckTime: '3' }))).toBe(true);
  });

  it('is what it was after a restart, and so is what is allowed, passed and told', () => {
    const memory = told({ SetFeed: '100' });
    memory.hold(given({ SetFeed: '0' }));
    memory.allowHeld(false);
    memory.hold(given({ SetFeed: '5' }, 8));
    memory.pass(given({ SetFeed: '100', OddWE: '1' }));
    const kept = memory
      .takeChanges()
      .flatMap(({ role, configuration }) => (configuration ? [[role, configuration]] : []));
    const reported = { text: new Private('{"SetFeed":"100"}'), bytes: null };
    const again = new VendorSettings({ configurations: Object.fromEntries(kept), reported });
    expect(again.reportedFrame).toEqual(Uint8Array.from(frameByHand(1, 4, '{"SetFeed":"100"}')));
    expect(again.held).toMatchObject({ sinceMs: 8, comparison: { finding: 'other' } });
    expect(again.passed?.get('OddWE')).toBe('1');
    expect(changes(again)).toEqual([]);
    expect(again.consider(given({ SetFeed: '0', OddWE: '1' }), 'owner').verdict).toBe('hold');
    expect(again.consider(given({ SetFeed: '0' }), 'owner').verdict).toBe('pass');
    const latin1 = Uint8Array.from(Buffer.from('{"A":"ß"}', 'latin1'));
    const other = new VendorSettings({
      configurations: {},
      reported: { text: new Private('{"A":"ß"}'), bytes: new Private(latin1) },
    });
    expect([other.reportedFrame?.subarray(7, -2), other.reported?.get('A')]).toEqual([latin1, 'ß']);
  });
});
