import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { IsLabel, IsText } from './is-label.js';

class Notice {
  @IsLabel(20)
  title = 'Autumn';

  @IsText(20)
  body = 'One\r\ntwo\tthree';

  @IsLabel(20, { each: true })
  groups = ['vip'];
}

async function faultsOf(given: object): Promise<string[]> {
  const errors = await validate(plainToInstance(Notice, given), { stopAtFirstError: true });
  return errors.flatMap(({ constraints }) => Object.values(constraints ?? {}));
}

const LINES = ['One\ntwo', 'One\r\nBcc: all', 'One\u2028two', 'One\u2029two', 'One\u0007', 'One\u0085two'];
const UNSEEN = ['', ' ', '\u200b', ' \u2060\u200b', '\n'];

describe('labels and texts', () => {
  it('are kept as they are', async () => {
    expect(await faultsOf({})).toEqual([]);
    expect(await faultsOf({ title: '👩‍👩‍👧 Zoë’s “€” 日本', groups: ['a', 'b c'] })).toEqual([]);
  });

  it('are tidied up where they are labels', () => {
    const given = { title: ' Zoe\u0308\u00a0  &\u2003Sons ', body: ' a  b ', groups: ['  vip', 'a b'] };
    expect(plainToInstance(Notice, given)).toEqual({
      title: 'Zoë & Sons',
      body: ' a  b ',
      groups: ['vip', 'a b'],
    });
  });

  it.each([
    ['Stan\u200bdard', 'Standard'],
    ['Stan\u00addard\u2060', 'Standard'],
    ['\u202eStandard\u2069', 'Standard'],
    ['Stan\u200d\u200cdard\ufe0f', 'Standard'],
    ['\ufeffe\u200b\u0301', 'é'],
    ['a\u200b \u2060 b', 'a b'],
    ['日\u200b本', '日本'],
    ['VIP\u{e0041}', 'VIP'],
  ])('look different where they are: %j', (title, kept) => {
    expect(plainToInstance(Notice, { title }).title).toBe(kept);
  });

  it.each([
    'می\u200cخواهم',
    'ක්\u200dෂ',
    '❤️‍🔥 1️⃣',
    '葛󠄀',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  ])('keep what shapes words and emoji: %s', (title) => {
    expect(plainToInstance(Notice, { title }).title).toBe(title);
  });

  it.each(LINES)('labels are one line: %j', async (text) => {
    const fault = 'must be one line without control characters';
    expect(await faultsOf({ title: text })).toEqual([`title ${fault}`]);
    expect(await faultsOf({ groups: ['vip', text] })).toEqual([`each of groups ${fault}`]);
    expect(await faultsOf({ body: text })).toEqual([]);
  });

  it.each([...UNSEEN, '\u3164', '\u200d\ufe0f'])('show something: %j', async (text) => {
    for (const given of [{ title: text }, { body: text }, { groups: ['vip', text] }]) {
      expect(await faultsOf(given)).toHaveLength(1);
    }
  });

  it('are texts of a length', async () => {
    for (const field of ['title', 'body']) {
      expect(await faultsOf({ [field]: 'x'.repeat(21) })).toHaveLength(1);
      expect(await faultsOf({ [field]: null })).not.toEqual([expect.stringContaining('one line')]);
      expect(await faultsOf({ [field]: 7 })).not.toEqual([expect.stringContaining('one line')]);
    }
    expect(await faultsOf({ groups: ['x'.repeat(21)] })).toHaveLength(1);
  });
});
