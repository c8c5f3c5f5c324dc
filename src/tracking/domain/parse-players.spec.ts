import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlayers } from './parse-players.js';
import { parseTime } from './read-fields.js';

const PLAYER = {
  tag: '019A4C3E-7B1A-7C3D-8E4F-5A6B7C8D9E0F',
  user_id: 'p-1',
  sign_up_at: '2026-10-01T10:00:00Z',
};

describe('parsePlayers', () => {
  it('reads a player', () => {
    const [entry] = parsePlayers([
      { ...PLAYER, email: ' Ana@Example.com', country: 'de', duplicate: true, date_of_birth: '1990-12-31', first_name: 'Ana' }, // prettier-ignore
    ]).items;
    expect(entry!.item).toEqual({
      userId: 'p-1',
      tag: '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f',
      promoCode: null,
      unreadable: null,
      signedUpAt: new Date('2026-10-01T10:00:00Z'),
      email: 'ana@example.com',
      country: 'DE',
      duplicate: true,
      selfExcluded: null,
      disabled: null,
      profile: { first_name: 'Ana', date_of_birth: '1990-12-31' },
    });
  });

  it.each<[object, string, string]>([
    [{ user_id: 'x'.repeat(201) }, 'INVALID_FIELD', 'user_id'],
    [{ user_id: 'a\ud800' }, 'INVALID_FIELD', 'user_id'],
    [{ date_of_birth: '1990-02-30' }, 'INVALID_FIELD', 'date_of_birth'],
    [{ country: 'D1' }, 'INVALID_FIELD', 'country'],
    [{ country: 'UK' }, 'INVALID_FIELD', 'country'],
    [{ disabled: 1 }, 'INVALID_FIELD', 'disabled'],
  ])('refuses %j', (faulty, code, message) => {
    const { refusals } = parsePlayers([{ ...PLAYER, ...faulty }]);
    expect(refusals).toMatchObject([{ index: 0, code }]);
    expect(refusals[0]!.message).toContain(message);
  });

  it.each([
    [{ bonus_code: ' fox10 ' }, 'FOX10', true],
    [{ bonus_code: '' }, null, true],
    [{ bonus_code: 'fox10', tag: 'none of ours' }, 'FOX10', false],
    [{ bonus_code: 'fox10', tag: undefined }, 'FOX10', false],
    [{ bonus_code: 'straße' }, 'straße', true],
  ])('T03 reads who brought a player with %j', (fields, promoCode, hasTag) => {
    const [entry] = parsePlayers([{ ...PLAYER, ...fields }]).items;
    expect(entry!.item).toMatchObject({ promoCode, tag: hasTag ? PLAYER.tag.toLowerCase() : null });
  });

  it.each([
    [{ tag: undefined }, 'INVALID_FIELD', 'tag: is required'],
    [{ tag: undefined, bonus_code: '  ' }, 'INVALID_FIELD', 'tag: is required'],
    [{ bonus_code: 7 }, 'INVALID_FIELD', 'bonus_code'],
    [{ tag: 'x' }, 'UNKNOWN_TAG', 'tag'],
  ])('T03 reads a player that %j tells nothing of, who may be known', (fields, code, message) => {
    const [entry] = parsePlayers([{ ...PLAYER, ...fields }]).items;
    expect(entry!.item).toMatchObject({ tag: null, promoCode: null, unreadable: { code } });
    expect(entry!.item.unreadable!.message).toContain(message);
  });

  it('never fails, whatever the items are', () => {
    fc.assert(
      fc.property(fc.array(fc.anything()), (raw) => {
        const { items, refusals } = parsePlayers(raw);
        expect(items.length + refusals.length).toBe(raw.length);
      }),
    );
  });
});

it.each([
  ['2026-10-01T10:00:00Z', '2026-10-01T10:00:00.000Z'],
  ['2026-10-01t10:00:00.5z', '2026-10-01T10:00:00.500Z'],
  ['2026-10-01T10:00:00+05:30', '2026-10-01T04:30:00.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['2026-02-29T00:00:00Z', null],
  ['2026-10-01T24:00:00Z', null],
  ['2026-10-01 10:00:00Z', null],
  ['2026-10-01T10:00:00', null],
  ['1999-12-31T23:59:59Z', null],
  ['2100-01-01T00:00:00Z', null],
  [1_700_000_000, null],
])('reads the time %j as %j', (text, time) => {
  expect(parseTime(text)?.toISOString() ?? null).toBe(time);
});
