/**
 * Conversations between a battery and another server, overheard. What is not told does not happen: nothing is answered and nothing asked.
 */
import { describe, expect, it } from 'vitest';
import { type Dialogue, dialogue, hex, NOON } from '../../../test/dialogue.ts';
import { missed } from '../../../test/missed.ts';
import { fixture, frameByHand } from '../../../test/wire.ts';
import { Private } from '../../model.ts';
import { BackfillConversation } from '../backfill/backfill-conversation.ts';
import { Batteries, liveConnection } from '../batteries.ts';

const LOGIN = fixture('1-1-2.login.json');
const SYSTEM = fixture('1-1-9.system.json');
const RESUME = '{"CmdIndex":"82915609","Command":"Resume","Parameter1":"2024/06/12 10:00:00","Parameter2":"60"}';
const RESUMED = '{"CmdIndex":"82915609","Command":"Resume","Status":"Success"}';
const SERIAL = 'AL2002021010101';
const live = (second: number) =>
  `{"Time":"2024/06/12 12:0${4 + Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')}","SN":"${SERIAL}","Ppv1":"1890"}`;

const peer = (address: string) => ({ address: new Private(address), shared: false });
const LAN = peer('192.168.1.50');

interface Scene {
  readonly batteries: Batteries;
  readonly talk: Dialogue;
}

function overheard(batteries = new Batteries(10), more: object = {}): Dialogue {
  return dialogue({ batteries, isOverheard: true, peer: LAN, connection: 7, ...more });
}

/** The battery was heard with a live reading, of which the clock is known. */
function acquainted(): Scene {
  const batteries = new Batteries(10);
  const talk = overheard(batteries)
    .sends(16, live(10))
    .meets(SERIAL)
    .keeps({ type: 'clock' })
    .keeps({ type: 'reading', kind: 'live', battery: SERIAL })
    .nothing();
  return { batteries, talk };
}

/** The same battery speaks to this server itself. */
function itself(batteries: Batteries, connection: number, more: object = {}): Dialogue {
  return dialogue({ batteries, connection, peer: LAN, ...more });
}

describe('what a battery says to another server', () => {
  it('is kept as always, and never answered', () => {
    overheard()
      .sends(2, LOGIN)
      .meets(SERIAL)
      .keeps({ type: 'event', name: 'login' })
      .sends(0, '')
      .sends(9, SYSTEM)
      .keeps({ type: 'event', source: 'battery' })
      .sends(7, 'nobody knows')
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'COMMAND_UNKNOWN' })
      .reports('COMMAND_UNKNOWN')
      .nothing();
  });

  it('is kept where its checksum is wrong, or it is no frame, and what follows is heard', () => {
    const bad = frameByHand(1, 9, SYSTEM);
    bad[20] = 0;
    acquainted()
      .talk.battery(bad)
      .keeps({ kept: 'discarded', reason: 'FRAME_CHECKSUM' })
      .reports('FRAME_CHECKSUM')
      .overhears('010203', 'FRAME_INCOMPLETE', 'from_battery')
      .keeps({ kept: 'discarded', reason: 'FRAME_INCOMPLETE', bytes: '010203' })
      .reports('FRAME_INCOMPLETE')
      .sends(16, live(20))
      .keeps({ type: 'reading' })
      .nothing();
  });

  it('was missed for a while: the gap is noted, and not asked for', () => {
    overheard(missed())
      .sends(16, live(10))
      .meets(SERIAL)
      .keeps({ type: 'reading' })
      .keeps({ type: 'gap', gap: { number: 1, state: 'open' } })
      .sends(16, live(10))
      .keeps({ type: 'reading' })
      .nothing();
  });

  it('is no connection on which anything can be asked', () => {
    const { talk, batteries } = acquainted();
    const battery = batteries.get(SERIAL) ?? expect.unreachable();
    expect(liveConnection(battery)).toBeNull();
    expect(talk.session.start(battery, new BackfillConversation(battery), NOON)).toEqual([]);
  });

  it('goes to nobody else, also where there is a relay', () => {
    overheard(new Batteries(10), { relay: { commands: new Map(), share: 'all' } })
      .sends(0, '')
      .sends(2, LOGIN)
      .meets(SERIAL)
      .keeps({ name: 'login' })
      .nothing();
  });
});

describe('what the other server says', () => {
  it('is kept as it came, and so is what the battery answers', () => {
    acquainted()
      .talk.otherServer(1, 8, RESUME)
      .keeps({
        ...{
          type: 'bytes',
          kept: 'conversation',
          direction: 'to_battery',
          reason: 'SERVER_OVERHEARD',
          battery: SERIAL,
        },
        bytes: hex(frameByHand(1, 8, RESUME)),
      })
      .battery(frameByHand(2, 8, RESUMED))
      .keeps({ kept: 'conversation', direction: 'from_battery', bytes: hex(frameByHand(2, 8, RESUMED)) })
      .battery(frameByHand(2, 5, 'nobody knows'))
      .keeps({ kept: 'unknown', direction: 'from_battery' })
      .reports('RESPONSE_UNEXPECTED')
      .nothing();
  });

  it('is kept before it is known to which battery', () => {
    overheard().otherServer(1, 8, RESUME).keeps({ kept: 'conversation', battery: null }).nothing();
  });
});

describe('a battery that speaks to this server itself, too', () => {
  it('is heard once', () => {
    const { talk, batteries } = acquainted();
    itself(batteries, 8).sends(16, live(10)).meets(SERIAL).keeps({ type: 'reading' }).success(16).nothing();
    talk
      .sends(16, live(10))
      .sends(9, SYSTEM)
      .otherServer(1, 8, RESUME)
      .overhears('010203', 'FRAME_INCOMPLETE', 'from_battery')
      .nothing();
    expect(liveConnection(batteries.get(SERIAL) ?? expect.unreachable())).toBe(8);
  });

  it('is heard once where it spoke to this server first, as by a relay', () => {
    const batteries = new Batteries(10);
    itself(batteries, 6)
      .sends(16, live(10))
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .success(16);
    overheard(batteries, { peer: peer('203.0.113.7') })
      .sends(16, live(10))
      .sends(0, '')
      .nothing();
    expect(batteries.get(SERIAL)?.trust.peers).toHaveLength(1);
  });

  it('is overheard again once it has left, and once its connection here is dead', () => {
    const { talk, batteries } = acquainted();
    const own = itself(batteries, 8).sends(16, live(10)).meets(SERIAL).keeps({ type: 'reading' }).success(16);
    talk.after(20).sends(16, live(30)).nothing();
    own.hangsUp().keeps({ name: 'disconnected' });
    talk.sends(16, live(30)).keeps({ type: 'reading' }).nothing();
    itself(batteries, 9)
      .sends(0, '')
      .success(0)
      .sends(16, live(30))
      .meets(SERIAL)
      .keeps({ type: 'reading' })
      .success(16);
    // It has gone to the vendor, and nobody has said so here.
    talk.after(65).sends(16, live(95)).nothing();
    talk.after(10).sends(16, live(105)).keeps({ type: 'reading' }).nothing();
  });
});

describe('a battery that is overheard on two ways', () => {
  it('is heard once where a router translates its address', () => {
    const { talk, batteries } = acquainted();
    const outside = overheard(batteries, { connection: 8, peer: peer('203.0.113.7') })
      .sends(16, live(10))
      .nothing();
    talk.hangsUp().keeps({ name: 'disconnected' });
    // Now only what leaves the router is heard. Its other address is another peer.
    outside
      .sends(16, live(10))
      .meets(SERIAL)
      .keeps({ type: 'event', name: 'peer_moved' })
      .keeps({ type: 'reading' })
      .nothing();
  });

  it('is not that of another server’s messages that name nobody', () => {
    const batteries = new Batteries(0);
    overheard(batteries).sends(16, live(10)).keeps({ kept: 'unknown' }).reports('BATTERIES_TOO_MANY').nothing();
  });
});
