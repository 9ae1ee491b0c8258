import { describe, expect, it } from 'vitest';
import { delimited, varintField } from '../../test/protobuf.ts';
import { fixture, frameByHand, joined } from '../../test/wire.ts';
import { type Piece, pieces } from '../protocol/pieces.ts';
import { bodyOf, type MessageMember } from './members.ts';

const pieceOf = (type: number, command: number, body: string | Uint8Array) =>
  [...pieces(frameByHand(type, command, body))][0] as Piece;

function membersOf(
  type: number,
  command: number,
  body: string,
  secrets: readonly string[] | null = [],
): readonly MessageMember[] {
  const found = bodyOf(pieceOf(type, command, body), secrets);
  if (found === null) throw new Error('no body');
  if (found.kind === 'protobuf') throw new Error('numbered');
  return found.kind === 'object' ? found.members : (found.rows[0] as readonly MessageMember[]);
}

describe('what a message says', () => {
  it('is under the vendor’s name and ours, with unit and certainty', () => {
    expect(membersOf(1, 16, fixture('1-1-16.live.json'))).toContainEqual({
      wire: 'Pbat',
      text: '-2099.6920',
      meanings: [{ name: 'battery_power', value: -2099.692, unit: 'W', certainty: 'confirmed' }],
    });
  });

  it('may be packed, three values in one', () => {
    const [member] = membersOf(1, 5, '{"VcellLow":"17042704"}');
    expect(member?.meanings.map(({ value }) => value)).toEqual(expect.arrayContaining([1, 4, 3.344]));
    const [spoilt] = membersOf(1, 5, '{"VcellLow":"lots"}');
    expect(spoilt?.meanings.every(({ value }) => value === 'lots')).toBe(true);
  });

  it('may be a table', () => {
    const found = bodyOf(pieceOf(1, 12, fixture('1-1-12.history.csv')), []);
    expect(found?.kind === 'table' && found.rows.length).toBe(3);
    expect(membersOf(1, 12, fixture('1-1-12.history.csv'))[2]).toMatchObject({ wire: 'SN', text: '[private]' });
  });

  it('of newer firmware is numbered, what is private replaced unless wanted', () => {
    const body = joined([delimited(1, 'AL2002021010101'), varintField(2, 7)]);
    expect(bodyOf(pieceOf(3, 16, body), [])).toMatchObject({
      kind: 'protobuf',
      lines: [
        { path: '1', text: '[private]' },
        { path: '2', wireType: 'varint', text: '7' },
      ],
      readUpTo: body.length,
    });
    expect(bodyOf(pieceOf(3, 16, body), null)).toMatchObject({ lines: [{ text: 'AL2002021010101' }, {}] });
  });

  it('may be what nobody has documented, or null, or no number', () => {
    expect(membersOf(1, 16, '{"InventedKey":"7","SOC":null,"Pbat":"much"}')).toEqual([
      { wire: 'InventedKey', text: '7', meanings: [] },
      { wire: 'SOC', text: null, meanings: [expect.objectContaining({ name: 'soc', value: null })] },
      { wire: 'Pbat', text: 'much', meanings: [expect.objectContaining({ value: 'much' })] },
    ]);
  });

  it('is replaced where it is private, unless wanted', () => {
    const body = '{"SN":"AL2002021010101","Note":"of AL2002021010101","AL2002021010101":"1"}';
    expect(JSON.stringify(membersOf(1, 4, body))).not.toContain('AL2002021010101');
    expect(JSON.stringify(membersOf(1, 4, body, null)).split('AL2002021010101').length).toBe(5);
  });

  it.each([
    ['empty', 1, 0, ''],
    ['no object', 1, 16, 'hello'],
    ['a table without rows', 1, 12, 'Date,Time\n'],
    ['a table of another command', 1, 9, 'Date,Time\n2024/06/12,11:14:22\n'],
  ])('is nothing of what is %s', (_what, type, command, body) => {
    expect(bodyOf(pieceOf(type, command, body), [])).toBeNull();
  });

  it('is nothing of what is no frame', () => {
    expect(bodyOf([...pieces(Buffer.from('{"a":1}'))][0] as Piece, [])).toBeNull();
  });
});
