import { IsOptional, IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../errors/domain-error.js';
import { validationPipe } from './validation.js';

class Line {
  @IsString()
  text: string;
}

class Form {
  @IsString()
  name: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines?: Line[];
}

const check = async (value: unknown): Promise<unknown> =>
  validationPipe().transform(value, { type: 'body', metatype: Form });

async function faultOf(value: unknown): Promise<unknown> {
  const error: unknown = await check(value).catch((refused: unknown) => refused);
  expect(error).toBeInstanceOf(DomainError);
  const { code, kind, details } = error as DomainError;
  return { code, kind, path: details.errors!.map(({ path }) => path).join() };
}

describe('a form', () => {
  it('with a NUL in a text is refused by the field’s name, wherever that is', async () => {
    const refused = { code: 'VALIDATION_FAILED', kind: 'malformed' };
    expect(await faultOf({ name: 'a\0b' })).toEqual({ ...refused, path: 'name' });
    expect(await faultOf({ name: 'a', lines: [{ text: 'b' }, { text: '\0' }] })).toEqual({
      ...refused,
      path: 'lines.1.text',
    });
  });

  it('without one passes; unknown fields are refused by name', async () => {
    expect(await check({ name: '0 \\0 \u0001', lines: [{ text: '' }] })).toEqual({
      name: '0 \\0 \u0001',
      lines: [{ text: '' }],
    });
    expect(await faultOf({ name: 'a', other: 1 })).toMatchObject({ path: 'other' });
  });
});
