/**
 * What another server gives a battery, overheard: the base of a change of settings, for whoever has no relay.
 */
import { expect, it } from 'vitest';
import { dialogue } from '../../test/dialogue.ts';
import { fixture, frameByHand } from '../../test/wire.ts';
import { Batteries } from './batteries.ts';

const SERIAL = 'AL2002021010101';
const ASK = fixture('1-1-3.ask.json');
const GIVEN = `{"Status":"Success","SN":"${SERIAL}","GridCharge":true,"OddWE":"1"}`;
const TOLD = `{"SN":"${SERIAL}","GridCharge":"true"}`;

it.each([
  ['while it is said', {}, 'tap'],
  ['in a recording', { overheardFrom: 'import' }, 'import'],
] as const)('a configuration that is overheard %s is known once the battery tells the same', (_when, how, source) => {
  const batteries = new Batteries(1);
  const talk = dialogue({ batteries, isOverheard: true, ...how });
  talk
    .otherServer(2, 3, GIVEN)
    .keeps({ kept: 'conversation', battery: null })
    .battery(frameByHand(1, 3, ASK))
    .meets(SERIAL)
    .otherServer(2, 3, GIVEN)
    .keeps({ kept: 'conversation', battery: SERIAL })
    .nothing();
  expect(talk.configurations).toEqual([]);
  talk
    .battery(frameByHand(1, 4, TOLD))
    .keeps({ type: 'configuration' })
    .nothing();
  expect(talk.configurations).toEqual([
    ['newest', GIVEN],
    ['passed', GIVEN],
  ]);
  expect(batteries.get(SERIAL)?.vendor.settings.newest).toMatchObject({ source });
});

it('a success that is overheard is no configuration', () => {
  const batteries = new Batteries(1);
  const talk = dialogue({ batteries, isOverheard: true });
  talk
    .battery(frameByHand(1, 4, TOLD))
    .meets(SERIAL)
    .keeps({ type: 'configuration' })
    .otherServer(2, 3, '{"Status":"Success"}')
    .otherServer(2, 16, GIVEN)
    .keeps({ kept: 'conversation' })
    .nothing();
  expect(talk.configurations).toEqual([]);
});
