import { describe, expect, it } from 'vitest';
import { type Dialogue, dialogue, NOON } from '../../../test/dialogue.ts';
import { frameByHand } from '../../../test/wire.ts';
import { Private } from '../../model.ts';
import { Batteries } from '../batteries.ts';

const SERIAL = 'AL2002021010101';
const NOON_SECONDS = NOON.wallMs / 1000;
const BATTERY = { address: new Private('192.168.1.20'), shared: false };
const OTHER = { address: new Private('192.168.1.66'), shared: false };
/** How far the battery's clock is ahead of UTC. */
const AHEAD = 3600;

const later = (seconds: number) => ({ wallMs: NOON.wallMs + seconds * 1000, monoMs: NOON.monoMs + seconds * 1000 });

/** A second of the battery's clock as it writes it. */
function written(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

/** What a battery with that clock says of a second after NOON. */
const live = (second: number, { serial = SERIAL, ahead = AHEAD, power = 1000 } = {}) =>
  `{"Time":"${written(NOON_SECONDS + second + ahead)}","SN":"${serial}","Ppv1":"${power}"}`;
const LOGIN = `{"UserName":"${SERIAL}","Password":"secret","CompanyName":"AlphaESS"}`;

/** A battery that has delivered from its address: at NOON, and ten seconds later. */
function house(batteries = new Batteries(10)): { batteries: Batteries; first: Dialogue } {
  const first = dialogue({ batteries, peer: BATTERY })
    .sends(16, live(0))
    .meets(SERIAL)
    .keeps({ type: 'clock' })
    .keeps({ type: 'reading', time: NOON_SECONDS })
    .success(16)
    .after(10)
    .sends(16, live(10))
    .keeps({ type: 'reading', time: NOON_SECONDS + 10 })
    .success(16);
  return { batteries, first };
}

/** Twenty seconds after NOON the battery is asked for what it remembers of the time before. */
function isAsked({ session }: Dialogue): void {
  const outputs = session.receive(frameByHand(1, 16, live(20)), later(20));
  expect(outputs.filter(({ type }) => type === 'order')).toHaveLength(1);
}

/** Another connection, so many seconds after NOON. */
const joins = (batteries: Batteries, connection: number, seconds: number, peer = OTHER) =>
  dialogue({ batteries, connection, peer, at: later(seconds) });

describe('a second peer with the serial number of a battery that delivers', () => {
  it('is answered, and held: it closes nothing, sets no clock, and is no reading', () => {
    const { batteries, first } = house();
    const second = joins(batteries, 8, 15);
    second
      .sends(2, LOGIN)
      .keeps({ type: 'event', name: 'login', battery: null, connection: 8 })
      .success(2)
      .sends(16, live(4000, { power: 9 }))
      .keeps({
        type: 'held',
        why: 'conflict',
        connection: 8,
        peer: 2,
        run: 1,
        reading: { battery: SERIAL, time: NOON_SECONDS + 15, batteryTime: NOON_SECONDS + 4000 + AHEAD },
      })
      .success(16);
    first
      .after(10)
      .sends(16, live(20))
      .reports('PEER_CONFLICT', 'connection 8')
      .keeps({ type: 'event', source: 'server', name: 'peer_conflict', text: 'connection 8', battery: SERIAL })
      .keeps({ type: 'reading', time: NOON_SECONDS + 20 })
      .success(16);
    expect(first.session.deadline).toBe(later(20 + 90).monoMs);
    for (let at = 25; at < 200; at += 10) {
      second
        .after(at === 25 ? 10 : 10)
        .sends(16, live(4000 + at, { power: 9 }))
        .keeps({ type: 'held', reading: { time: NOON_SECONDS + at } })
        .success(16);
      first
        .after(10)
        .sends(16, live(at + 5))
        .keeps({ type: 'reading', time: NOON_SECONDS + at + 5 })
        .success(16);
    }
  });

  it('has its other messages kept as they came, once it is in conflict', () => {
    const { batteries, first } = house();
    const second = joins(batteries, 8, 15);
    const configuration = frameByHand(1, 4, `{"SN":"${SERIAL}","UPS1":"0"}`);
    const log = frameByHand(1, 9, '{"MsgType":"EventLog","MsgContent":"24/06/12 12:03:41 41;"}');
    second
      .battery(configuration)
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'PEER_CONFLICT', battery: null, command: 4 })
      .success(4)
      .battery(log)
      .keeps({ type: 'event', source: 'battery', battery: null, connection: 8, code: 41 })
      .success(9)
      .sends(16, live(15))
      .keeps({ type: 'held' })
      .success(16);
    first.after(10).sends(16, live(20)).reports('PEER_CONFLICT').keeps({ name: 'peer_conflict' });
    first.keeps({ type: 'reading' }).success(16);
    second
      .battery(log)
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'PEER_CONFLICT', battery: null, command: 9 })
      .success(9)
      .sends(3, `{"SN":"${SERIAL}"}`)
      .keeps({ type: 'bytes', reason: 'PEER_CONFLICT', command: 3 })
      .success(3)
      .hangsUp()
      .nothing();
  });

  it('is told by its login: a hash of it, never the password', () => {
    const batteries = new Batteries(10);
    const logins: string[] = [];
    const hashLogin = (login: string) => {
      logins.push(login);
      return `hash ${login.length}`;
    };
    const first = dialogue({ batteries, peer: BATTERY, hashLogin })
      .sends(2, LOGIN)
      .meets(SERIAL)
      .keeps({ name: 'login' })
      .success(2)
      .sends(16, live(0))
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .success(16);
    const second = dialogue({ batteries, connection: 8, peer: OTHER, at: later(5), hashLogin });
    second
      .sends(2, LOGIN.replace('secret', 'guessed').replace('Password', 'password'))
      .keeps({ name: 'login', battery: null })
      .success(2)
      .sends(16, live(5))
      .keeps({ type: 'held' })
      .success(16);
    first
      .after(10)
      .sends(16, live(10))
      .reports('PEER_CONFLICT', 'connection 8, with another login')
      .keeps({ name: 'peer_conflict', text: 'connection 8, with another login' })
      .keeps({ type: 'reading' })
      .success(16);
    expect(logins).toEqual(['["AL2002021010101","secret","AlphaESS"]', '["AL2002021010101","guessed","AlphaESS"]']);
    expect(first.peers.at(-1)).toMatchObject({ number: 2, login: 'hash 40', conflicts: 1 });
    expect(first.peers[0]).toMatchObject({ number: 1, login: 'hash 39', standing: 'trusted' });
  });

  it('with the same login is said to have it', () => {
    const batteries = new Batteries(10);
    const hashLogin = () => 'hash';
    const first = dialogue({ batteries, peer: BATTERY, hashLogin }).sends(2, LOGIN).meets(SERIAL);
    first.keeps({ name: 'login' }).success(2).sends(16, live(0)).keeps({ type: 'clock' }).keeps({}).success(16);
    const second = dialogue({ batteries, connection: 8, peer: OTHER, at: later(5), hashLogin }).sends(2, LOGIN);
    second.keeps({ name: 'login', battery: null }).success(2).sends(16, live(5)).keeps({ type: 'held' }).success(16);
    first.after(10).sends(16, live(10)).reports('PEER_CONFLICT', 'connection 8, with the same login');
    first.keeps({ name: 'peer_conflict' }).keeps({ type: 'reading' }).success(16);
  });

  it('does not answer what the first was asked', () => {
    const batteries = new Batteries(10, { backfill: { enabled: true, pieceSeconds: 86_400, firstSeconds: 600 } });
    const { first } = house(batteries);
    isAsked(first);
    const index = Math.floor(later(20).wallMs / 1000);
    const reply = `{"CmdIndex":"${index}","Command":"Resume","Status":"Success"}`;
    const second = joins(batteries, 8, 25).sends(16, live(25)).keeps({ type: 'held' }).success(16);
    second
      .battery(frameByHand(2, 8, reply))
      .keeps({ type: 'bytes', reason: 'RESPONSE_UNEXPECTED' })
      .reports('RESPONSE_UNEXPECTED');
    second
      .sends(12, `Date,Time,SN,Ppv1\n${written(NOON_SECONDS - 60 + AHEAD).replace(' ', ',')},${SERIAL},7\n`)
      .keeps({ type: 'held', reading: { kind: 'history', time: NOON_SECONDS - 60 } })
      .success(12)
      .hangsUp()
      .nothing();
  });

  it('does not stop what the first is called for: stale, and closed when silent', () => {
    const { batteries, first } = house();
    joins(batteries, 8, 15).sends(16, live(15)).keeps({ type: 'held' }).success(16);
    first.after(90).reports('BATTERY_STALE').keeps({ name: 'stale', battery: SERIAL });
  });

  it('that the owner refused is held for good, and he is told where nobody else speaks', () => {
    const { batteries, first } = house();
    const second = joins(batteries, 8, 15).sends(16, live(15)).keeps({ type: 'held' }).success(16);
    expect(batteries.get(SERIAL)?.trust.refuse(2, later(15))).toBe(true);
    second.after(84).sends(16, live(99)).keeps({ type: 'held' }).success(16);
    second.after(1).sends(16, live(100)).reports('PEER_REFUSED', '').keeps({ type: 'held' }).success(16);
    first.after(100).reports('BATTERY_STALE').keeps({ name: 'stale' }).sends(16, live(110));
    first.keeps({ type: 'event', name: 'fresh' }).keeps({ type: 'reading' }).success(16);
  });

  it('is kept alive by readings that are held', () => {
    const { batteries, first } = house();
    const second = joins(batteries, 8, 15);
    for (let at = 15; at < 1000; at += 80) {
      second.sends(16, live(at)).keeps({ type: 'held' }).success(16).after(80).nothing();
      first.after(80).battery(frameByHand(1, 16, live(at + 75)));
      if (at === 15) first.reports('PEER_CONFLICT').keeps({ name: 'peer_conflict' });
      if (at === 655) first.reports('PEER_CONFLICT').keeps({ name: 'peer_conflict' });
      first.keeps({ type: 'reading' }).success(16);
    }
  });
});

describe('a battery at another address', () => {
  const moves = (seconds: readonly number[]) => {
    const { batteries, first } = house();
    const second = joins(batteries, 8, seconds[0] as number);
    second.sends(2, LOGIN).keeps({ name: 'login', battery: null, connection: 8 }).success(2);
    let before = seconds[0] as number;
    for (const at of seconds.slice(0, -1)) {
      second
        .after(at - before)
        .sends(16, live(at))
        .keeps({ type: 'held', run: 1, reading: { time: NOON_SECONDS + at } })
        .success(16);
      before = at;
    }
    return {
      batteries,
      first,
      second: second.after((seconds.at(-1) as number) - before),
      at: seconds.at(-1) as number,
    };
  };

  it('is adopted with its rows, if the first is not heard again; the old connection is left to fall silent', () => {
    const { first, second, at } = moves([20, 30, 45]);
    second
      .sends(16, live(at))
      .meets(SERIAL)
      .keeps({ type: 'event', name: 'peer_moved', battery: SERIAL, text: 'connection 8' })
      .keeps({ type: 'adoption', battery: SERIAL, run: 1, peer: null })
      .keeps({ type: 'reading', time: NOON_SECONDS + at })
      .success(16)
      .after(10)
      .sends(16, live(at + 10))
      .keeps({ type: 'reading', time: NOON_SECONDS + at + 10 })
      .success(16);
    first.after(299).nothing().after(1).reports('PEER_SILENT').closes('PEER_SILENT');
  });

  it('is not the only one, where the first is heard again on its old connection: that one is back', () => {
    const { first, second, at } = moves([20, 30, 45]);
    second.sends(16, live(at)).meets(SERIAL).keeps({ name: 'peer_moved' }).keeps({ type: 'adoption' });
    second.keeps({ type: 'reading' }).success(16);
    first
      .after(40)
      .sends(16, live(50))
      .meets(SERIAL)
      .keeps({ name: 'peer_returned', text: 'connection 7' })
      .reports('PEER_CONFLICT', 'connection 8')
      .keeps({ name: 'peer_conflict' })
      .keeps({ type: 'reading', time: NOON_SECONDS + 50 })
      .success(16);
    second.after(10).sends(16, live(55)).keeps({ type: 'held', run: 3 }).success(16);
    second.after(10).nothing();
    first.after(10).sends(16, live(60)).keeps({ type: 'reading' }).success(16);
  });

  it('is adopted with its first reading, where the first has hung up', () => {
    const { batteries, first } = house();
    first.hangsUp().keeps({ name: 'disconnected' });
    joins(batteries, 8, 15)
      .sends(16, live(15))
      .meets(SERIAL)
      .keeps({ name: 'peer_moved' })
      .keeps({ type: 'reading', time: NOON_SECONDS + 15 })
      .success(16);
  });

  it('that was asked for its history is asked again there', () => {
    const batteries = new Batteries(10, { backfill: { enabled: true, pieceSeconds: 86_400, firstSeconds: 600 } });
    const { first } = house(batteries);
    isAsked(first);
    const second = joins(batteries, 8, 25);
    for (const _ of [25, 35, 45]) second.sends(16, live(25)).keeps({ type: 'held' }).success(16).after(10);
    const outputs = second.session.receive(frameByHand(1, 16, live(55)), later(55));
    const told = outputs.flatMap((output) => (output.type === 'record' ? [output.record] : []));
    expect(told.filter(({ type }) => type === 'gap')).toMatchObject([
      { gap: { state: 'open', number: 1 } },
      { gap: { state: 'asked', number: 1 } },
    ]);
    expect(outputs.filter(({ type }) => type === 'order')).toHaveLength(1);
    expect(first.session.deadline).toBe(later(320).monoMs);
  });

  it('is known after a restart by what was kept, and anybody else is held', () => {
    const { first } = house();
    const batteries = new Batteries(10);
    batteries.restore({
      id: 'b3f1c2',
      serial: new Private(SERIAL),
      firstSeenMs: 1,
      epochs: [],
      newest: null,
      openGaps: [],
      lastGapNumber: 0,
      trust: { peers: first.peers, lastRun: 4 },
    });
    joins(batteries, 20, 100).sends(16, live(100)).keeps({ type: 'held', run: 5, peer: 2 }).success(16);
    joins(batteries, 21, 101, BATTERY)
      .sends(16, live(101))
      .meets(SERIAL)
      .reports('PEER_CONFLICT', 'connection 20')
      .keeps({ name: 'peer_conflict' })
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .success(16);
  });
});

describe('a serial number was named on a connection', () => {
  it('whether it is of a battery, of another peer, or of one that may become a battery', () => {
    const { batteries, first } = house(new Batteries(10, { atOnce: 1 }));
    const second = joins(batteries, 8, 15);
    const named = ({ session }: Dialogue) => [SERIAL, 'AL-NEW'].map((serial) => session.hasNamed(serial));
    expect([named(first), named(second)]).toEqual([
      [true, false],
      [false, false],
    ]);
    second.session.receive(frameByHand(1, 16, live(15)), later(15));
    expect(named(second)).toEqual([true, false]);
    second.session.receive(frameByHand(1, 16, live(16, { serial: 'AL-NEW' })), later(16));
    expect(named(second)).toEqual([true, true]);
  });
});

describe('two batteries on one connection', () => {
  it('are each believed or not', () => {
    const { batteries } = house();
    joins(batteries, 8, 15)
      .sends(16, live(15, { serial: 'AL-NEW' }))
      .meets('AL-NEW')
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .success(16)
      .sends(16, live(15))
      .keeps({ type: 'held', reading: { battery: SERIAL } })
      .success(16)
      .sends(16, '{"Ppv1":"3"}')
      .keeps({ type: 'held', reading: { battery: SERIAL, batteryTime: null, time: NOON_SECONDS + 15 } })
      .success(16)
      .sends(16, live(16, { serial: 'AL-NEW' }))
      .keeps({ type: 'reading', battery: 'AL-NEW' })
      .success(16);
  });
});

describe('a newcomer', () => {
  /** One battery is shown at once, others when they have shown what they are. */
  const crowded = () => new Batteries(100, { atOnce: 1 });
  const NEW = { serial: 'AL-NEW' };

  it('is answered and held, and shown with all it has sent after a minute', () => {
    const { batteries } = house(crowded());
    const told = joins(batteries, 8, 0)
      .sends(2, '{"UserName":"AL-NEW","Password":"x","CompanyName":"AlphaESS"}')
      .keeps({ type: 'event', name: 'login', battery: null })
      .success(2)
      .sends(3, '{"SN":"AL-NEW"}')
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'BATTERY_WAITS', battery: null })
      .success(3)
      .sends(9, '{"MsgType":"EventLog","MsgContent":"24/06/12 12:03:41 41;"}')
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'BATTERY_WAITS', battery: null })
      .success(9)
      .sends(16, live(0, NEW))
      .reports('BATTERY_WAITS', '')
      .keeps({
        type: 'held',
        why: 'newcomer',
        connection: 8,
        peer: null,
        run: null,
        reading: { battery: 'AL-NEW', time: null, batteryTime: NOON_SECONDS + AHEAD },
      })
      .success(16);
    told
      .sends(5, '{"Ppv1":"3"}')
      .keeps({ type: 'held', reading: { kind: 'detail', time: NOON_SECONDS } })
      .success(5);
    for (const at of [20, 40]) told.after(20).sends(16, live(at, NEW)).keeps({ type: 'held' }).success(16);
    expect(batteries.get('AL-NEW')).toBeNull();
    told
      .after(20)
      .sends(16, live(60, NEW))
      .meets('AL-NEW')
      .keeps({ type: 'adoption', battery: 'AL-NEW', run: null, peer: null })
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading', time: NOON_SECONDS + 60 })
      .success(16);
    expect(batteries.get('AL-NEW')?.serial.reveal()).toBe('AL-NEW');
    expect(told.peers).toMatchObject([{ number: 1, standing: 'trusted' }]);
  });

  it('is one of ten thousand that are invented: the battery is served, and they are not', () => {
    const { batteries, first } = house(crowded());
    const flood = joins(batteries, 8, 10);
    let held = 0;
    for (let number = 0; number < 10_000; number++) {
      const outputs = flood.session.receive(frameByHand(1, 16, live(10, { serial: `AL-${number}` })), later(10));
      held += outputs.filter((output) => output.type === 'record' && output.record.type === 'held').length;
      expect(outputs.at(-1)?.type).toBe('reply');
    }
    expect([held, batteries.size]).toEqual([10_000, 1]);
    first
      .after(10)
      .sends(16, live(20))
      .keeps({ type: 'reading', time: NOON_SECONDS + 20 })
      .success(16);
  });
});

describe('a serial number that is not on the owner’s list', () => {
  it('is kept as it came, and answered', () => {
    const batteries = new Batteries(10, { isListed: (serial) => serial === SERIAL });
    const frame = frameByHand(1, 16, live(0, { serial: 'AL-NEW' }));
    dialogue({ batteries })
      .battery(frame)
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'SERIAL_NOT_LISTED', battery: null })
      .reports('SERIAL_NOT_LISTED')
      .success(16)
      .sends(16, live(0))
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .success(16);
    expect(batteries.size).toBe(1);
  });
});
