import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches } from 'class-validator';

/** Something that is seen: neither blank nor one of the characters that leave no mark, such as the zero-width space. */
const VISIBLE = /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}]/u;

const BLANK = { message: '$property must not be blank' };

/** The field is a name or title: text of 1 to `maxLength` characters, some of which can be seen. */
export function IsLabel(maxLength: number): PropertyDecorator {
  return applyDecorators(
    Length(1, maxLength),
    Matches(VISIBLE, BLANK),
    // Said in the OpenAPI document, whose readers do not all know Unicode's classes.
    Matches(/\S/, BLANK),
    IsString(),
  );
}
