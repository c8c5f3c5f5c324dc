import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches } from 'class-validator';

/** The field is a name or title: text of 1 to `maxLength` characters that are not all blank. */
export function IsLabel(maxLength: number): PropertyDecorator {
  return applyDecorators(
    Matches(/\S/, { message: '$property must not be blank' }),
    Length(1, maxLength),
    IsString(),
  );
}
