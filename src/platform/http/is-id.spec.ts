import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { IsId } from './is-id.js';

const ID = '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f';

class Wish {
  @IsId()
  one: unknown = ID;

  @IsId({ each: true })
  several: unknown = [ID];
}

const wish = (given: object): Wish => plainToInstance(Wish, given);

describe('ids in bodies and queries', () => {
  it('are brought to the form in which they are kept', () => {
    expect(wish({ one: ID.toUpperCase(), several: [ID.toUpperCase(), ID] })).toEqual({
      one: ID,
      several: [ID, ID],
    });
  });

  it.each([['', 7, null, `${ID}0`, ID.slice(1), [ID]]])(
    'are refused when they are none: %s',
    async (none) => {
      expect((await validate(wish({ one: none }))).map(({ property }) => property)).toEqual(['one']);
      expect((await validate(wish({ several: [ID, none] }))).map(({ property }) => property)).toEqual([
        'several',
      ]);
    },
  );
});
